// The one demand on a renderer: the bits of the reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fool/render/renderer.h"

namespace fool {

inline void expect_same_bits(const Encoding& encoding, const std::vector<GenomePtr>& genomes) {
  const ImageShape& shape = encoding.shape();
  const int count = static_cast<int>(genomes.size());
  ImageBatch expected(count, shape);
  make_renderer("reference", encoding)->render(genomes, expected);
  for (const std::string& name : renderer_names(encoding)) {
    ImageBatch images(count, shape);
    for (std::uint8_t& byte : images.bytes()) byte = 77;
    const auto renderer = make_renderer(name, encoding);
    renderer->render(genomes, images);
    renderer->render(genomes, images);  // a second time, over what the first one left behind
    for (std::size_t i = 0; i < images.bytes().size(); ++i) {
      ASSERT_EQ(images.bytes()[i], expected.bytes()[i])
          << name << ": genome " << i / shape.size() << " of " << shape.height << " x "
          << shape.width << " x " << shape.channels << ", byte " << i % shape.size();
    }
  }
}

// The same of what a window shows: the reference's whole picture, cut.
inline void expect_same_bits_in_windows(const Encoding& encoding,
                                        const std::vector<GenomePtr>& genomes) {
  const ImageShape& canvas = encoding.shape();
  const int count = static_cast<int>(genomes.size());
  ImageBatch whole(count, canvas);
  make_renderer("reference", encoding)->render(genomes, whole);
  const ImageShape most{std::max(1, canvas.height - 3), std::max(1, canvas.width - 2), 0};
  for (const Frame& frame :
       {Frame::centre(canvas, most), Frame{canvas, canvas.height / 3, 0, 1, canvas.width},
        Frame{canvas, canvas.height / 2, canvas.width / 2, (canvas.height + 1) / 2, 1},
        Frame{canvas, canvas.height - 1, canvas.width - 1, 1, 1}}) {
    for (const std::string& name : renderer_names(encoding)) {
      ImageBatch images(count, frame.shape());
      make_renderer(name, encoding, frame)->render(genomes, images);
      for (int i = 0; i < count; ++i) {
        for (int row = 0; row < frame.height; ++row) {
          const auto bytes = static_cast<std::ptrdiff_t>(frame.width * canvas.channels);
          const int pixel = (frame.top + row) * canvas.width + frame.left;
          ASSERT_TRUE(std::equal(images[i].data + row * bytes, images[i].data + (row + 1) * bytes,
                                 whole[i].data + pixel * canvas.channels))
              << name << ": genome " << i << ", row " << row << " of " << frame.height << " x "
              << frame.width << " from " << frame.top << ", " << frame.left << " on";
        }
      }
    }
  }
}

}  // namespace fool
