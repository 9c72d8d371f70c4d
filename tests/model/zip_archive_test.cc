#include "model/zip_archive.h"

#include <gmock/gmock.h>

#include <random>

#include "fakes/expect_error.h"
#include "model/archive_writer.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<ZipEntry> kEntries = {
    {"a/data.pkl", "pickle"}, {"a/data/0", std::string(100, '\1')}, {"a/empty", ""}};

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { ZipArchive(bytes, "w.zip"); });
}

// The bytes with a number written over those at a position.
template <typename T>
std::string with(std::string bytes, std::size_t at, T number) {
  return bytes.replace(at, sizeof(T), bytes_of(number));
}

// Where the directory's header of an entry begins.
std::size_t directory_at(const std::string& bytes, int entry) {
  std::size_t at = bytes.find("PK\1\2");
  for (; entry > 0; --entry) at = bytes.find("PK\1\2", at + 1);
  return at;
}

TEST(ZipArchive, EntriesAreViewsOfTheFile) {
  const std::string bytes = zip_of(kEntries);
  const ZipArchive zip(bytes, "w");
  EXPECT_THAT(zip.names(), ElementsAre("a/data.pkl", "a/data/0", "a/empty"));
  EXPECT_EQ(zip.read("a/data.pkl"), "pickle");
  EXPECT_EQ(zip.read("a/empty"), "");
  const std::string_view data = zip.read("a/data/0");
  EXPECT_EQ(data, std::string(100, '\1'));
  EXPECT_EQ((data.data() - bytes.data()) % 64, 0);
  EXPECT_TRUE(zip.contains("a/data/0"));
  EXPECT_FALSE(zip.contains("a/data"));
}

TEST(ZipArchive, EmptyAndCommentedAndZip64) {
  EXPECT_THAT(ZipArchive(zip_of({}), "w").names(), ElementsAre());
  ZipOptions commented;
  commented.comment = std::string("PK\5\6 and so on, which is no end of an archive");
  const std::string with_comment = zip_of(kEntries, commented);
  EXPECT_EQ(ZipArchive(with_comment, "w").read("a/data.pkl"), "pickle");
  ZipOptions large;
  large.zip64 = true;
  const std::string zip64 = zip_of(kEntries, large);
  EXPECT_EQ(ZipArchive(zip64, "w").read("a/data.pkl"), "pickle");
  EXPECT_EQ(ZipArchive(zip64, "w").read("a/data/0"), std::string(100, '\1'));
}

TEST(ZipArchive, CompressedAndEncryptedEntriesAreRefusedWhenRead) {
  const std::string bytes = zip_of({{"deflated", "data", 8}, {"locked", "data", 0, 1}, {"a", "b"}});
  const ZipArchive zip(bytes, "w.zip");
  EXPECT_EQ(zip.read("a"), "b");
  const auto reading = [&](const char* name) {
    return error_message(ErrorKind::kModel, [&] { zip.read(name); });
  };
  EXPECT_THAT(reading("deflated"), HasSubstr("w.zip: entry deflated is compressed or encrypted"));
  EXPECT_THAT(reading("locked"), HasSubstr("w.zip: entry locked is compressed or encrypted"));
  EXPECT_EQ(reading("c"), "w.zip: the zip archive has no entry c");
}

TEST(ZipArchive, LooksLike) {
  EXPECT_TRUE(looks_like_zip(zip_of(kEntries)));
  EXPECT_TRUE(looks_like_zip(zip_of({})));
  EXPECT_FALSE(looks_like_zip("PK"));
  EXPECT_FALSE(looks_like_zip(""));
}

TEST(ZipArchive, RefusesEveryTruncation) {
  for (const bool zip64 : {false, true}) {
    ZipOptions options;
    options.zip64 = zip64;
    const std::string whole = zip_of(kEntries, options);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_THAT(message_for(whole.substr(0, length)),
                  HasSubstr("w.zip: is a zip archive without its end; the file is truncated"));
    }
  }
}

TEST(ZipArchive, RefusesOverlaps) {
  const std::string bytes = zip_of(kEntries);
  // The second entry said to be the first: as bombs do it.
  const std::size_t second = directory_at(bytes, 1);
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, second + 42, 0)),
              HasSubstr("w.zip: entry a/data/0 overlaps another one"));
  // The first entry said to reach into the second.
  const std::size_t first = directory_at(bytes, 0);
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, first + 20, 80)),
              HasSubstr("entry a/data/0 overlaps another one"));
}

TEST(ZipArchive, RefusesTwoEntriesOfOneName) {
  EXPECT_THAT(message_for(zip_of({{"a", "1"}, {"a", "2"}})), HasSubstr("has the entry a twice"));
}

TEST(ZipArchive, RefusesWhatLiesOutside) {
  const std::string bytes = zip_of(kEntries);
  const std::size_t first = directory_at(bytes, 0);
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, first + 42, 0xfffffff0)),
              HasSubstr("w.zip: entry a/data.pkl: 30 bytes are expected at byte 4294967280"));
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, first + 42, 1)),
              HasSubstr("entry a/data.pkl: is not where the zip archive's directory says"));
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, first + 20, 0x7fffffff)),
              HasSubstr("entry a/data.pkl: 2147483647 bytes are expected"));
  EXPECT_THAT(message_for(with<std::uint16_t>(bytes, first + 28, 0xffff)),
              HasSubstr("65535 bytes are expected"));
  EXPECT_THAT(message_for(with<std::uint8_t>(bytes, first, 0)),
              HasSubstr("the directory of the zip archive is damaged"));
  const std::size_t end = bytes.rfind("PK\5\6");
  EXPECT_THAT(message_for(with<std::uint32_t>(bytes, end + 16, 0x7fffffff)),
              HasSubstr("bytes are expected at byte 2147483647"));
  ZipOptions large;
  large.zip64 = true;
  const std::string zip64 = zip_of(kEntries, large);
  const std::size_t end64 = zip64.rfind("PK\6\6");
  EXPECT_THAT(message_for(with<std::uint64_t>(zip64, end64 + 48, UINT64_MAX - 3)),
              HasSubstr("bytes are expected at byte 18446744073709551612"));
  EXPECT_THAT(message_for(with<std::uint8_t>(zip64, end64, 0)),
              HasSubstr("the end of the zip archive is damaged"));
  const std::size_t extra =
      zip64.find(bytes_of(std::uint16_t{1}) + bytes_of(std::uint16_t{24}), directory_at(zip64, 0));
  EXPECT_THAT(message_for(with<std::uint16_t>(zip64, extra + 2, 8)),
              HasSubstr("8 bytes are expected"));
}

TEST(ZipArchive, SurvivesDamage) {
  ZipOptions large;
  large.zip64 = true;
  const std::string plain = zip_of(kEntries);
  const std::string zip64 = zip_of(kEntries, large);
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = round % 2 == 0 ? plain : zip64;
    for (int i = 0; i <= round % 3; ++i) {
      // Half of the damage to the directory, where it matters.
      const std::size_t from = random() % 2 == 0 ? 0 : damaged.find("PK\1\2");
      damaged[from + random() % (damaged.size() - from)] = static_cast<char>(random());
    }
    try {
      const ZipArchive zip(damaged, "w");
      for (const std::string_view name : zip.names()) {
        const std::string_view data = zip.read(name);
        EXPECT_GE(data.data(), damaged.data());
        EXPECT_LE(data.data() + data.size(), damaged.data() + damaged.size());
      }
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kModel);
    }
  }
}

}  // namespace
}  // namespace fool
