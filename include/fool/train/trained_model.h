// Puts a trained network on disk: the weights and, beside them, the card that makes them a model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"
#include "fool/train/trainer.h"

namespace fool {

// How the weights came to be; stands on the card.
struct TrainedBy {
  std::string dataset;  // what `fool models check` tests them with, such as "mnist"
  std::string command;  // that makes them again
  Json settings;        // resolved
  std::string date;     // ISO 8601
  std::vector<std::string> labels = {};  // [K]; empty: the numbers of the classes
};

// Throws Error(kUsage) unless the name ends in .safetensors, and Error(kIo) if nothing can be
// written there: asked before hours of training rather than after.
void require_model_path(const std::filesystem::path& weights);

// Writes NAME.safetensors, then NAME.json; each is whole or not there. Returns the card. Throws as
// require_model_path.
Json write_lenet(const std::filesystem::path& weights, const TrainResult& result,
                 const TrainedBy& by);

// The same for a network that learned one class more, kFoolingLabel: its card is that of `spec`
// but for what belongs to the file and the accuracies. trained_by and measured: as the card has
// them.
Json write_fine_tuned(const std::filesystem::path& weights, const ModelSpec& spec,
                      const NamedTensors& tensors, const Json& trained_by, const Json& measured);

}  // namespace fool
