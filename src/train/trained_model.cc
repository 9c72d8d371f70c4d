#include "fool/train/trained_model.h"

#include <system_error>

#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/version.h"
#include "fool/train/fooling_class.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

Json history_of(const TrainResult& result) {
  Json history = Json::array();
  for (const EpochReport& epoch : result.history) {
    history.push_back({{"epoch", epoch.epoch},
                       {"loss", epoch.loss},
                       {"train_accuracy", epoch.train_accuracy},
                       {"test_accuracy", epoch.test_accuracy}});
  }
  return history;
}

}  // namespace

void require_model_path(const fs::path& weights) {
  if (weights.extension() != ".safetensors" || weights.stem().empty()) {
    fail(ErrorKind::kUsage, "{}: expected a file name that ends in .safetensors", weights.string());
  }
  if (weights.has_parent_path()) {
    std::error_code error;
    fs::create_directories(weights.parent_path(), error);
    if (error) {
      fail(ErrorKind::kIo, "{} cannot be made: {}", weights.parent_path().string(),
           error.message());
    }
  }
  const AtomicFile probe(weights);  // never committed
}

Json write_lenet(const fs::path& weights, const TrainResult& result, const TrainedBy& by) {
  require_model_path(weights);
  const TensorView& bias = result.weights.tensors.at("fc2.bias");
  const std::int64_t classes = bias.elements();
  Json labels = by.labels;
  if (by.labels.empty()) {
    labels = Json::array();
    for (std::int64_t k = 0; k < classes; ++k) labels.push_back(std::to_string(k));
  }

  write_safetensors(weights, result.weights.tensors, {{"format", "pt"}});
  const Json card{
      {"name", weights.stem().string()},
      {"architecture", "lenet"},
      {"weights", weights.filename().string()},
      {"sha256", sha256_file(weights)},
      {"bytes", fs::file_size(weights)},
      {"format", "safetensors"},
      {"classes", classes},
      {"labels", labels},
      {"input",
       {{"height", 28},
        {"width", 28},
        {"channels", "GRAY"},
        {"layout", "NCHW"},
        {"range", "0..1"},
        {"mean", {0.0}},
        {"std", {1.0}},
        {"formula", "input = pixel / 255"}}},
      {"output", "logits"},
      {"dataset", by.dataset},
      {"trained_by",
       {{"command", by.command},
        {"settings", by.settings},
        {"version", kVersion},
        {"numeric_library", numeric_library()},
        {"date", by.date},
        {"history", history_of(result)}}},
      {"measured",
       {{{"data", by.dataset},
         {"split", "test"},
         {"images", result.test_size},
         {"top1_correct", result.test_correct},
         {"top1", result.test_accuracy()}}}},
  };
  fs::path card_path = weights;
  write_file(card_path.replace_extension(".json"), card.dump(1) + "\n");
  return card;
}

Json write_fine_tuned(const fs::path& weights, const ModelSpec& spec, const NamedTensors& tensors,
                      const Json& trained_by, const Json& measured) {
  require_model_path(weights);
  write_safetensors(weights, tensors.tensors, {{"format", "pt"}});
  Json card = spec.raw;
  for (const char* key :
       {"name",        "weights",        "urls",         "url",       "mirrors",
        "sha256",      "sha256_prefix",  "sha1",         "bytes",     "format",
        "other_files", "golden",         "alternatives", "labels",    "recognised",
        "conversion",  "converted_from", "measured",     "published", "dataset"}) {
    card.erase(key);
  }
  card["name"] = weights.stem().string();
  card["architecture"] = spec.architecture;
  card["weights"] = weights.filename().string();
  card["sha256"] = sha256_file(weights);
  card["bytes"] = fs::file_size(weights);
  card["format"] = "safetensors";
  card["classes"] = spec.classes + 1;
  Json labels = Json::array();
  for (int k = 0; k < spec.classes; ++k) labels.push_back(spec.label(k));
  labels.push_back(kFoolingLabel);
  card["labels"] = labels;
  card["trained_from"] = {{"name", spec.name}, {"sha256", spec.sha256}};
  card["trained_by"] = trained_by;
  card["measured"] = measured;
  fs::path card_path = weights;
  write_file(card_path.replace_extension(".json"), card.dump(1) + "\n");
  return card;
}

}  // namespace fool
