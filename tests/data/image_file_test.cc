#include "fool/data/image_file.h"

#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "data/data_files.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string encode(const char* ending, const cv::Mat& mat) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(ending, mat, bytes);
  return {bytes.begin(), bytes.end()};
}

std::string message_of(const std::filesystem::path& path) {
  return error_message(ErrorKind::kData, [&] { read_image(path); });
}

TEST(ImageFile, IsRgb) {
  const ScratchFolder folder;
  cv::Mat bgr(1, 2, CV_8UC3);
  bgr.at<cv::Vec3b>(0, 0) = {3, 2, 1};
  bgr.at<cv::Vec3b>(0, 1) = {6, 5, 4};
  const ImageBatch image = read_image(put(folder, "a.png", encode(".png", bgr)));
  EXPECT_EQ(image.shape(), (ImageShape{1, 2, 3}));
  EXPECT_THAT(image.bytes(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ImageFile, GreyBecomesRgb) {
  const ScratchFolder folder;
  const ImageBatch image =
      read_image(put(folder, "a.png", encode(".png", cv::Mat(1, 1, CV_8UC1, {77}))));
  EXPECT_THAT(image.bytes(), ElementsAre(77, 77, 77));
}

TEST(ImageFile, RefusesWhatIsNoWholePicture) {
  const ScratchFolder folder;
  cv::Mat noise(40, 40, CV_8UC3);
  cv::randu(noise, 0, 256);
  for (const char* ending : {".jpg", ".png"}) {
    const std::string whole = encode(ending, noise);
    for (const std::size_t size : {whole.size() / 2, whole.size() - 20}) {
      const auto file = put(folder, "cut" + std::string(ending), whole.substr(0, size));
      EXPECT_THAT(message_of(file),
                  testing::AllOf(HasSubstr(file.string()), HasSubstr("ends too early")));
    }
  }
  EXPECT_THAT(message_of(put(folder, "text.png", "hello")),
              HasSubstr("text.png is damaged or not a picture"));
  EXPECT_THAT(message_of(put(folder, "none.png", "")), HasSubstr("none.png is empty"));
  EXPECT_THAT(message_of(folder.path() / "missing.png"), HasSubstr("missing.png"));
}

TEST(ImageFile, KnowsNamesOfPictures) {
  EXPECT_TRUE(is_image_name("a/b.JPEG"));
  EXPECT_TRUE(is_image_name("b.png"));
  EXPECT_FALSE(is_image_name("b.txt"));
  EXPECT_FALSE(is_image_name("png"));
}

}  // namespace
}  // namespace fool
