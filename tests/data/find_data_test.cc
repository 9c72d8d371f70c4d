#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

#include "data/idx_files.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

// FOOL_DATA_PATH for the length of a test.
class FindData : public testing::Test {
 protected:
  FindData() {
    if (const char* value = std::getenv("FOOL_DATA_PATH")) before_ = value;
  }
  ~FindData() override {
    before_ ? setenv("FOOL_DATA_PATH", before_->c_str(), 1) : unsetenv("FOOL_DATA_PATH");
  }
  static std::string message_of(const std::string& name, const std::string& path) {
    try {
      find_data(name, path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    return "no error";
  }
  std::optional<std::string> before_;
  TestFolder folder_;
};

TEST_F(FindData, AnExplicitFolderWins) {
  setenv("FOOL_DATA_PATH", "/nonexistent", 1);
  EXPECT_EQ(find_data("mnist", folder_.path()), folder_.path());
}

TEST_F(FindData, SearchesTheFoldersInOrder) {
  std::filesystem::create_directories(folder_.path() / "a");
  std::filesystem::create_directories(folder_.path() / "b" / "mnist");
  std::filesystem::create_directories(folder_.path() / "c" / "mnist");
  const std::string root = folder_.path().string();
  setenv("FOOL_DATA_PATH", (root + "/a:" + root + "/b::" + root + "/c").c_str(), 1);
  EXPECT_EQ(find_data("mnist", ""), folder_.path() / "b" / "mnist");
}

TEST_F(FindData, SaysWhatIsWantedAndWhereItLooked) {
  setenv("FOOL_DATA_PATH", "/nonexistent/a:/nonexistent/b", 1);
  const std::string message = message_of("mnist", "");
  EXPECT_THAT(message, HasSubstr("looked in: /nonexistent/a/mnist, /nonexistent/b/mnist."));
  for (const char* md5 : {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                          "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"}) {
    EXPECT_THAT(message, HasSubstr(md5));
  }
  EXPECT_THAT(message, HasSubstr("give it with --data FOLDER"));
  unsetenv("FOOL_DATA_PATH");
  EXPECT_THAT(message_of("photos", ""), HasSubstr("nothing (FOOL_DATA_PATH is not set)"));
}

TEST_F(FindData, RefusesAPathThatIsNoFolder) {
  EXPECT_THAT(message_of("mnist", "/nonexistent/x"), HasSubstr("/nonexistent/x is not a folder"));
  EXPECT_THAT(message_of("mnist", folder_.write("file", "x")), HasSubstr("is not a folder"));
}

}  // namespace
}  // namespace fool
