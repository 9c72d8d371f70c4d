// A built-in network with random weights in a file: what fine-tuning begins with.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "classify/native.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {

// Colour images of size x size, or LeNet's.
inline ModelSpec write_random_network(const ScratchFolder& folder, const std::string& architecture,
                                      int classes, int size) {
  const bool grey = architecture == "lenet";
  ModelSpec spec;
  spec.name = architecture;
  spec.architecture = architecture;
  spec.format = "safetensors";
  spec.weights = folder / (architecture + ".safetensors");
  spec.card = folder / (architecture + ".json");
  spec.classes = classes;
  spec.input.height = grey ? 28 : size;
  spec.input.width = spec.input.height;
  spec.input.channels = grey ? ChannelOrder::kGray : ChannelOrder::kRgb;
  spec.input.scale = 1.0F / 255.0F;
  spec.input.mean.assign(grey ? 1 : 3, grey ? 0.0F : 0.45F);
  spec.input.std.assign(grey ? 1 : 3, grey ? 1.0F : 0.225F);

  torch::manual_seed(1);
  const torch::NoGradGuard no_gradient;
  const auto network = make_unfilled_network(spec);
  std::map<std::string, torch::Tensor> values;
  for (const auto& p : network->named_parameters()) {
    torch::Tensor value = torch::empty(p.value().sizes());
    if (value.dim() >= 2) {
      const double inputs = static_cast<double>(value.numel()) / static_cast<double>(value.size(0));
      value.uniform_(-std::sqrt(3.0 / inputs), std::sqrt(3.0 / inputs));
    } else if (p.key().find("weight") != std::string::npos) {
      value.uniform_(0.9, 1.3);
    } else {
      value.uniform_(-0.1, 0.1);
    }
    values[p.key()] = value;
  }
  for (const auto& b : network->named_buffers()) {
    const bool variance = b.key().find("running_var") != std::string::npos;
    values[b.key()] =
        torch::empty(b.value().sizes()).uniform_(variance ? 0.6 : -0.1, variance ? 1.0 : 0.1);
  }
  std::map<std::string, TensorView> views;
  for (const auto& [key, value] : values) {
    views[key] = {DType::kF32,
                  value.sizes().vec(),
                  {reinterpret_cast<const char*>(value.data_ptr<float>()), value.nbytes()}};
  }
  write_safetensors(spec.weights, views);
  spec.sha256 = sha256_file(spec.weights);
  spec.raw = {{"name", architecture},
              {"input",
               {{"height", spec.input.height},
                {"width", spec.input.width},
                {"channels", grey ? "GRAY" : "RGB"},
                {"range", "0..1"},
                {"mean", spec.input.mean},
                {"std", spec.input.std}}},
              {"output", "logits"},
              {"urls", {"http://example.org/weights"}},
              {"measured", Json::array()}};
  return spec;
}

}  // namespace fool
