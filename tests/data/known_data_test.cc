#include "fool/data/known_data.h"

#include <gmock/gmock.h>

#include "fool/data/dataset.h"

namespace fool {
namespace {

TEST(KnownData, EveryFileCanBeRecognisedAndHad) {
  for (const KnownData& data : known_data()) {
    EXPECT_TRUE(DatasetRegistry::instance().contains(data.name));
    EXPECT_EQ(find_known_data(data.name), &data);
    for (const KnownFile& file : data.files) {
      EXPECT_EQ(file.digest.hex.size(), 32U) << file.name;
      EXPECT_GT(file.bytes, 0) << file.name;
    }
    EXPECT_GE(data.mirrors.size(), 2U);
    for (const std::string& mirror : data.mirrors) {
      EXPECT_THAT(mirror, testing::MatchesRegex("https://.*/"));
    }
  }
  EXPECT_EQ(find_known_data("photos"), nullptr);
}

TEST(KnownData, TheFilesAtHandHaveTheirHashes) {
  const KnownData& mnist = *find_known_data("mnist");
  const char* path = std::getenv("FOOL_DATA_PATH");
  const std::filesystem::path folder = std::filesystem::path(path == nullptr ? "" : path) / "mnist";
  if (!std::filesystem::exists(folder / mnist.files[0].name)) GTEST_SKIP() << "no MNIST files";
  for (const KnownFile& file : mnist.files) {
    EXPECT_EQ(hash_file(folder / file.name, file.digest.kind), file.digest.hex);
    EXPECT_EQ(std::filesystem::file_size(folder / file.name),
              static_cast<std::uintmax_t>(file.bytes));
  }
}

}  // namespace
}  // namespace fool
