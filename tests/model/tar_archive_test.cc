#include "model/tar_archive.h"

#include <gmock/gmock.h>

#include <random>

#include "fakes/expect_error.h"
#include "model/archive_writer.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

const std::vector<TarEntry> kEntries = {
    {"storages", std::string(600, 's')}, {"./tensors", "t"}, {"pickle", ""}};

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { read_tar(bytes, "w.tar"); });
}

// The header's checksum made right after a change.
std::string resummed(std::string bytes) {
  std::size_t sum = 8 * ' ';
  for (std::size_t i = 0; i < 512; ++i) {
    if (i < 148 || i >= 156) sum += static_cast<unsigned char>(bytes[i]);
  }
  char text[8];
  std::snprintf(text, sizeof(text), "%06zo", sum);
  return bytes.replace(148, 7, text, 7);
}

TEST(TarArchive, FilesAreViewsOfTheArchive) {
  const std::string bytes = tar_of(kEntries);
  const auto files = read_tar(bytes, "w");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files.at("storages"), std::string(600, 's'));
  EXPECT_EQ(files.at("storages").data(), bytes.data() + 512);
  EXPECT_EQ(files.at("tensors"), "t");
  EXPECT_EQ(files.at("pickle"), "");
}

TEST(TarArchive, OtherEntriesAreReadOver) {
  const auto bytes = tar_of({{"PaxHeader", "28 mtime=1485904873.1234567\n", 'x'},
                             {"folder/", "", '5'},
                             {"file", "content"}});
  const auto files = read_tar(bytes, "w");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files.at("file"), "content");
}

TEST(TarArchive, TheEndMayBeMissing) {
  const std::string bytes = tar_of({{"file", "content"}});
  EXPECT_EQ(read_tar(bytes.substr(0, 1024), "w").size(), 1U);
}

TEST(TarArchive, LooksLike) {
  EXPECT_TRUE(looks_like_tar(tar_of(kEntries)));
  EXPECT_FALSE(looks_like_tar(tar_of(kEntries).substr(0, 511)));
  EXPECT_FALSE(looks_like_tar(std::string(2048, '\0')));
  EXPECT_FALSE(looks_like_tar(std::string(2048, 'x')));
}

TEST(TarArchive, RefusesDamage) {
  const std::string bytes = tar_of(kEntries);
  EXPECT_THAT(message_for(bytes.substr(0, 1000)), HasSubstr("w.tar: 600 bytes are expected"));
  EXPECT_THAT(message_for(bytes.substr(0, 100)), HasSubstr("w.tar: 512 bytes are expected at"));
  std::string wrong_sum = bytes;
  wrong_sum[0] = 'S';
  EXPECT_THAT(message_for(wrong_sum), HasSubstr("a wrong checksum at byte 0"));
  std::string no_size = bytes;
  no_size.replace(124, 12, "99999999999");
  EXPECT_THAT(message_for(resummed(no_size)), HasSubstr("does not state the size of storages"));
  std::string huge = bytes;
  huge.replace(124, 12, "777777777777");
  EXPECT_THAT(message_for(resummed(huge)), HasSubstr("w.tar: 68719476735 bytes are expected"));
  EXPECT_THAT(message_for(tar_of({{"a", "1"}, {"a", "2"}})), HasSubstr("has a twice"));
}

TEST(TarArchive, SurvivesDamage) {
  const std::string whole = tar_of(kEntries);
  std::mt19937 random(5);
  for (int round = 0; round < 5'000; ++round) {
    std::string damaged = whole;
    damaged[random() % 512] = static_cast<char>(random());
    if (round % 2 == 0) damaged = resummed(damaged);
    try {
      for (const auto& [name, content] : read_tar(damaged, "w")) {
        EXPECT_GE(content.data(), damaged.data());
        EXPECT_LE(content.data() + content.size(), damaged.data() + damaged.size());
      }
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kModel);
    }
  }
}

}  // namespace
}  // namespace fool
