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

bool starts_with(std::string_view bytes, std::string_view start) {
  return bytes.substr(0, start.size()) == start;
}

// Decoders tell of missing parts on stderr only, and may fill them with grey. In a whole JPEG file
// an end-of-image marker follows the last start of scan, and no other place of compressed data can
// hold these bytes; a whole PNG file has an IEND chunk with its checksum.
bool is_cut_off(std::string_view bytes) {
  if (starts_with(bytes, "\xFF\xD8")) {
    const std::size_t scan = bytes.rfind("\xFF\xDA");
    const std::size_t end = bytes.rfind("\xFF\xD9");
    return scan == std::string_view::npos || end == std::string_view::npos || end < scan;
  }
  return starts_with(bytes, "\x89PNG") &&
         bytes.rfind("IEND\xAE\x42\x60\x82") == std::string_view::npos;
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
  if (is_cut_off(bytes)) {
    fail(ErrorKind::kData, "{} is a picture that ends too early ({} bytes)", path.string(),
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
