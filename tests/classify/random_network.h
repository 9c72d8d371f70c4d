// Weights files of untrained networks, and images to show them.
#pragma once

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/rng.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {

struct RandomWeights {
  std::map<std::string, std::vector<float>> values;
  std::map<std::string, TensorView> views;

  // Uniform, with a variance that keeps the size of activations; biases are uniform in +-0.1.
  void add(const std::string& key, const std::vector<std::int64_t>& shape) {
    TensorView view;
    view.shape = shape;
    const auto size = static_cast<std::size_t>(view.elements());
    const double fan_in =
        static_cast<double>(view.elements()) / static_cast<double>(shape.empty() ? 1 : shape[0]);
    const double bound = shape.size() < 2 ? 0.1 : std::sqrt(3.0 / fan_in);
    RngStream rng(1, key, 0, 0);
    std::vector<float>& numbers = values[key];
    for (std::size_t i = 0; i < size; ++i) {
      numbers.push_back(static_cast<float>((2.0 * rng.uniform() - 1.0) * bound));
    }
    view.bytes = {reinterpret_cast<const char*>(numbers.data()), size * sizeof(float)};
    views[key] = view;
  }
};

inline RandomWeights lenet_weights(int classes) {
  RandomWeights weights;
  weights.add("conv1.weight", {20, 1, 5, 5});
  weights.add("conv1.bias", {20});
  weights.add("conv2.weight", {50, 20, 5, 5});
  weights.add("conv2.bias", {50});
  weights.add("fc1.weight", {500, 800});
  weights.add("fc1.bias", {500});
  weights.add("fc2.weight", {classes, 500});
  weights.add("fc2.bias", {classes});
  return weights;
}

inline ModelSpec lenet_spec(const std::filesystem::path& weights, int classes) {
  ModelSpec spec;
  spec.name = "lenet";
  spec.architecture = "lenet";
  spec.format = "safetensors";
  spec.weights = weights;
  spec.card = weights.parent_path() / "lenet.json";
  spec.classes = classes;
  spec.input.height = 28;
  spec.input.width = 28;
  spec.input.channels = ChannelOrder::kGray;
  spec.input.scale = 1.0F / 255.0F;
  spec.input.mean = {0.125F};
  spec.input.std = {0.25F};
  return spec;
}

inline ModelSpec colour_spec(const std::filesystem::path& weights, int size, int classes) {
  ModelSpec spec;
  spec.name = "net";
  spec.format = "torchscript";
  spec.weights = weights;
  spec.card = weights.parent_path() / "net.json";
  spec.classes = classes;
  spec.input.height = size;
  spec.input.width = size;
  spec.input.channels = ChannelOrder::kBgr;
  spec.input.mean = {104.0F, 117.0F, 123.0F};
  spec.input.std = {50.0F, 60.0F, 70.0F};
  return spec;
}

inline ImageBatch random_images(int count, ImageShape shape, std::uint32_t seed = 0) {
  ImageBatch images(count, shape);
  RngStream rng(seed, "test.images", 0, 0);
  for (std::uint8_t& pixel : images.bytes())
    pixel = static_cast<std::uint8_t>(rng.next_u32() >> 24);
  return images;
}

}  // namespace fool
