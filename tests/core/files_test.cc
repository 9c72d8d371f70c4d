#include "fool/core/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  Files()
      : folder_(std::filesystem::temp_directory_path() /
                ("fool-files-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  int count() const {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_;
};

TEST_F(Files, WritesAndReadsBack) {
  const std::string bytes("a\0b\n", 4);
  write_file(folder_ / "x", bytes);
  EXPECT_EQ(read_file(folder_ / "x"), bytes);
  EXPECT_EQ(count(), 1);
}

TEST_F(Files, NothingIsSeenBeforeCommitNorLeftWithoutIt) {
  {
    AtomicFile file(folder_ / "x");
    file.write("half");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(Files, ReplacesAnOlderFileWhole) {
  write_file(folder_ / "x", "old and long");
  write_file(folder_ / "x", "new");
  EXPECT_EQ(read_file(folder_ / "x"), "new");
}

TEST_F(Files, WritesThroughLinks) {
  std::filesystem::create_directory(folder_ / "below");
  std::filesystem::create_symlink("below/target", folder_ / "first");
  std::filesystem::create_symlink(folder_ / "first", folder_ / "second");
  write_file(folder_ / "second", "new");  // where there was nothing yet
  EXPECT_EQ(read_file(folder_ / "below" / "target"), "new");
  write_file(folder_ / "first", "newer");
  EXPECT_EQ(read_file(folder_ / "below" / "target"), "newer");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "first"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "second"));
}

TEST_F(Files, ReplacesNoPipeAndNoFolder) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(folder_ / "folder");
  for (const char* name : {"pipe", "folder"}) {
    try {
      write_file(folder_ / name, "x");
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIo);
      EXPECT_THAT(error.what(), HasSubstr(std::string(name) + ": it is not a regular file"));
    }
  }
  EXPECT_TRUE(std::filesystem::is_fifo(folder_ / "pipe"));
  EXPECT_EQ(count(), 2);
}

TEST_F(Files, AFullDiskIsAnErrorAndKeepsTheOldFile) {
  write_file(folder_ / "x", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  try {
    write_file(folder_ / "x", std::string(5000, 'x'));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(message, HasSubstr("cannot write"));
  EXPECT_EQ(read_file(folder_ / "x"), "old");
  EXPECT_EQ(count(), 1);
}

TEST_F(Files, MissingFilesAndFoldersAreNamed) {
  for (const auto& path : {folder_ / "missing", folder_}) {
    try {
      read_file(path);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIo);
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
    }
  }
  EXPECT_THROW(write_file(folder_ / "no" / "such", "x"), Error);
}

TEST_F(Files, AnEmptyFileMapsToNothing) {
  write_file(folder_ / "x", "");
  EXPECT_EQ(MappedFile(folder_ / "x").bytes().size(), 0U);
}

// FIPS 180-2, appendix B.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace fool
