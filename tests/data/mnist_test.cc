#include <gmock/gmock.h>

#include <array>

#include "data/data_files.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

std::unique_ptr<Dataset> open_mnist(const std::filesystem::path& path, const std::string& split) {
  const Json section{{"type", "mnist"}, {"path", path.string()}, {"split", split}};
  return DatasetRegistry::instance().make(DatasetRegistry::instance().resolve(section, "dataset"));
}

std::string message_of(const std::filesystem::path& path) {
  return error_message(ErrorKind::kData, [&] { open_mnist(path, "test"); });
}

TEST(Mnist, TakesPackedAndUnpackedFilesOfEitherName) {
  const ScratchFolder folder;
  put(folder, "t10k-images-idx3-ubyte.gz", gzip(idx_images(2, 1, 2, "abcd")));
  put(folder, "t10k-labels.idx1-ubyte", idx_labels({7, 9}));
  const auto test = open_mnist(folder.path(), "test");
  EXPECT_EQ(test->size(), 2);
  EXPECT_EQ(test->classes(), 10);
  const LabelledImage second = test->at(1);
  EXPECT_EQ(second.label, 9);
  EXPECT_EQ(second.name, "test 1");
  EXPECT_EQ(second.image.shape(), (ImageShape{1, 2, 1}));
  EXPECT_EQ(second.image[0].data[1], 'd');
}

TEST(Mnist, SaysWhichFileIsMissing) {
  const ScratchFolder folder;
  EXPECT_THAT(message_of(folder.path()),
              HasSubstr("has no file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz"));
  put(folder, "t10k-images-idx3-ubyte", idx_images(1, 1, 1, "a"));
  EXPECT_THAT(message_of(folder.path()), HasSubstr("has no file t10k-labels-idx1-ubyte"));
}

TEST(Mnist, RefusesLabelsThatDoNotFit) {
  const ScratchFolder folder;
  put(folder, "t10k-images-idx3-ubyte", idx_images(2, 1, 1, "ab"));
  put(folder, "t10k-labels-idx1-ubyte", idx_labels({1, 2, 3}));
  EXPECT_THAT(message_of(folder.path()),
              testing::AllOf(HasSubstr("holds 2 images"), HasSubstr("holds 3 labels")));
  put(folder, "t10k-labels-idx1-ubyte", idx_labels({1, 10}));
  EXPECT_THAT(message_of(folder.path()), HasSubstr("label 1: expected a digit 0..9, found 10"));
}

TEST(Mnist, TheOfficialFiles) {
  std::filesystem::path folder;
  try {
    folder = find_data("mnist", "");
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  const auto train = open_mnist(folder, "train");
  const auto test = open_mnist(folder, "test");
  EXPECT_EQ(train->size(), 60000);
  EXPECT_EQ(test->size(), 10000);
  EXPECT_EQ(train->at(0).image.shape(), (ImageShape{28, 28, 1}));
  EXPECT_EQ(train->at(0).label, 5);
  EXPECT_EQ(test->at(0).label, 7);
  std::array<int, 10> counts{};
  for (int i = 0; i < test->size(); ++i) ++counts[static_cast<std::size_t>(test->at(i).label)];
  EXPECT_THAT(counts, testing::ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
}

}  // namespace
}  // namespace fool
