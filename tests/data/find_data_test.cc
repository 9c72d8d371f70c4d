#include <gmock/gmock.h>

#include "data/data_files.h"
#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

std::string message_of(const std::string& name, const std::string& path) {
  return error_message(ErrorKind::kData, [&] { find_data(name, path); });
}

TEST(FindData, AnExplicitFolderWins) {
  const ScratchFolder folder;
  const ScopedVariable variable("FOOL_DATA_PATH", "/nonexistent");
  EXPECT_EQ(find_data("mnist", folder.path()), folder.path());
}

TEST(FindData, SearchesTheFoldersInOrder) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder / "a");
  std::filesystem::create_directories(folder / "b/mnist");
  std::filesystem::create_directories(folder / "c/mnist");
  const std::string root = folder.path().string();
  const ScopedVariable variable("FOOL_DATA_PATH", root + "/a:" + root + "/b::" + root + "/c");
  EXPECT_EQ(find_data("mnist", ""), folder / "b/mnist");
}

TEST(FindData, SearchesTheDownloadsLast) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder / "a/mnist");
  std::filesystem::create_directories(folder / "cache/fool/data/mnist");
  const ScopedVariable cache("XDG_CACHE_HOME", (folder / "cache").string());
  const ScopedVariable none("FOOL_DATA_PATH", "");
  EXPECT_EQ(find_data("mnist", ""), folder / "cache/fool/data/mnist");
  const ScopedVariable variable("FOOL_DATA_PATH", (folder / "a").string());
  EXPECT_EQ(find_data("mnist", ""), folder / "a/mnist");
}

TEST(FindData, APlainNameIsLookedForToo) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder / "a/pictures");
  const ScopedVariable variable("FOOL_DATA_PATH", (folder / "a").string());
  EXPECT_EQ(find_data("photos", "pictures"), folder / "a/pictures");
  EXPECT_THAT(message_of("photos", "./pictures"), HasSubstr("./pictures is not a folder"));
}

TEST(FindData, SaysWhatIsWantedAndWhereItLooked) {
  const ScopedVariable cache("XDG_CACHE_HOME", "/nonexistent/cache");
  const ScopedVariable variable("FOOL_DATA_PATH", "/nonexistent/a:/nonexistent/b");
  const std::string message = message_of("mnist", "");
  EXPECT_THAT(message, HasSubstr("looked in: /nonexistent/a/mnist, /nonexistent/b/mnist, "
                                 "/nonexistent/cache/fool/data/mnist;"));
  EXPECT_THAT(message, HasSubstr("fool data fetch mnist"));
  for (const char* md5 : {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                          "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"}) {
    EXPECT_THAT(message, HasSubstr(md5));
  }
  EXPECT_THAT(message, HasSubstr("give it with --data FOLDER"));
  EXPECT_THAT(message, testing::Not(HasSubstr("\n")));
}

TEST(FindData, SaysThatThereIsNowhereToLook) {
  const ScopedVariable variable("FOOL_DATA_PATH", "");
  const ScopedVariable cache("XDG_CACHE_HOME", "");
  const ScopedVariable home("HOME", "");
  EXPECT_THAT(message_of("photos", ""), HasSubstr("nothing (FOOL_DATA_PATH and HOME are not set)"));
}

TEST(FindData, RefusesAPathThatIsNoFolder) {
  const ScratchFolder folder;
  EXPECT_THAT(message_of("mnist", "/nonexistent/x"), HasSubstr("/nonexistent/x is not a folder"));
  EXPECT_THAT(message_of("mnist", put(folder, "file", "x")), HasSubstr("is not a folder"));
}

}  // namespace
}  // namespace fool
