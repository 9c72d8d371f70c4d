// What every data set must do, run over the registry. A new one adds its sample to make_sample().
#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>
#include <thread>

#include "data/data_files.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

void make_sample(const std::string& name, const ScratchFolder& folder) {
  if (name == "mnist") {
    put(folder, "train-images-idx3-ubyte", idx_images(3, 2, 2, "abcdefghijkl"));
    put(folder, "train-labels-idx1-ubyte", idx_labels({0, 5, 9}));
  } else if (name == "folder") {
    for (const char* file : {"a/1.png", "a/2.png", "b/1.png"}) {
      std::vector<std::uint8_t> bytes;
      cv::imencode(".png", cv::Mat(3, 4, CV_8UC3, cv::Scalar(file[0], file[2], 9)), bytes);
      put(folder, file, {bytes.begin(), bytes.end()});
    }
  } else {
    FAIL() << "no sample for the data set " << name << ": add one to make_sample()";
  }
}

class DatasetConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { make_sample(GetParam(), folder_); }
  static std::unique_ptr<Dataset> open(const std::string& path) {
    const Json section{{"type", GetParam()}, {"path", path}};
    return DatasetRegistry::instance().make(
        DatasetRegistry::instance().resolve(section, "dataset"));
  }
  ScratchFolder folder_;
};

TEST_P(DatasetConformance, ItemsAreImagesWithLabels) {
  const auto dataset = open(folder_.path());
  ASSERT_EQ(dataset->size(), 3);
  for (int i = 0; i < dataset->size(); ++i) {
    const LabelledImage item = dataset->at(i);
    EXPECT_EQ(item.image.count(), 1);
    EXPECT_GT(item.image.shape().size(), 0U);
    EXPECT_THAT(item.image.shape().channels, testing::AnyOf(1, 3));
    EXPECT_THAT(item.label, testing::AllOf(testing::Ge(-1), testing::Lt(dataset->classes())));
    EXPECT_NE(item.name, "");
  }
}

TEST_P(DatasetConformance, ThreadsReadTheSameItems) {
  const auto dataset = open(folder_.path());
  const auto read_all = [&](std::string& result) {
    for (int i = 0; i < dataset->size(); ++i) {
      const LabelledImage item = dataset->at(i);
      result += item.name + std::to_string(item.label);
      result.append(item.image.bytes().begin(), item.image.bytes().end());
    }
  };
  std::string here;
  std::string there;
  std::thread thread([&] { read_all(there); });
  read_all(here);
  thread.join();
  EXPECT_EQ(here, there);
}

TEST_P(DatasetConformance, RefusesIndicesOutOfRange) {
  const auto dataset = open(folder_.path());
  for (const int index : {-1, 3}) {
    try {
      dataset->at(index);
      FAIL() << "index " << index;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      EXPECT_THAT(error.what(), testing::HasSubstr("numbered 0..2"));
    }
  }
}

TEST_P(DatasetConformance, SaysWhereItLooked) {
  try {
    open("/nonexistent/data");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_THAT(error.what(), testing::HasSubstr("/nonexistent/data"));
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, DatasetConformance,
                         testing::ValuesIn(DatasetRegistry::instance().names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace fool
