#include "fool/model/recognise.h"

#include <algorithm>
#include <system_error>

#include "fool/core/error.h"
#include "fool/model/weights_file.h"
#include "model/channel_order.h"

namespace fool {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) {
    sizes.push_back(size == 0 ? "any" : std::to_string(size));
  }
  return fmt::format("[{}]", fmt::join(sizes, ", "));
}

bool fits(const std::vector<std::int64_t>& found, const std::vector<std::int64_t>& expected) {
  return std::equal(found.begin(), found.end(), expected.begin(), expected.end(),
                    [](std::int64_t a, std::int64_t b) { return a == b || b == 0; });
}

// As a card would say it.
Json input_of_card(const InputSpec& input) {
  return {{"height", input.height},
          {"width", input.width},
          {"channels", card_name(input.channels)},
          {"range", input.scale == 1.0F ? "0..255" : "0..1"},
          {"mean", input.mean},
          {"std", input.std}};
}

// What is wrong with the weights, one line per tensor.
std::vector<std::string> differences(const Signature& signature, const NamedTensors& weights) {
  std::vector<std::string> result;
  for (const auto& [key, shape] : signature.has) {
    const auto it = weights.tensors.find(key);
    if (it == weights.tensors.end()) {
      result.push_back(fmt::format("{} {} is missing", key, shape_text(shape)));
    } else if (!fits(it->second.shape, shape)) {
      result.push_back(fmt::format("{} expected {}, found {}", key, shape_text(shape),
                                   shape_text(it->second.shape)));
    }
  }
  for (const std::string& key : signature.lacks) {
    if (weights.tensors.count(key) != 0) result.push_back(key + " is not expected");
  }
  return result;
}

}  // namespace

Signatures& Signatures::instance() {
  static Signatures signatures;
  return signatures;
}

const Signature* Signatures::find(const NamedTensors& weights) const {
  const auto named = weights.metadata.find("network");
  const std::string name = named == weights.metadata.end() ? "" : named->second;
  const Signature* by_shapes = nullptr;
  for (const Signature& signature : signatures_) {
    if (!differences(signature, weights).empty()) continue;
    if (!signature.caffe_name.empty() && signature.caffe_name == name) return &signature;
    if (signature.caffe_name.empty() && by_shapes == nullptr) by_shapes = &signature;
  }
  return by_shapes;
}

std::string Signatures::nearest(const NamedTensors& weights) const {
  const Signature* best = nullptr;
  std::vector<std::string> fewest;
  double best_share = 0.0;
  for (const Signature& signature : signatures_) {
    const std::vector<std::string> wrong = differences(signature, weights);
    const double share = static_cast<double>(wrong.size()) /
                         static_cast<double>(signature.has.size() + signature.lacks.size());
    if (best != nullptr && share >= best_share) continue;
    best = &signature;
    best_share = share;
    fewest = wrong;
  }
  if (best == nullptr) return "no built-in network is known";
  return fmt::format("the nearest is {}: {}", best->architecture, fmt::join(fewest, "; "));
}

ModelSpec recognise(const NamedTensors& weights, const std::filesystem::path& file,
                    const std::string& format) {
  const Signature* signature = Signatures::instance().find(weights);
  if (signature == nullptr) {
    std::vector<std::string> first;
    for (const auto& [key, view] : weights.tensors) {
      if (first.size() < 4) first.push_back(key + " " + shape_text(view.shape));
    }
    fail(ErrorKind::kModel,
         "{}: no built-in network has such weights ({} tensors: {}, ...); {}; write a card {} "
         "beside the file: its \"architecture\": \"sequential\" describes a plain stack of layers",
         file.string(), weights.tensors.size(), fmt::join(first, ", "),
         Signatures::instance().nearest(weights), file.stem().string() + ".json");
  }
  ModelSpec spec;
  spec.name = file.stem().string();
  spec.architecture = signature->architecture;
  spec.format = format;
  spec.weights = file;
  spec.card = file;
  spec.classes = static_cast<int>(weights.tensors.at(signature->last).shape.at(0));
  spec.input = signature->input;
  spec.raw = {{"recognised", true}, {"name", spec.name},       {"architecture", spec.architecture},
              {"format", format},   {"classes", spec.classes}, {"input", input_of_card(spec.input)},
              {"output", "logits"}};
  return spec;
}

ModelSpec open_without_card(const std::filesystem::path& file,
                            const std::vector<std::filesystem::path>& folders) {
  constexpr int kImageNetClasses = 1000;
  const WeightsFormat kind = weights_format(file);
  const bool torch = kind == WeightsFormat::kTorchZip || kind == WeightsFormat::kTorchStream ||
                     kind == WeightsFormat::kTorchTar;
  const bool caffe = kind == WeightsFormat::kCaffe;
  if (!torch && !caffe && kind != WeightsFormat::kSafetensors) {
    std::vector<std::string> places{file.parent_path().string()};
    for (const auto& folder : folders) places.push_back(folder.string());
    fail(ErrorKind::kModel,
         "{}: is {}, which does not say what its input looks like; expected a card {} beside it or "
         "in one of: {}; a card holds \"name\", \"format\", \"weights\", \"classes\", \"input\" "
         "(\"height\", \"width\", \"channels\", \"range\", \"mean\", \"std\") and \"output\"",
         file.string(), format_name(kind), file.stem().string() + ".json", fmt::join(places, ", "));
  }
  ModelSpec spec = recognise(read_weights(file), file,
                             torch   ? "pytorch"
                             : caffe ? "caffe"
                                     : "safetensors");
  if (spec.classes != kImageNetClasses) return spec;
  std::vector<std::filesystem::path> places = folders;
  places.insert(places.begin(), file.parent_path());
  for (const auto& folder : places) {
    std::error_code ignored;
    const auto labels = folder / "imagenet_classes.txt";
    if (!std::filesystem::is_regular_file(labels, ignored)) continue;
    spec.labels = read_labels(labels, kImageNetClasses);
    break;
  }
  return spec;
}

std::string warning_of_guess(const ModelSpec& spec) {
  if (!spec.raw.value("recognised", false)) return "";
  return fmt::format(
      "{}: no card says how its input is made; taken for {}, with the preprocessing that is usual "
      "for it; \"fool models check\" on labelled images proves it",
      spec.weights.string(), spec.architecture);
}

InputSpec torchvision_input(int size) {
  InputSpec input;
  input.height = size;
  input.width = size;
  input.channels = ChannelOrder::kRgb;
  input.scale = 1.0F / 255.0F;
  input.mean = {0.485F, 0.456F, 0.406F};
  input.std = {0.229F, 0.224F, 0.225F};
  return input;
}

}  // namespace fool
