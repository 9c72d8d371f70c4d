#include "app/run_config.h"

#include <algorithm>
#include <filesystem>

#include "app/option_checks.h"
#include "app/retrain_settings.h"
#include "fool/ascend/settings.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/encoding/encoding.h"
#include "fool/model/model_spec.h"
#include "fool/report/reporter.h"
#include "fool/search/search.h"

namespace fool {
namespace {

const ParameterTable kTop{
    param("dataset", "mnist", "What the defaults are for: a profile in configs/datasets."),
    param("model", "",
          "The network to fool: a card, a weights file or a name; several with commas between them "
          "are fooled together."),
    param("ensemble", "mean",
          "What counts of several networks' confidences, or of copies': their mean or the "
          "smallest.")
        .one_of({"mean", "min"})
        .cite("paper, supplement B: the mean of three networks"),
    param("seed", 1, "Same seed and configuration, same result.").range(0, 9007199254740992.0),
    param("generations", 200, "The last generation, counted from 0 after the initial population.")
        .range(0, kMostGenerations)
        .cite("paper: 200 for MNIST, 5000 for ImageNet with CPPNs"),
    param("budget_evaluations", 0,
          "The run ends after the generation in which its cost reaches this many evaluations, a "
          "gradient counting for 3; 0 = no such limit.")
        .range(0, 9007199254740992.0),
    param("budget_seconds", 0.0,
          "The run ends after the generation in which it has computed for so long; 0 = no limit. "
          "Where it ends differs from machine to machine.")
        .range(0, 1e9),
    param("stop_at_median", 0.0,
          "The run ends after the generation in which the classes' median confidence reaches this; "
          "0 = it does not matter.")
        .range(0, 1),
};

const ParameterTable kImage{
    param("size", 0,
          "Height and width of the images in pixels; 0 = what the network takes, 256 for 10 crops.")
        .range(0, 4096)
        .cite("paper: 28 for MNIST, 256 for ImageNet"),
    param("crops", 1,
          "Crops whose mean confidence counts: 1 (centre) or 10 (corners and centre, mirrored).")
        .one_of({"1", "10"})
        .cite("paper: 10 crops for ImageNet, none for MNIST"),
    param("transforms", "",
          "Copies that are scored with the images, by the rule of \"ensemble\": jpeg, mirror and "
          "shift, with commas between them."),
    param("jpeg_quality", 75, "Of the copy \"jpeg\".").range(1, 100),
    param("shift", 2, "Pixels up, down, left and right, of the four copies of \"shift\".")
        .range(1, 1024),
};

const ParameterTable kEvaluate{
    param("block", 20,
          "Images per forward pass; part of the experiment, since it can change last bits.")
        .range(1, 65536),
    param("device_block", 100, "The same on a device, which needs larger ones to be busy.")
        .range(1, 65536),
    param("workers", 0,
          "Threads (of each rank); 0 = one per core, divided by the ranks that share it. Never "
          "changes a result.")
        .range(0, kMostWorkers),
    param("engine", "auto",
          "What runs the network: LibTorch, oneDNN with everything fused, or oneDNN where it knows "
          "all of the network's operations; part of the experiment, since it can change last bits.")
        .one_of({"auto", "torch", "onednn"}),
    param("device", "cpu",
          "Where images are drawn and scored: cpu, cuda, cuda:N, or cuda:N,M,... for several; part "
          "of the experiment, since it can change last bits."),
    param("precision", "float32",
          "What networks compute in between input and output; part of the experiment. float16 is "
          "for devices.")
        .one_of({"float32", "bfloat16", "float16"}),
    param("screening", "off",
          "Whether all images are scored in low precision first, and in float32 only those that "
          "could take a cell; float16 is for devices.")
        .one_of({"off", "bfloat16", "float16"}),
    param("renderer", "auto",
          "How genomes are drawn: auto, or a name from `fool describe renderer`."),
};

const std::vector<std::string> kSections = {"encoding", "search", "image",   "evaluate",
                                            "report",   "ascend", "retrain", "train"};

// As the registry does, but a setting that another component has is no mystery.
template <typename Components>
Json resolve_component(const Json& section, const std::string& where) {
  const Components& components = Components::instance();
  const std::string type = section.contains("type") && section.at("type").is_string()
                               ? section.at("type").template get<std::string>()
                               : "";
  for (const auto& [key, value] : section.items()) {
    if (!components.contains(type) || key == "type" || key == "preset") continue;
    if (components.find(type, where).parameters.find(key) != nullptr) continue;
    for (const std::string& other : components.names()) {
      if (components.find(other, where).parameters.find(key) == nullptr) continue;
      fail(ErrorKind::kConfig, "{}.{} is a setting of {}, but the {} is {}", where, key, other,
           where, type);
    }
  }
  return components.resolve(section, where);
}

// Moves the entries of top-level sections out of the way of the top-level table.
Json resolve_sections(const Json& config) {
  Json top = Json::object();
  Json sections = Json::object();
  for (const std::string& name : kSections) sections[name] = Json::object();
  for (const auto& [key, value] : config.items()) {
    if (std::find(kSections.begin(), kSections.end(), key) == kSections.end()) {
      top[key] = value;
      continue;
    }
    if (!value.is_object()) {
      fail(ErrorKind::kConfig, "{}: expected a section {{...}}, found {}", key, value.dump());
    }
    sections[key] = value;
  }
  // An unknown name at the top may be a section's, misspelt.
  for (const auto& [key, value] : top.items()) {
    if (kTop.find(key) != nullptr) continue;
    std::vector<std::string> known = kSections;
    for (const Parameter& p : kTop.parameters()) known.push_back(p.key);
    fail(ErrorKind::kConfig, "there is no setting \"{}\"{}; known: {}", key,
         did_you_mean(key, known), fmt::join(known, ", "));
  }
  Json result = kTop.resolve(top, "");
  result["encoding"] = resolve_component<EncodingRegistry>(sections["encoding"], "encoding");
  result["search"] = resolve_component<SearchRegistry>(sections["search"], "search");
  result["image"] = kImage.resolve(sections["image"], "image");
  result["evaluate"] = kEvaluate.resolve(sections["evaluate"], "evaluate");
  if (config.contains("ascend")) {  // only where it is asked for: evolution has no use for it
    result["ascend"] = ascend_parameters().resolve(sections["ascend"], "ascend");
  }
  if (config.contains("retrain") || config.contains("train")) {  // likewise
    result["retrain"] = retrain_parameters().resolve(sections["retrain"], "retrain");
    result["train"] = learning_parameters().resolve(sections["train"], "train");
  }
  const std::vector<std::string> reporters = ReporterRegistry::instance().names();
  for (const auto& [name, settings] : sections["report"].items()) {
    ReporterRegistry::instance().find(name, "report");
  }
  for (const std::string& name : reporters) {
    const Json given = sections["report"].value(name, Json::object());
    result["report"][name] = ReporterRegistry::instance()
                                 .find(name, "report")
                                 .parameters.resolve(given, "report." + name);
  }
  return result;
}

// The sections whose "type" decides which settings they have.
constexpr const char* kTyped[] = {"encoding", "search"};

// Lays each layer over those before. Settings of a section belong to the type that their layer
// names, or, if it names none, to whatever type is chosen in the end: a layer that is about another
// type than that says nothing.
Json merged(std::vector<Json> layers) {
  for (const char* section : kTyped) {
    Json chosen;
    for (const Json& layer : layers) {
      if (layer.contains(section) && layer.at(section).is_object()) {
        chosen = layer.at(section).value("type", chosen);
      }
    }
    for (Json& layer : layers) {
      if (!layer.contains(section) || !layer.at(section).is_object()) continue;
      if (layer.at(section).value("type", chosen) != chosen) layer.erase(section);
    }
  }
  Json result = Json::object();
  for (const Json& layer : layers) merge_config(result, layer);
  return result;
}

// "encoding": "cppn" is short for "encoding": {"type": "cppn"}.
Json expand_short_forms(Json config) {
  for (const char* section : kTyped) {
    const auto it = config.find(section);
    if (it != config.end() && it->is_string()) *it = Json{{"type", *it}};
  }
  return config;
}

Json read_profile(const std::string& dataset) {
  const std::vector<std::string> known = dataset_profiles();
  if (std::find(known.begin(), known.end(), dataset) == known.end()) {
    fail(ErrorKind::kConfig, "dataset: there is no profile \"{}\"{}; known: {}", dataset,
         did_you_mean(dataset, known), fmt::join(known, ", "));
  }
  return read_config(resource_folder("configs") / "datasets" / (dataset + ".json"));
}

}  // namespace

const ParameterTable& run_parameters(const std::string& section) {
  if (section.empty()) return kTop;
  return section == "image" ? kImage : kEvaluate;
}

std::vector<std::string> dataset_profiles() {
  std::vector<std::string> names;
  const auto folder = resource_folder("configs") / "datasets";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Json resolve_run_config(const ConfigLayers& layers) {
  std::vector<Json> files;
  for (const std::string& path : layers.files) {
    const Json config = read_config(path);
    if (!config.is_object()) {
      fail(ErrorKind::kConfig, "{}: expected an object of settings {{...}}, found {:.40}", path,
           config.dump());
    }
    files.push_back(expand_short_forms(config));
  }
  const Json flags = expand_short_forms(layers.flags);
  const Json selectors = expand_short_forms(environment_layer(
      {"dataset", "encoding", "search", "encoding.type", "search.type"}, layers.environment));

  Json dataset = kTop.find("dataset")->default_value;
  const auto choose_dataset = [&](const Json& layer) { dataset = layer.value("dataset", dataset); };
  for (const Json& file : files) choose_dataset(file);
  choose_dataset(selectors);
  choose_dataset(flags);
  kTop.find("dataset")->check(dataset, "");

  std::vector<Json> stack{expand_short_forms(read_profile(dataset))};
  stack.insert(stack.end(), files.begin(), files.end());
  stack.push_back(selectors);
  stack.push_back(flags);
  // Which variables are asked for depends on the components that were chosen.
  Json variables =
      environment_layer(leaf_keys(resolve_sections(merged(stack))), layers.environment);
  for (const char* section : kTyped) {
    if (variables.contains(section)) variables[section].erase("type");
  }
  stack.insert(stack.end() - 1, variables);
  return resolve_sections(merged(stack));
}

Json resolve_saved_config(const Json& saved, const Json& flags) {
  Json config = saved;
  merge_config(config, expand_short_forms(flags));
  return resolve_sections(config);
}

}  // namespace fool
