#include "report/appended_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "report/support.h"

namespace fool {
namespace {

TEST(AppendedFile, GrowsAcrossProcesses) {
  const TemporaryFolder folder;
  AppendedFile(folder / "log").append("one\n");
  AppendedFile again(folder / "log");
  again.append("two\n");
  again.append("");
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\n");
}

TEST(AppendedFile, WhatDoesNotFitIsNotThereAtAll) {
  const TemporaryFolder folder;
  AppendedFile file(folder / "log");
  file.append("one\n");
  {
    const FullDisk full(8);
    expect_error(ErrorKind::kIo, "log", [&] { file.append(std::string(20, 'x')); });
  }
  EXPECT_EQ(read_file(folder / "log"), "one\n");
  file.append("two\n");
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\n");
}

TEST(AppendedFile, AnUnwritablePlaceIsFoundAtOnce) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "log");
  expect_error(ErrorKind::kIo, "cannot write", [&] { AppendedFile{folder / "log"}; });
}

}  // namespace
}  // namespace fool
