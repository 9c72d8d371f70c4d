// fool models info: what a card says about a network, and what a weights file holds.
#include <filesystem>
#include <numeric>
#include <ostream>
#include <set>

#include "app/command.h"
#include "app/download.h"
#include "app/model_text.h"
#include "fool/core/error.h"
#include "fool/model/model_spec.h"
#include "fool/model/weights_file.h"
#include "fool/model/weights_places.h"
#include "model/printable.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// A text on the card that only people read; empty if there is none.
std::string text_on_card(const Json& card, const char* key) {
  const auto it = card.find(key);
  return it != card.end() && it->is_string() ? printable(it->get<std::string>()) : "";
}

std::string options_text(const Json& options) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : options.items()) {
    parts.push_back(value.is_structured() ? key : fmt::format("{} {}", key, value.dump()));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string normalisation_text(const InputSpec& input) {
  return fmt::format("{}, mean {}, std {}", input.scale == 1.0F ? "0..255" : "0..1",
                     fmt::join(input.mean, " "), fmt::join(input.std, " "));
}

std::string labels_text(const ModelSpec& spec) {
  if (!spec.labels.empty()) {
    return spec.labels_file.empty() ? "labels on the card"
                                    : "labels in " + spec.labels_file.string();
  }
  if (spec.labels_file.empty()) return "no labels";
  return fmt::format("{} is not here; from {}", spec.labels_file.filename().string(),
                     fmt::join(spec.labels_urls, ", "));
}

// "top-1 58.18 %, top-5 80.62 % on ImageNet validation set (torchvision 0.14)".
std::string published_text(const Json& card) {
  const auto it = card.find("published");
  if (it == card.end() || !it->is_object()) return "";
  std::vector<std::string> parts;
  for (const auto& [key, name] : {std::pair{"top1", "top-1"}, std::pair{"top5", "top-5"}}) {
    const auto value = it->find(key);
    if (value == it->end() || !value->is_number()) continue;
    parts.push_back(fmt::format("{} {:.2f} %", name, 100 * value->get<double>()));
  }
  const std::string data = text_on_card(*it, "data");
  const std::string source = text_on_card(*it, "source");
  return fmt::format("{}{}{}", fmt::join(parts, ", "), data.empty() ? "" : " on " + data,
                     source.empty() ? "" : " (" + source + ")");
}

// What a person wants to know first: are they here, and if not, how do they come.
std::string weights_text(const ModelSpec& spec) {
  if (spec.weights.empty()) return "none needed";
  if (has_weights(spec)) return spec.weights.string();
  const bool offered = !spec.urls.empty();
  return fmt::format("{} is not here{}", spec.weights.filename().string(),
                     offered ? "; fool models fetch " + spec.name : "");
}

Json file_json(const WeightsFile& file) {
  Json json{{"file", file.file}, {"format", file.format}, {"urls", file.urls}};
  json["bytes"] = file.bytes == 0 ? Json(nullptr) : Json(file.bytes);
  json["hash"] = file.digest.text();
  return json;
}

Json card_json(const ModelSpec& spec) {
  Json files = Json::array();
  if (!spec.weights.empty()) {
    for (const WeightsFile& file : weights_files(spec)) files.push_back(file_json(file));
  }
  return {{"name", spec.name},
          {"card", spec.card.string()},
          {"architecture", spec.architecture},
          {"format", spec.format},
          {"options", spec.options},
          {"classes", spec.classes},
          {"labels", spec.labels},
          {"input", spec.raw.at("input")},
          {"output", spec.raw.at("output")},
          {"weights", spec.weights.string()},
          {"weights_present", has_weights(spec)},
          {"files", files},
          {"published", spec.raw.value("published", Json(nullptr))},
          {"licence", text_on_card(spec.raw, "licence")}};
}

void print_card(const ModelSpec& spec, std::ostream& out) {
  const auto row = [&](const char* name, const std::string& value) {
    if (!value.empty()) out << fmt::format("{:<13} {}\n", name, value);
  };
  row("name", printable(spec.name));
  const std::string options = options_text(spec.options);
  row("architecture", spec.architecture + (options.empty() ? "" : " (" + options + ")"));
  row("format", spec.format);
  row("input", input_text(spec) + ", " + normalisation_text(spec.input));
  if (spec.input.resize.shorter_side > 0) {
    row("photos", fmt::format("shorter side to {}, {}, then the centre",
                              spec.input.resize.shorter_side, spec.input.resize.interpolation));
  }
  row("classes", fmt::format("{}; {}", spec.classes, labels_text(spec)));
  row("output", spec.raw.at("output").get<std::string>());
  row("published", published_text(spec.raw));
  row("licence", text_on_card(spec.raw, "licence"));
  row("source", text_on_card(spec.raw, "source"));
  row("weights", weights_text(spec));
  if (!spec.weights.empty()) {
    std::set<std::string> seen;  // a card may name a file twice, as its own and among the others
    for (const WeightsFile& file : weights_files(spec)) {
      if (!seen.insert(file.file).second) continue;
      row("  file",
          fmt::format("{}, {}, {}", file.file, size_text(file.bytes), file.digest.text()));
      for (const std::string& url : file.urls) row("  from", url);
    }
  }
  row("card",
      spec.raw.value("recognised", false) ? "none; recognised by its tensors" : spec.card.string());
}

std::int64_t parameters_in(const NamedTensors& weights) {
  return std::accumulate(
      weights.tensors.begin(), weights.tensors.end(), std::int64_t{0},
      [](std::int64_t sum, const auto& entry) { return sum + entry.second.elements(); });
}

std::string shape_text(const TensorView& tensor) {
  return tensor.shape.empty() ? "scalar" : fmt::format("{}", fmt::join(tensor.shape, "x"));
}

void print_tensors(const NamedTensors& weights, std::ostream& out) {
  std::size_t width = 0;
  for (const auto& [name, tensor] : weights.tensors) {
    width = std::max(width, printable(name).size());
  }
  for (const auto& [name, tensor] : weights.tensors) {
    out << fmt::format("{:<{}}  {:<4}  {}\n", printable(name), width, dtype_name(tensor.dtype),
                       shape_text(tensor));
  }
  out << fmt::format("{} tensors, {} numbers\n", weights.tensors.size(), parameters_in(weights));
}

Json tensors_json(const NamedTensors& weights) {
  Json list = Json::array();
  for (const auto& [name, tensor] : weights.tensors) {
    list.push_back({{"name", is_utf8(name) ? name : printable(name)},
                    {"dtype", dtype_name(tensor.dtype)},
                    {"shape", tensor.shape}});
  }
  return list;
}

// Whether this is a container of named tensors, rather than a network in another's language.
bool lists_tensors(WeightsFormat format) {
  return format == WeightsFormat::kSafetensors || format == WeightsFormat::kTorchZip ||
         format == WeightsFormat::kTorchStream || format == WeightsFormat::kTorchTar;
}

class ModelsInfoCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A name, a card, or a file with weights (with a card or not)")
        ->required()
        ->type_name("MODEL");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Of a card: what it says, and where the weights are or would come from. Of a file: its "
        "format, every tensor.\n"
        "Examples: fool models info resnet18; fool models info checkpoint.pth");
  }

  int run(Console& console) override {
    std::error_code ignored;
    const fs::path path(model_);
    if (path.extension() == ".json" || !fs::is_regular_file(path, ignored)) {
      const ModelSpec spec = ModelFinder::from_environment().find(model_);
      if (json_) {
        console.out << Json{{"card", card_json(spec)}}.dump(2) << "\n";
      } else {
        print_card(spec, console.out);
      }
      return 0;
    }
    describe_file(path, console);
    return 0;
  }

 private:
  // The card, where there is one for this file, then what is in it.
  void describe_file(const fs::path& path, Console& console) const {
    const WeightsFormat format = weights_format(path);
    NamedTensors weights;
    if (lists_tensors(format)) weights = read_weights(path);
    Json report{{"card", nullptr}};
    report["file"] = {{"path", path.string()}, {"format", format_name(format)}};
    try {
      const ModelSpec spec = ModelFinder::from_environment().find(model_);
      report["card"] = card_json(spec);
      if (!json_) print_card(spec, console.out);
    } catch (const Error& error) {
      if (!json_) console.err << "fool: no card: " << error.what() << "\n";
    }
    if (!json_) console.out << fmt::format("{}: {}\n", path.string(), format_name(format));
    if (lists_tensors(format)) {
      report["file"]["tensors"] = tensors_json(weights);
      report["file"]["numbers"] = parameters_in(weights);
      if (!json_) print_tensors(weights, console.out);
    }
    if (json_) console.out << report.dump(2) << "\n";
  }

  std::string model_;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("models info", ModelsInfoCommand,
                      "Print what a card says, or what a weights file holds");

}  // namespace
}  // namespace fool
