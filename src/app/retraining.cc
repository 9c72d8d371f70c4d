#include "app/retraining.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>

#include "app/evolution.h"
#include "app/first_choices.h"
#include "fool/classify/leading_classes.h"
#include "fool/core/error.h"
#include "fool/core/failure.h"
#include "fool/model/model_spec.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

// The components of one run around a network, on one thread.
Experiment assemble_around(const Json& config, const Classifier& network) {
  Experiment x;
  x.config = config;
  x.ranks = &one_rank();
  x.pool = std::make_unique<WorkerPool>(1);
  x.classifier = network.clone();
  x.encoding = EncodingRegistry::instance().make(config.at("encoding"), network.info().shape);
  x.search = SearchRegistry::instance().make(
      config.at("search"), SearchContext{*x.encoding, config.at("seed"), network.info().classes});
  x.block = config.at("evaluate").at("block");
  x.evaluator = std::make_unique<Evaluator>(
      make_host_scorers(*x.encoding, config.at("evaluate").at("renderer"), *x.classifier, x.block,
                        1),
      x.block, network.info().classes, *x.pool);
  return x;
}

// The champions of an archive whose cells are all filled, drawn.
FoolingImages draw_champions(const Experiment& x, const Archive& archive, int run, bool last) {
  std::vector<GenomePtr> genomes;
  FoolingImages drawn;
  for (int k = 0; k < archive.classes(); ++k) {
    const Elite& elite = *archive.cell(k);
    genomes.push_back(elite.item->genome);
    drawn.origins.push_back({run, k, last, elite.confidence});
  }
  drawn.images = ImageBatch(archive.classes(), x.encoding->shape());
  make_renderer("auto", *x.encoding)->render(genomes, drawn.images);
  return drawn;
}

std::vector<ImageRecord> records_of(const Experiment& x, const Archive& archive) {
  std::vector<ImageRecord> records;
  for (int k = 0; k < archive.classes(); ++k) {
    const Elite& elite = *archive.cell(k);
    ImageRecord record;
    record.class_index = k;
    record.label = std::to_string(k);
    record.confidence = elite.confidence;
    record.item = elite.item->id;
    record.generation = elite.item->generation;
    record.parents = elite.item->parents;
    record.encoding = x.config.at("encoding");
    record.genome = x.encoding->to_json(*elite.item->genome);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace

EvolvedImages evolve_images(const Json& config, const Classifier& network, int run,
                            const std::function<bool()>& interrupted) {
  Experiment x = assemble_around(config, network);
  EvolutionState state{Archive(network.info().classes)};
  const Budget budget{config.at("budget_evaluations"), config.at("budget_seconds"),
                      config.at("stop_at_median")};
  const auto run_to = [&](int last) {
    const RunInfo info{{},          config,        x.fingerprint, {},
                       *x.encoding, state.archive, *x.search,     state.generation + 1,
                       last,        budget};
    if (evolve(x, state, info, {}, interrupted).interrupted) throw Interrupted{};
  };
  EvolvedImages evolved;
  // The released code's first images are those of generation 0, the first batch of children.
  run_to(0);
  evolved.fooling = draw_champions(x, state.archive, run, false);
  run_to(config.at("generations"));
  evolved.fooling.append(draw_champions(x, state.archive, run, true));
  evolved.records = records_of(x, state.archive);
  return evolved;
}

Retraining::Retraining(const Json& config, const Dataset& train, const Dataset& test,
                       const RetrainingFolder& folder, RetrainingOrigin origin,
                       RetrainingWatcher watcher)
    : config_(config),
      settings_(to_retrain_settings(config.at("retrain"))),
      train_(train),
      test_(test),
      folder_(folder),
      origin_(std::move(origin)),
      watcher_(std::move(watcher)),
      seed_(config.at("seed")),
      pool_(worker_count(config.at("evaluate")), use_one_thread) {}

std::vector<RoundResult> Retraining::run() {
  std::vector<RoundResult> results;
  for (int round = 1; round <= settings_.rounds; ++round) {
    const bool done = folder_.read_round(round).has_value();
    results.push_back(done ? *folder_.read_round(round) : run_round(round));
    if (done) continue;
    folder_.write_tables(results);
    if (watcher_.on_round) watcher_.on_round(results.back());
  }
  folder_.write_tables(results);  // of fewer rounds than there are, perhaps
  return results;
}

RoundResult Retraining::run_round(int round) {
  RoundResult result;
  result.round = round;
  const ModelSpec spec = provide_network(round);
  const auto network = open(spec);
  measure(*network, result);
  evolve(round, spec, *network);
  collect(round, result);
  folder_.write_round(result);
  return result;
}

// The given one, or one that is trained unless it is there already: its card is written last.
ModelSpec Retraining::provide_network(int round) {
  if (round == 1 && !settings_.first_model.empty()) {
    return ModelFinder::from_environment().find(settings_.first_model);
  }
  if (!std::filesystem::exists(folder_.card_path(round))) train_network(round);
  return read_card(folder_.card_path(round));
}

void Retraining::train_network(int round) {
  const FoolingImages fooling = images_before(round);
  const EnlargedDataset enlarged(train_, fooling, settings_.train_images);
  TrainWatcher watcher;
  watcher.on_step = [&](const TrainProgress& progress) {
    if (watcher_.interrupted && watcher_.interrupted()) throw Interrupted{};
    if (watcher_.on_training) watcher_.on_training(round, progress);
  };
  const TrainOptions options = learning_options(config_.at("train"), seed_, round, pool_.workers());
  const TrainResult trained = train_lenet(enlarged, test_, options, watcher);
  Json settings = config_.at("train");
  settings["seed"] = options.seed;
  settings["round"] = round;
  settings["fooling_images"] = fooling.size();
  TrainedBy by{origin_.dataset, origin_.command, settings, origin_.date};
  for (int k = 0; k < real_classes(); ++k) by.labels.push_back(std::to_string(k));
  if (fooling.size() > 0) by.labels.emplace_back(kFoolingLabel);
  write_lenet(folder_.weights_path(round), trained, by);
}

std::unique_ptr<Classifier> Retraining::open(const ModelSpec& spec) const {
  const Json& evaluate = config_.at("evaluate");
  auto network = open_classifier(spec, {evaluate.at("engine"), "cpu", evaluate.at("precision")});
  require_varying_output(*network);
  if (network->info().classes < real_classes()) {
    fail(ErrorKind::kModel, "{}: expected a network of the data set's {} classes, found {}",
         spec.name, real_classes(), network->info().classes);
  }
  return network;
}

void Retraining::measure(const Classifier& network, RoundResult& result) {
  const FoolingImages before = images_before(result.round);
  result.fooling_images = before.size();
  result.train_images = EnlargedDataset(train_, before, settings_.train_images).size();
  result.test_images = test_.size();
  const auto copy = [](ConstImageView from, ImageView to) {
    if (from.shape != to.shape) {
      fail(ErrorKind::kData, "the data set has images of {}x{}, but the network takes {}x{}",
           from.shape.width, from.shape.height, to.shape.width, to.shape.height);
    }
    std::copy_n(from.data, from.size(), to.data);
  };
  const std::vector<FirstChoice> choices = first_choices(
      network, real_classes(), test_.size(),
      [&](int i, ImageView image) { copy(test_.at(i).image[0], image); }, pool_);
  for (int i = 0; i < test_.size(); ++i) {
    const int label = test_.at(i).label;
    const FirstChoice& choice = choices[static_cast<std::size_t>(i)];
    result.test_correct_n += choice.of_real == label ? 1 : 0;
    result.test_correct_n1 += choice.of_all == label ? 1 : 0;
  }
  if (result.round == 1) return;
  const FoolingImages previous = folder_.read_fooling(result.round - 1);
  result.previous_images = previous.size();
  for (const FirstChoice& choice : first_choices(
           network, real_classes(), previous.size(),
           [&](int i, ImageView image) { copy(previous.images[i], image); }, pool_)) {
    result.caught += choice.of_all == real_classes() ? 1 : 0;
  }
}

// Run by run on all workers, and each run on one thread: nobody waits for anybody.
void Retraining::evolve(int round, const ModelSpec& spec, const Classifier& network) {
  const auto aimed_at = make_leading_classes(network.clone(), real_classes());
  std::vector<int> left;
  const int runs = runs_of(settings_, round, 2 * real_classes());
  for (int run = 0; run < runs; ++run) {
    if (!folder_.has_run(round, run)) left.push_back(run);
  }
  if (left.empty()) return;
  const int block = config_.at("evaluate").at("block");
  {
    const Experiment x = assemble_around(config_, *aimed_at);
    if (x.search->follows_gradients()) keep_memory_of_threads();
    std::uint64_t images = 0;
    for (int g = kInitialGeneration; g <= config_.at("generations").get<int>(); ++g) {
      images += static_cast<std::uint64_t>(x.search->size(g));
    }
    if (watcher_.on_evolution) watcher_.on_evolution(round, images * left.size());
  }
  std::atomic<bool> stop{false};
  pool_.for_each(static_cast<int>(left.size()), [&](int /*worker*/, int i) {
    const int run = left[static_cast<std::size_t>(i)];
    Json config = config_;
    const std::uint64_t seed = evolution_seed(seed_, round, run);
    config["seed"] = seed;
    const EvolvedImages evolved = evolve_images(config, *aimed_at, run, [&] {
      if (watcher_.on_images) watcher_.on_images(block);
      if (watcher_.interrupted && watcher_.interrupted()) stop = true;
      return stop.load();
    });
    if (run == 0) {
      const FoolingImages& fooling = evolved.fooling;
      std::vector<int> last;
      for (int k = 0; k < real_classes(); ++k) last.push_back(real_classes() + k);
      folder_.write_champions(round, fooling.take(last).images, evolved.records, scoring_of(spec));
    }
    folder_.write_run(round, run, evolved.fooling, seed);
  });
}

// What comes of the runs: the confidences that count, and the images that are added.
void Retraining::collect(int round, RoundResult& result) {
  FoolingImages all;
  const int runs = runs_of(settings_, round, 2 * real_classes());
  for (int run = 0; run < runs; ++run) {
    const FoolingImages of_run = folder_.read_run(round, run).value();
    if (run < settings_.runs) {
      std::vector<float> confidences;
      for (const FoolingOrigin& origin : of_run.origins) {
        if (origin.last) confidences.push_back(origin.confidence);
      }
      result.confidences.push_back(std::move(confidences));
    }
    all.append(of_run);
  }
  const std::vector<int> sample =
      draw_sample(all.size(), images_of(settings_, round), seed_, round);
  folder_.write_fooling(round, all.take(sample));
}

FoolingImages Retraining::images_before(int round) const {
  FoolingImages all;
  for (int r = 1; r < round; ++r) all.append(folder_.read_fooling(r));
  return all;
}

// What the images of a round say of how to get their confidences again.
Json Retraining::scoring_of(const ModelSpec& spec) const {
  const Json& evaluate = config_.at("evaluate");
  return {
      {"model", std::filesystem::absolute(spec.card).string()},
      {"weights_sha256", spec.sha256},
      {"image", config_.at("image")},
      {"evaluate", {{"engine", evaluate.at("engine")}, {"precision", evaluate.at("precision")}}}};
}

}  // namespace fool
