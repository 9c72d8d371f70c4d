#include "app/experiment.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/model_list.h"
#include "app/rank_setup.h"
#include "fool/classify/device.h"
#include "fool/classify/ensemble.h"
#include "fool/classify/transforms.h"
#include "fool/core/error.h"
#include "fool/core/version.h"

namespace fool {
namespace {

// The paper renders 256 pixels for a network of 227 when it takes ten crops; other sizes in
// proportion.
int canvas_for_crops(int input) { return (input * 256 + 113) / 227; }

std::unique_ptr<Classifier> open_network(const ModelSpec& model, const Execution& how) {
  auto classifier = open_classifier(model, how);
  require_varying_output(*classifier);
  return classifier;
}

// How large the images of an ensemble are if nobody says: the largest member decides.
int ensemble_canvas(const Classifiers& members, const Json& image) {
  if (image.at("size") != 0) return image.at("size");
  int input = 0;
  for (const auto& member : members) {
    const ImageShape& shape = member->info().shape;
    input = std::max({input, shape.height, shape.width});
  }
  return image.at("crops") == 1 ? input : canvas_for_crops(input);
}

// The network, or the ensemble of several: each member looks at crops of its own size, which come
// from the same images.
std::unique_ptr<Classifier> open_networks(const std::vector<ModelSpec>& models, const Json& config,
                                          const Execution& how) {
  if (models.size() == 1) return open_network(models.front(), how);
  Classifiers members;
  for (const ModelSpec& model : models) members.push_back(open_network(model, how));
  Json image = config.at("image");
  image["size"] = ensemble_canvas(members, image);
  for (auto& member : members) member = with_crops(std::move(member), image);
  return make_ensemble(std::move(members), ensemble_rule(config.at("ensemble")));
}

// Runs of earlier versions do not say.
bool has_copies(const Json& image) { return image.value("transforms", "") != ""; }

std::unique_ptr<Classifier> with_copies(std::unique_ptr<Classifier> network, const Json& config) {
  const Json& image = config.at("image");
  if (!has_copies(image)) return network;
  return make_transformed(std::move(network),
                          {parse_transforms(image.at("transforms")), image.at("jpeg_quality"),
                           image.at("shift"), ensemble_rule(config.at("ensemble"))});
}

// What scores whole images.
std::unique_ptr<Classifier> complete(std::unique_ptr<Classifier> network,
                                     const std::vector<ModelSpec>& models, const Json& config) {
  // An ensemble's members have their crops already.
  if (models.size() == 1) network = with_crops(std::move(network), config.at("image"));
  return with_copies(std::move(network), config);
}

// What a result depends on. Settings of copies that nobody makes are no part of it.
Json image_fingerprint(Json image) {
  if (!has_copies(image)) {
    for (const char* key : {"transforms", "jpeg_quality", "shift"}) image.erase(key);
  }
  return image;
}

// The network on each device.
Classifiers open_on(const std::vector<Device>& devices, const std::vector<ModelSpec>& models,
                    const Json& config, const std::string& precision) {
  Classifiers networks;
  for (const Device& device : devices) {
    networks.push_back(open_networks(
        models, config, {config.at("evaluate").at("engine"), device.name(), precision}));
  }
  return networks;
}

BlockScorers make_scorers(const Experiment& x, const Classifiers& networks) {
  const Json& image = x.config.at("image");
  const std::string renderer = x.config.at("evaluate").at("renderer");
  const int workers = x.pool->workers();
  Classifiers complete_ones;
  for (const auto& on_one : networks)
    complete_ones.push_back(complete(on_one->clone(), x.models, x.config));
  if (complete_ones.front()->on_device() != nullptr) {
    // As many as it takes to keep a device busy while others wait for the host, or for its memory;
    // the host's share of a gradient is larger.
    const int most_per_device = x.search->follows_gradients() ? workers : 4;
    std::vector<const Classifier*> of_devices;
    for (const auto& on_one : complete_ones) of_devices.push_back(on_one.get());
    const int devices = static_cast<int>(networks.size());
    if (workers < devices) {
      fail(ErrorKind::kConfig, "evaluate.workers: {} devices need as many workers, found {}",
           devices, workers);
    }
    return make_device_scorers(*x.encoding, renderer, of_devices, x.block,
                               std::min(most_per_device, workers / devices));
  }
  const auto make = [&](const Classifier& classifier, const Frame& seen) {
    return make_host_scorers(*x.encoding, renderer, classifier, x.block, workers, seen);
  };
  const Classifier& network = *networks.front();
  const ImageShape& canvas = x.encoding->shape();
  // Where a single crop is scored, the search need not draw the rest of the canvas, and the network
  // takes the crop as it is.
  const bool whole = has_copies(image) || x.models.size() > 1 || image.at("crops") != 1;
  if (!whole) return make(network, Frame::centre(canvas, network.info().shape));
  return make(*complete_ones.front(), Frame::whole(canvas));
}

}  // namespace

int worker_count(const Json& evaluate, Communicator& ranks) {
  const int cores = own_cores(ranks.exchange(core_set()), ranks.rank());
  const int wanted = evaluate.at("workers");
  return wanted > 0 ? wanted : cores;
}

std::vector<ModelSpec> find_models(const Json& config) {
  const ModelFinder finder = ModelFinder::from_environment();
  std::vector<ModelSpec> models;
  for (const std::string& name : model_list(config.at("model"))) {
    models.push_back(finder.find(name));
  }
  return models;
}

ModelSpec joint_model(const std::vector<ModelSpec>& models, const Json& config) {
  if (models.size() == 1) return models.front();
  const auto labelled = std::find_if(models.begin(), models.end(),
                                     [](const ModelSpec& model) { return !model.labels.empty(); });
  const ModelSpec& first = labelled == models.end() ? models.front() : *labelled;
  ModelSpec joint;
  std::vector<std::string> names;
  for (const ModelSpec& model : models) names.push_back(model.name);
  joint.name =
      fmt::format("{} of {}", config.at("ensemble").get<std::string>(), fmt::join(names, "+"));
  joint.classes = first.classes;
  joint.labels = first.labels;
  joint.input = first.input;
  return joint;
}

std::unique_ptr<Classifier> open_scorer(const std::vector<ModelSpec>& models, const Json& config,
                                        const Execution& how) {
  return complete(open_networks(models, config, how), models, config);
}

std::unique_ptr<Classifier> with_crops(std::unique_ptr<Classifier> network, const Json& image) {
  const ImageShape input = network->info().shape;
  const int crops = image.at("crops");
  int canvas = image.at("size");
  if (canvas == 0) canvas = crops == 1 ? input.height : canvas_for_crops(input.height);
  if (crops == 1 && canvas == input.height && canvas == input.width) return network;
  if (canvas < input.height || canvas < input.width) {
    fail(ErrorKind::kConfig,
         "image.size: {} takes images of {} x {}; expected at least that, found {}",
         network->info().name, input.height, input.width, canvas);
  }
  return make_multi_crop(std::move(network), canvas, crops);
}

BlockScorers make_scorers(const Experiment& x) { return make_scorers(x, x.networks); }

Experiment assemble(const Json& config, Communicator& ranks) {
  Experiment x;
  x.config = config;
  x.ranks = &ranks;
  x.models = find_models(config);
  x.model = joint_model(x.models, config);
  const Json& evaluate = config.at("evaluate");
  const std::vector<Device> devices = parse_devices(evaluate.at("device"));
  if (x.models.size() > 1 && devices.size() > 1) {
    fail(ErrorKind::kConfig,
         "evaluate.device: an ensemble runs on the processor or on one device, found {} of them",
         devices.size());
  }
  expect_devices(devices);
  x.networks = open_on(devices, x.models, config, evaluate.at("precision"));
  x.classifier = complete(x.networks.front()->clone(), x.models, config);
  x.encoding = EncodingRegistry::instance().make(config.at("encoding"), x.classifier->info().shape);
  x.search = SearchRegistry::instance().make(
      config.at("search"),
      SearchContext{*x.encoding, config.at("seed"), x.classifier->info().classes});
  if (x.search->follows_gradients()) {
    keep_memory_of_threads();
    if (evaluate.at("screening") != "off") {
      fail(ErrorKind::kConfig,
           "evaluate.screening: a search that follows gradients looks at all of its images in "
           "float32; expected off, found {}",
           evaluate.at("screening").dump());
    }
  }
  // A worker that is woken starts late, so it looks for work for a while first. Beside a device,
  // the processor's rounds are short, and the host waits longer: parents to children, genomes to a
  // device.
  const std::chrono::microseconds patience(devices.front().is_cuda ? 5000 : 200);
  x.pool = std::make_unique<WorkerPool>(worker_count(evaluate, ranks), use_one_thread, patience);
  x.block = evaluate.at(devices.front().is_cuda ? "device_block" : "block");
  const auto make_evaluator = [&](const Classifiers& networks) {
    return std::make_unique<Evaluator>(make_scorers(x, networks), x.block,
                                       x.classifier->info().classes, *x.pool, ranks);
  };
  x.evaluator = make_evaluator(x.networks);
  const std::string precision = evaluate.at("screening");
  if (precision != "off") {
    x.fast_evaluator = make_evaluator(open_on(devices, x.models, config, precision));
    x.screening = std::make_unique<Screening>(*x.fast_evaluator, *x.evaluator);
  }
  x.fingerprint = {{"fool", kVersion},
                   {"classifier", x.classifier->info().fingerprint},
                   {"encoding", config.at("encoding")},
                   {"search", config.at("search")},
                   {"image", image_fingerprint(config.at("image"))},
                   {"block", x.block},
                   {"seed", config.at("seed")}};
  if (x.screening != nullptr) x.fingerprint["screening"] = precision;
  return x;
}

StageTimes Experiment::times() const {
  StageTimes sum = evaluator->times();
  if (fast_evaluator != nullptr) sum += fast_evaluator->times();
  return sum;
}

}  // namespace fool
