// The pictures of a page, as PNGs without text: those that a run has stored, pixel for pixel, and
// those of ancestors, drawn again small.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fool/core/image.h"
#include "fool/encoding/encoding.h"
#include "fool/render/renderer.h"

namespace fool {

// The bytes of a PNG without its texts; the rest stays as it is. Throws Error(kData) naming `name`
// for bytes that are no whole PNG.
std::string without_text(std::string_view png, const std::string& name);

// An image scaled down until no side is longer than `limit`; 0, or one that fits: as it is.
ImageBatch fit(ConstImageView image, int limit);

// The text of a data: URI's content.
std::string to_base64(std::string_view bytes);

// Draws genomes in the encoding's shape, or smaller: no side longer than `limit` (0: any).
class SmallPainter {
 public:
  SmallPainter(const Encoding& encoding, int limit);
  std::string png(const GenomePtr& genome);

 private:
  int limit_;
  std::unique_ptr<Renderer> renderer_;
  ImageBatch image_;
};

}  // namespace fool
