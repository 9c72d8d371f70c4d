// The card of a trained network: where its weights are, how they are read, and what its input must
// look like. Nothing about preprocessing lives anywhere else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/json.h"

namespace fool {

enum class ChannelOrder { kGray, kRgb, kBgr };
enum class OutputKind { kLogits, kProbabilities, kLogProbabilities };

// input = (pixel * scale - mean) / std per channel, in the network's channel order, layout NCHW.
struct InputSpec {
  int height = 0;
  int width = 0;
  ChannelOrder channels = ChannelOrder::kRgb;
  float scale = 1.0F;       // 1 for a range of 0..255, 1/255 for 0..1
  std::vector<float> mean;  // one per channel, in `channels` order
  std::vector<float> std;

  // The images that the classifier takes: RGB or grey.
  ImageShape shape() const { return {height, width, channels == ChannelOrder::kGray ? 1 : 3}; }
};

struct ModelSpec {
  std::string name;
  std::string architecture;       // a native network, or empty for a self-contained format
  std::string format;             // "safetensors", "pytorch", "torchscript", "fake"
  std::filesystem::path weights;  // absolute; empty where the format needs none
  std::string sha256;             // of the weights; empty: not known
  int classes = 0;
  std::vector<std::string> labels;  // [K], or empty
  InputSpec input;
  OutputKind output = OutputKind::kLogits;
  Json options = Json::object();  // of the architecture, such as conv10_padding
  std::filesystem::path golden;   // reference outputs, or empty
  std::filesystem::path card;     // the file that this was read from
  Json raw = Json::object();      // the card as written (measured accuracies, licence, source, ...)
  std::vector<std::filesystem::path> searched;  // where ModelFinder looked for the weights

  // "tench" for class 0 of an ImageNet network; the number where there are no labels.
  std::string label(int class_index) const;
};

// Reads a card. Throws Error(kModel) naming file and key for anything missing or of the wrong type.
ModelSpec read_card(const std::filesystem::path& path);

// Checks that the weights are there and have the card's sha256. Throws Error(kModel) that says
// which file is wanted, its hash, where was looked and how to get it.
void verify_weights(const ModelSpec& spec);

// Finds cards: an explicit path, or a name looked up in a list of folders.
class ModelFinder {
 public:
  // The folders in FOOL_MODEL_PATH (separated by ':'), then the bundled ones.
  static ModelFinder from_environment();
  explicit ModelFinder(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {}

  // `model` is a card (.json), a weights file with a card of the same stem beside it, or a name.
  // Weights that are not beside their card are looked for by file name in all folders; a spec whose
  // weights are nowhere is returned all the same, and verify_weights says so. Throws Error(kModel)
  // that lists where was looked and names the nearest known name.
  ModelSpec find(const std::string& model) const;

  // All cards in all folders, the first of a name only; a card that cannot be read is reported
  // through `problems` (may be null) rather than hiding the others.
  std::vector<ModelSpec> list(std::vector<std::string>* problems = nullptr) const;

  const std::vector<std::filesystem::path>& folders() const { return folders_; }

 private:
  ModelSpec open(const std::filesystem::path& card) const;
  ModelSpec open_for(const std::filesystem::path& weights) const;
  std::string looked_in() const;

  std::vector<std::filesystem::path> folders_;
};

// The folder of the bundled cards or configurations ("models", "configs"): beside the sources in a
// build tree, in share/fool in an installed one; FOOL_DATA_HOME overrides. Throws Error(kIo) if
// there is none.
std::filesystem::path resource_folder(const std::string& name);

}  // namespace fool
