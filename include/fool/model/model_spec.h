// The card of a trained network: where its weights are, how they are read, and what its input must
// look like. Nothing about preprocessing lives anywhere else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/digest.h"
#include "fool/core/json.h"
#include "fool/model/input_spec.h"

namespace fool {

// A file that holds a network's weights, and where it can be downloaded.
struct WeightsFile {
  std::string file;    // its name
  std::string format;  // as ModelSpec::format
  Digest digest;
  std::int64_t bytes = 0;         // 0: not known
  std::vector<std::string> urls;  // mirrors of the same bytes, in the order to try
};

struct ModelSpec {
  std::string name;
  std::string architecture;              // a native network, or empty for a self-contained format
  std::string format;                    // "safetensors", "pytorch", "torchscript", "fake"
  std::filesystem::path weights;         // absolute; empty where the format needs none
  std::string sha256;                    // of the weights; empty: not known
  Digest other_digest;                   // what is known of their hash where sha256 is not
  std::int64_t bytes = 0;                // of the weights; 0: not known
  std::vector<std::string> urls;         // where the weights are offered
  std::vector<WeightsFile> other_files;  // the same network's weights in other files
  int classes = 0;
  std::vector<std::string> labels;    // [K], or empty
  std::filesystem::path labels_file;  // absolute; empty where the card holds them or has none
  std::vector<std::string> labels_urls;
  InputSpec input;
  OutputKind output = OutputKind::kLogits;
  Json options = Json::object();  // of the architecture, such as conv10_padding
  std::filesystem::path golden;   // reference outputs, or empty
  std::filesystem::path card;     // the file that this was read from
  Json raw = Json::object();      // the card as written (measured accuracies, licence, source, ...)
  std::vector<std::filesystem::path> searched;  // where ModelFinder looked for the weights

  // What the weights must match.
  Digest digest() const {
    return sha256.empty() ? other_digest : Digest{HashKind::kSha256, sha256};
  }

  // "tench" for class 0 of an ImageNet network; the number where there are no labels.
  std::string label(int class_index) const;
};

// Reads a card. Throws Error(kModel) naming file and key for anything missing or of the wrong type.
// A labels file that is not there is no error if the card says where to get it.
ModelSpec read_card(const std::filesystem::path& path);

// The labels in a file of one a line, [classes]. Throws Error(kModel).
std::vector<std::string> read_labels(const std::filesystem::path& path, int classes);

// Checks that the weights are there and have the card's hash. Throws Error(kModel) that says
// which file is wanted, its hash, where was looked and how to get it.
void verify_weights(const ModelSpec& spec);

// Finds cards: an explicit path, or a name looked up in a list of folders.
class ModelFinder {
 public:
  // The folders in FOOL_MODEL_PATH (separated by ':'), the bundled ones, the cache of downloads.
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
