#include "app/experiment.h"

#include <sched.h>

#include <algorithm>

#include "fool/core/error.h"
#include "fool/core/version.h"

namespace fool {
namespace {

// The paper renders 256 pixels for a network of 227 when it takes ten crops; other sizes in
// proportion.
int canvas_for_crops(int input) { return (input * 256 + 113) / 227; }

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

Experiment assemble(const Json& config) {
  Experiment x;
  x.config = config;
  x.model = ModelFinder::from_environment().find(config.at("model"));
  x.classifier = open_scorer(x.model, config.at("image"), {config.at("evaluate").at("engine")});
  x.encoding = EncodingRegistry::instance().make(config.at("encoding"), x.classifier->info().shape);
  x.search = SearchRegistry::instance().make(config.at("search"),
                                             SearchContext{*x.encoding, config.at("seed")});
  x.pool = std::make_unique<WorkerPool>(worker_count(config.at("evaluate")), use_one_thread);
  const Json& evaluate = config.at("evaluate");
  const auto make_evaluator = [&](const Classifier& classifier) {
    const int block = evaluate.at("block");
    return std::make_unique<Evaluator>(make_host_scorers(*x.encoding, evaluate.at("renderer"),
                                                         classifier, block, x.pool->workers()),
                                       block, classifier.info().classes, *x.pool);
  };
  x.evaluator = make_evaluator(*x.classifier);
  const std::string precision = evaluate.at("screening");
  if (precision != "off") {
    const auto fast =
        open_scorer(x.model, config.at("image"), {evaluate.at("engine"), "cpu", precision});
    x.fast_evaluator = make_evaluator(*fast);
    x.screening = std::make_unique<Screening>(*x.fast_evaluator, *x.evaluator);
  }
  x.fingerprint = {{"fool", kVersion},
                   {"classifier", x.classifier->info().fingerprint},
                   {"encoding", config.at("encoding")},
                   {"search", config.at("search")},
                   {"image", config.at("image")},
                   {"block", evaluate.at("block")},
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
