#include "fool/data/image_file.h"

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

// The decoder fills the missing part of a cut-off JPEG with grey and says so only on stderr. In
// whole files an end-of-image marker follows the last start of scan; no other place of compressed
// data can hold these bytes.
bool is_cut_off_jpeg(std::string_view bytes) {
  if (bytes.substr(0, 2) != "\xFF\xD8") return false;
  const std::size_t scan = bytes.rfind("\xFF\xDA");
  const std::size_t end = bytes.rfind("\xFF\xD9");
  return scan == std::string_view::npos || end == std::string_view::npos || end < scan;
}

std::string read_bytes(const std::filesystem::path& path) {
  try {
    return read_file(path);
  } catch (const Error& error) {
    throw Error(ErrorKind::kData, error.what());
  }
}

cv::Mat decode(const std::string& bytes, const std::filesystem::path& path) {
  if (bytes.empty()) fail(ErrorKind::kData, "{} is empty; expected a picture", path.string());
  if (is_cut_off_jpeg(bytes)) {
    fail(ErrorKind::kData, "{} is a JPEG file that ends too early ({} bytes)", path.string(),
         bytes.size());
  }
  try {
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
    return cv::imdecode(raw, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kData, "{} cannot be read as a picture: {}", path.string(), error.err);
  }
}

}  // namespace

ImageBatch read_image(const std::filesystem::path& path) {
  const cv::Mat bgr = decode(read_bytes(path), path);
  if (bgr.empty()) fail(ErrorKind::kData, "{} is damaged or not a picture", path.string());
  ImageBatch image(1, {bgr.rows, bgr.cols, 3});
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image[0].data);
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

bool is_image_name(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 10> kEndings = {".jpg", ".jpeg", ".png", ".bmp", ".webp",
                                                         ".tif", ".tiff", ".ppm", ".pgm", ".jpe"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace fool
