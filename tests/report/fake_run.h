// A run without a network: the confidences of an item follow from its id, so that a test can replay
// any part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fakes/counting_encoding.h"
#include "fool/archive/archive.h"
#include "fool/report/reporter.h"
#include "fool/search/search.h"
#include "report/support.h"

namespace fool {

class FakeSearch : public Search {
 public:
  static constexpr int kItems = 4;

  int size(int) const override { return kItems; }
  std::vector<ItemPtr> ask(const Archive&, int, ItemId, WorkerPool&) override { return {}; }
  Json save_state() const override { return {{"fake", 7}}; }
};

class FakeRun {
 public:
  explicit FakeRun(int classes = 3, ImageShape shape = {2, 3, 1})
      : encoding(shape), archive(classes) {
    for (int k = 0; k < classes; ++k) labels.push_back("label " + std::to_string(k));
  }

  RunInfo info(const TemporaryFolder& folder) const {
    return {folder.path(), config,         fingerprint,     labels, encoding,   archive,
            search,        generation + 1, last_generation, budget, evaluations};
  }

  // The confidences of an item, better in the mean with later ids.
  static std::vector<float> confidences(ItemId id, int classes) {
    std::vector<float> row;
    RngStream rng(1, "fake.confidence", static_cast<std::uint32_t>(id), 0);
    for (int k = 0; k < classes; ++k) {
      const double ceiling = 1.0 - 1.0 / (2.0 + static_cast<double>(id));
      row.push_back(static_cast<float>(rng.uniform() * ceiling));
    }
    return row;
  }

  // Runs the generations after the present one until `until` and tells the reporter, if there is
  // one.
  void play(int until, Reporter* reporter, const RunInfo* info) {
    while (generation < until) {
      ++generation;
      std::vector<ItemPtr> items;
      std::vector<float> rows;
      for (int i = 0; i < FakeSearch::kItems; ++i) {
        Item item;
        item.id = evaluations + static_cast<ItemId>(i);
        item.generation = generation;
        item.genome = std::make_shared<fakes::NumberGenome>(item.id * 1000003 + 17);
        if (generation > kInitialGeneration) item.parents = {item.id / 2, item.id / 3};
        const std::vector<float> row = confidences(item.id, archive.classes());
        rows.insert(rows.end(), row.begin(), row.end());
        items.push_back(std::make_shared<const Item>(std::move(item)));
      }
      const AddReport added = archive.add(items, rows);
      evaluations += FakeSearch::kItems;
      seconds += 0.5;
      StageTimes times;
      times[Stage::kForward] = seconds / 2;
      if (reporter != nullptr) {
        reporter->on_generation(*info, {generation, evaluations, seconds, items, added,
                                        archive.stats(), times, evaluations});
      }
    }
  }

  RunSummary summary(bool interrupted = false) const {
    RunSummary summary;
    summary.generation = generation;
    summary.evaluations = evaluations;
    summary.equivalents = evaluations;
    summary.seconds = seconds;
    summary.stats = archive.stats();
    summary.interrupted = interrupted;
    summary.digest = archive.digest(encoding);
    return summary;
  }

  // A reporter of the registry with these settings laid over its defaults.
  static std::unique_ptr<Reporter> make(const std::string& name,
                                        const Json& settings = Json::object()) {
    const auto& entry = ReporterRegistry::instance().find(name, "report");
    return entry.make(entry.parameters.resolve(settings, "report." + name));
  }

  // begin, the generations until `until`, end.
  void report(Reporter& reporter, const TemporaryFolder& folder, int until,
              bool interrupted = false) {
    const RunInfo run = info(folder);
    reporter.begin(run);
    play(until, &reporter, &run);
    reporter.end(run, summary(interrupted));
  }

  // begin and the generations until `until`: a killed run has no end.
  void report_and_die(Reporter& reporter, const TemporaryFolder& folder, int until) {
    const RunInfo run = info(folder);
    reporter.begin(run);
    play(until, &reporter, &run);
  }

  // What a checkpoint of generation `at` gives back.
  static FakeRun resumed(int at, int classes = 3, ImageShape shape = {2, 3, 1}) {
    FakeRun run(classes, shape);
    run.play(at, nullptr, nullptr);
    return run;
  }

  fakes::CountingEncoding encoding;
  Archive archive;
  FakeSearch search;
  std::vector<std::string> labels;
  Json config{{"encoding", {{"type", "counting"}, {"preset", "default"}}}};
  Json fingerprint{{"block", 16}};
  int generation = kInitialGeneration - 1;  // the last one that was finished
  int last_generation = 10;
  Budget budget;
  std::uint64_t evaluations = 0;
  double seconds = 0;
};

}  // namespace fool
