#include "report/page/pictures.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "fool/core/error.h"
#include "fool/data/resize.h"
#include "fool/report/png.h"

namespace fool {
namespace {

constexpr std::size_t kSignature = 8;
constexpr std::size_t kChunkFrame = 12;  // length, type and checksum
constexpr std::array<std::string_view, 3> kTexts = {"tEXt", "zTXt", "iTXt"};

std::size_t big_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

ImageShape shape_within(const ImageShape& shape, int limit) {
  const int longer = std::max(shape.height, shape.width);
  if (limit <= 0 || longer <= limit) return shape;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::int64_t{side} * limit / longer));
  };
  return {scaled(shape.height), scaled(shape.width), shape.channels};
}

}  // namespace

std::string without_text(std::string_view png, const std::string& name) {
  const auto damaged = [&] { fail(ErrorKind::kData, "{}: it is no whole PNG", name); };
  if (png.size() < kSignature || png.substr(1, 3) != "PNG") damaged();
  std::string kept(png.substr(0, kSignature));
  for (std::size_t at = kSignature; at < png.size();) {
    if (png.size() - at < kChunkFrame) damaged();
    const std::size_t size = big_endian(png.substr(at)) + kChunkFrame;
    if (size > png.size() - at) damaged();
    const std::string_view type = png.substr(at + 4, 4);
    if (std::find(kTexts.begin(), kTexts.end(), type) == kTexts.end()) {
      kept.append(png.substr(at, size));
    }
    at += size;
    if (type == "IEND") return kept;
  }
  damaged();
  return {};
}

ImageBatch fit(ConstImageView image, int limit) {
  const ImageShape shape = shape_within(image.shape, limit);
  if (shape != image.shape) return resize_bilinear(image, shape.height, shape.width);
  ImageBatch copy(1, shape);
  std::copy_n(image.data, image.size(), copy[0].data);
  return copy;
}

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and a zero, which OpenSSL writes
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

SmallPainter::SmallPainter(const Encoding& encoding, int limit) : limit_(limit) {
  const ImageShape small = shape_within(encoding.shape(), limit);
  try {
    renderer_ = make_renderer("auto", encoding, Frame::whole(small));
    image_ = ImageBatch(1, small);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) throw;
    renderer_ = make_renderer("auto", encoding);  // one that has no other size
    image_ = ImageBatch(1, encoding.shape());
  }
}

std::string SmallPainter::png(const GenomePtr& genome) {
  renderer_->render(Span<const GenomePtr>(&genome, 1), image_);
  return encode_png(fit(image_[0], limit_)[0]);
}

}  // namespace fool
