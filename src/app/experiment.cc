#include "app/experiment.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "fool/classify/device.h"
#include "fool/core/error.h"
#include "fool/core/version.h"

namespace fool {
namespace {

// The paper renders 256 pixels for a network of 227 when it takes ten crops; other sizes in
// proportion.
int canvas_for_crops(int input) { return (input * 256 + 113) / 227; }

// A classifier for each device.
Classifiers open_on(const std::vector<Device>& devices, const ModelSpec& model, const Json& config,
                    const std::string& precision) {
  Classifiers classifiers;
  for (const Device& device : devices) {
    classifiers.push_back(open_scorer(
        model, config.at("image"), {config.at("evaluate").at("engine"), device.name(), precision}));
  }
  return classifiers;
}

BlockScorers make_scorers(const Experiment& x, const Classifiers& classifiers) {
  // As many as it takes to keep a device busy while others wait for the host, or for its memory.
  constexpr int kMostPerDevice = 4;
  const int workers = x.pool->workers();
  const std::string renderer = x.config.at("evaluate").at("renderer");
  if (classifiers.front()->on_device() == nullptr)
    return make_host_scorers(*x.encoding, renderer, *classifiers.front(), x.block, workers);
  std::vector<const Classifier*> of_devices;
  for (const auto& classifier : classifiers) of_devices.push_back(classifier.get());
  const int devices = static_cast<int>(classifiers.size());
  if (workers < devices) {
    fail(ErrorKind::kConfig, "evaluate.workers: {} devices need as many workers, found {}", devices,
         workers);
  }
  return make_device_scorers(*x.encoding, renderer, of_devices, x.block,
                             std::min(kMostPerDevice, workers / devices));
}

}  // namespace

int worker_count(const Json& evaluate) {
  const int wanted = evaluate.at("workers");
  if (wanted > 0) return wanted;
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

std::unique_ptr<Classifier> open_scorer(const ModelSpec& model, const Json& image,
                                        const Execution& how) {
  auto classifier = open_classifier(model, how);
  require_varying_output(*classifier);
  const ImageShape input = classifier->info().shape;
  const int crops = image.at("crops");
  int canvas = image.at("size");
  if (canvas == 0) canvas = crops == 1 ? input.height : canvas_for_crops(input.height);
  if (crops == 1 && canvas == input.height && canvas == input.width) return classifier;
  if (canvas < input.height || canvas < input.width) {
    fail(ErrorKind::kConfig,
         "image.size: {} takes images of {} x {}; expected at least that, found {}", model.name,
         input.height, input.width, canvas);
  }
  return make_multi_crop(std::move(classifier), canvas, crops);
}

BlockScorers make_scorers(const Experiment& x) { return make_scorers(x, x.classifiers); }

Experiment assemble(const Json& config) {
  Experiment x;
  x.config = config;
  x.model = ModelFinder::from_environment().find(config.at("model"));
  const Json& evaluate = config.at("evaluate");
  const std::vector<Device> devices = parse_devices(evaluate.at("device"));
  expect_devices(devices);
  x.classifiers = open_on(devices, x.model, config, evaluate.at("precision"));
  x.classifier = x.classifiers.front()->clone();
  x.encoding = EncodingRegistry::instance().make(config.at("encoding"), x.classifier->info().shape);
  x.search = SearchRegistry::instance().make(config.at("search"),
                                             SearchContext{*x.encoding, config.at("seed")});
  // Beside a device, the processor's rounds are short: parents to children, genomes to a device.
  const std::chrono::milliseconds patience(devices.front().is_cuda ? 5 : 0);
  x.pool = std::make_unique<WorkerPool>(worker_count(evaluate), use_one_thread, patience);
  x.block = evaluate.at(devices.front().is_cuda ? "device_block" : "block");
  const auto make_evaluator = [&](const Classifiers& classifiers) {
    return std::make_unique<Evaluator>(make_scorers(x, classifiers), x.block,
                                       x.classifiers.front()->info().classes, *x.pool);
  };
  x.evaluator = make_evaluator(x.classifiers);
  const std::string precision = evaluate.at("screening");
  if (precision != "off") {
    x.fast_evaluator = make_evaluator(open_on(devices, x.model, config, precision));
    x.screening = std::make_unique<Screening>(*x.fast_evaluator, *x.evaluator);
  }
  x.fingerprint = {{"fool", kVersion},
                   {"classifier", x.classifier->info().fingerprint},
                   {"encoding", config.at("encoding")},
                   {"search", config.at("search")},
                   {"image", config.at("image")},
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
