#include "app/model_conversion.h"

#include <optional>
#include <vector>

#include "fool/classify/built_in_weights.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"
#include "fool/model/recognise.h"
#include "fool/model/weights_file.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

void keep_existing(const fs::path& path, bool force) {
  std::error_code ignored;
  if (!force && fs::exists(path, ignored)) {
    fail(ErrorKind::kUsage, "{} is there already; choose another --out, or --force to overwrite it",
         path.string());
  }
}

// What a card says of one file alone.
constexpr const char* kOfTheFile[] = {"urls",          "url",          "mirrors",    "sha256",
                                      "sha256_prefix", "sha1",         "bytes",      "other_files",
                                      "golden",        "alternatives", "weights",    "format",
                                      "labels",        "name",         "recognised", "conversion"};

Json card_of(const ModelSpec& spec, const Conversion& done, const std::string& name) {
  Json card = spec.raw;
  for (const char* key : kOfTheFile) card.erase(key);
  card["name"] = name;
  card["architecture"] = spec.architecture;
  card["format"] = "safetensors";
  card["weights"] = done.weights.filename().string();
  card["sha256"] = done.sha256;
  card["bytes"] = fs::file_size(done.weights);
  card["classes"] = spec.classes;
  if (!spec.labels.empty()) card["labels"] = spec.labels;
  card["converted_from"] = {{"file", spec.weights.filename().string()},
                            {"sha256", sha256_file(spec.weights)}};
  return card;
}

// What is to be converted: of a built-in network, with all that is known of it, or weights alone.
struct Source {
  std::optional<ModelSpec> spec;
  fs::path file;
  std::string why_no_spec;
};

Source find_source(const std::string& model) {
  std::error_code ignored;
  const bool file = fs::is_regular_file(model, ignored) && fs::path(model).extension() != ".json";
  try {
    const ModelSpec spec = ModelFinder::from_environment().find(model);
    verify_weights(spec);
    if (is_built_in(spec.architecture)) return {spec, spec.weights, ""};
    return {std::nullopt, spec.weights,
            fmt::format("the network of {} is not built in", spec.card.string())};
  } catch (const Error& error) {
    if (!file) throw;
    return {std::nullopt, model, error.what()};
  }
}

}  // namespace

Conversion convert_model(const std::string& model, const fs::path& out, const std::string& name,
                         bool force) {
  if (out.extension() != ".safetensors") {
    fail(ErrorKind::kUsage, "--out {}: expected a file that ends in .safetensors", out.string());
  }
  const fs::path card = fs::path(out).replace_extension(".json");
  keep_existing(out, force);
  const Source source = find_source(model);
  if (source.spec) keep_existing(card, force);
  const NamedTensors weights =
      source.spec ? built_in_weights(*source.spec) : read_weights(source.file);

  Conversion done;
  done.weights = out;
  done.tensors = weights.tensors.size();
  for (const auto& [key, view] : weights.tensors) done.numbers += view.elements();
  write_safetensors(out, weights.tensors, {{"format", "pt"}});
  done.sha256 = sha256_file(out);
  if (!source.spec) {
    done.remark = fmt::format("no card was written: {}", source.why_no_spec);
    return done;
  }
  done.card = card;
  const std::string stem = out.stem().string();
  write_file(card, card_of(*source.spec, done, name.empty() ? stem : name).dump(1) + "\n");
  done.remark = warning_of_guess(*source.spec);
  return done;
}

}  // namespace fool
