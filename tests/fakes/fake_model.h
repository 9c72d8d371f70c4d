// The card of a network that is a hash of the image: no weights, no file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fool/model/model_spec.h"

namespace fool::fakes {

// options: "seed", and "emit" for a network that fails in some way (see `fool describe fake`).
inline ModelSpec fake_model(int classes, ImageShape shape, Json options = Json::object()) {
  ModelSpec spec;
  spec.name = "fake";
  spec.format = "fake";
  spec.classes = classes;
  spec.input.height = shape.height;
  spec.input.width = shape.width;
  spec.input.channels = shape.channels == 1 ? ChannelOrder::kGray : ChannelOrder::kRgb;
  spec.input.mean.assign(static_cast<std::size_t>(shape.channels), 0.0F);
  spec.input.std.assign(static_cast<std::size_t>(shape.channels), 1.0F);
  spec.options = std::move(options);
  return spec;
}

}  // namespace fool::fakes
