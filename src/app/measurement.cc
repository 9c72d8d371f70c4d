#include "app/measurement.h"

#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>

#include "app/interrupt.h"
#include "fool/core/error.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

// A last generation that does not come: reporters would write what is left then.
constexpr int kNever = 10'000'000;

// The reporters as configured, but for what they say on the console.
Json quiet(Json report) {
  report["console"]["progress"] = "off";
  report["console"]["summary"] = "off";
  return report;
}

}  // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void stop_if_interrupted() {
  if (interrupt_signal() != 0) throw Interrupted{};
}

BareForward::BareForward(Experiment& experiment, const std::vector<GenomePtr>& genomes)
    : experiment_(experiment), scorers_(make_scorers(experiment)) {
  std::vector<GenomePtr> drawn;
  for (int i = 0; i < experiment.block; ++i)
    drawn.push_back(genomes[static_cast<std::size_t>(i) % genomes.size()]);
  for (const auto& scorer : scorers_) {
    outputs_.emplace_back(static_cast<std::size_t>(experiment.block) *
                          static_cast<std::size_t>(experiment.classifier->info().classes));
    scorer->score(drawn, outputs_.back());
  }
}

double BareForward::measure(double seconds) {
  const double before = forward_seconds();
  std::atomic<int> blocks{0};
  const Stopwatch watch;
  experiment_.pool->for_each(static_cast<int>(scorers_.size()), [&](int, int s) {
    const auto i = static_cast<std::size_t>(s);
    do {
      stop_if_interrupted();
      scorers_[i]->forward_again(outputs_[i]);
      ++blocks;
    } while (watch.seconds() < seconds);
  });
  const double images = static_cast<double>(blocks) * experiment_.block;
  // A device's scorers take turns there; a core's time is its own, but for preprocessing.
  if (experiment_.networks.front()->on_device() != nullptr) return images / watch.seconds();
  return images * static_cast<double>(scorers_.size()) / (forward_seconds() - before);
}

double BareForward::forward_seconds() const {
  double sum = 0;
  for (const auto& scorer : scorers_) sum += scorer->times()[Stage::kForward];
  return sum;
}

MatrixRate::MatrixRate(const std::string& library, WorkerPool& pool) : pool_(pool) {
  for (int w = 0; w < pool.workers(); ++w) {
    products_.push_back(make_matrix_product(library));
    products_.back()->multiply();  // allocates
  }
}

double MatrixRate::measure(double seconds) {
  constexpr int kAtOnce = 8;  // products of a worker between two looks at the clock
  double multiply_adds = 0;
  const Stopwatch watch;
  while (multiply_adds == 0 || watch.seconds() < seconds) {
    pool_.for_each(pool_.workers(), [&](int, int i) {
      for (int n = 0; n < kAtOnce; ++n) products_[static_cast<std::size_t>(i)]->multiply();
    });
    multiply_adds += kAtOnce * pool_.workers() * products_.front()->multiply_adds();
  }
  return multiply_adds / watch.seconds();
}

Scratch::Scratch() {
  std::error_code error;
  const std::filesystem::path place = std::filesystem::temp_directory_path(error);
  std::string name = (place / "fool-bench-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    fail(ErrorKind::kIo, "no scratch folder {}; TMPDIR names another place for it", name);
  }
  folder_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

MeasuredRun::MeasuredRun(Experiment& x, const std::vector<GenomePtr>& first)
    : experiment_(x),
      state_{Archive(x.classifier->info().classes)},
      reporters_(make_reporters(quiet(x.config.at("report")))) {
  std::vector<std::string> labels;
  for (int k = 0; k < state_.archive.classes(); ++k) labels.push_back(x.model.label(k));
  info_ = std::make_unique<RunInfo>(RunInfo{scratch_.folder(), x.config, x.fingerprint, labels,
                                            *x.encoding, state_.archive, *x.search,
                                            kInitialGeneration, kNever, Budget{}, 0});
  for (const auto& reporter : reporters_) reporter->begin(*info_);
  if (first.empty()) {
    advance();
    return;
  }
  for (int i = 0; i < x.search->size(kInitialGeneration); ++i) {
    Item item;
    item.id = static_cast<ItemId>(i);
    item.genome = first[static_cast<std::size_t>(i) % first.size()];
    items_.push_back(std::make_shared<const Item>(std::move(item)));
  }
  const Evaluations evaluations = x.evaluator->evaluate(items_, stop_if_interrupted);
  const AddReport added = state_.archive.add(items_, evaluations.confidences);
  x.search->tell(items_, evaluations, added);
  state_.generation = kInitialGeneration;
  state_.evaluations = items_.size();
  state_.equivalents = items_.size();
  report(added);
}

void MeasuredRun::advance() {
  const Stopwatch watch;
  GenerationResult result = fool::advance(experiment_, state_, own_, stop_if_interrupted);
  items_ = std::move(result.items);
  state_.seconds += watch.seconds();
  report(result.added);
}

void MeasuredRun::report(const AddReport& added) {
  const ScopedStage stage(own_, Stage::kReport);
  const GenerationReport report{
      state_.generation, state_.evaluations, state_.seconds, items_, added, state_.archive.stats(),
      times(),           state_.equivalents};
  for (const auto& reporter : reporters_) reporter->on_generation(*info_, report);
}

StageTimes MeasuredRun::times() const {
  StageTimes sum = own_;
  return sum += experiment_.times();
}

}  // namespace fool
