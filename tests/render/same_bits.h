// The one demand on a renderer: the bits of the reference.
#pragma once

#include <gtest/gtest.h>

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

}  // namespace fool
