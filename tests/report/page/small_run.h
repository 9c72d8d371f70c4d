// A run's folder as `fool evolve` leaves it, made by the real encoding, search and reporters
// without a network: a hash of the genome takes its place.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fool/core/files.h"
#include "fool/core/worker_pool.h"
#include "fool/report/reporter.h"
#include "fool/report/run_folder.h"
#include "fool/search/search.h"
#include "report/fake_run.h"

namespace fool {

struct SmallRun {
  int classes = 5;
  int generations = 6;
  int planned = 6;
  std::string encoding = "cppn";
  std::string search = "map-elites";
  ImageShape shape = {8, 8, 1};
  std::uint64_t seed = 3;
  bool ended = true;         // else it was killed after the last generation
  int checkpoint_every = 0;  // generations
  std::vector<std::string> labels = {"zero", "one", "</script><b>two", "three, \"3\"", "fünf"};

  Json config() const {
    Json search_section{{"type", search}, {"batch_size", 8}};
    if (search == "map-elites") search_section["init_size"] = 10;
    return {{"dataset", "mnist"},
            {"model", "none"},
            {"seed", seed},
            {"generations", planned},
            {"encoding", EncodingRegistry::instance().resolve({{"type", encoding}}, "encoding")},
            {"search", SearchRegistry::instance().resolve(search_section, "search")},
            {"image", {{"size", 0}, {"crops", 1}}}};
  }

  void write(const std::filesystem::path& folder) const {
    const Json config = this->config();
    const auto drawn = EncodingRegistry::instance().make(config.at("encoding"), shape);
    const auto found =
        SearchRegistry::instance().make(config.at("search"), SearchContext{*drawn, seed, classes});
    Archive archive(classes);
    const RunInfo info{folder,  config, Json{{"block", 20}}, labels,  *drawn,
                       archive, *found, kInitialGeneration,  planned, {},
                       0};
    RunRecord record;
    record.command = {"evolve", "--seed", std::to_string(seed)};
    record.started = "2015-06-07T08:09:10Z";
    record.model = "none";
    record.fingerprint = info.fingerprint;
    record.config = config;
    record.ended = ended;
    std::filesystem::create_directories(folder);
    RunFolder::create(folder).write_record(record);

    std::vector<std::unique_ptr<Reporter>> reporters;
    for (const char* name : {"metrics", "lineage", "classes", "images"}) {
      reporters.push_back(FakeRun::make(name));
    }
    reporters.push_back(
        FakeRun::make("checkpoint", {{"every", checkpoint_every}, {"every_seconds", 0.0}}));
    for (const auto& reporter : reporters) reporter->begin(info);
    WorkerPool pool(1);
    RunSummary summary;
    for (int g = kInitialGeneration; g <= generations; ++g) {
      const std::vector<ItemPtr> items = found->ask(archive, g, summary.evaluations, pool);
      std::vector<float> rows;
      for (const ItemPtr& item : items) append(*drawn, *item, rows);
      const AddReport added = archive.add(items, rows);
      summary.generation = g;
      summary.evaluations += items.size();
      summary.equivalents = summary.evaluations;
      summary.seconds += 0.5;
      for (const auto& reporter : reporters) {
        reporter->on_generation(info, {g,
                                       summary.evaluations,
                                       summary.seconds,
                                       items,
                                       added,
                                       archive.stats(),
                                       {},
                                       summary.equivalents});
      }
    }
    if (!ended) return;
    for (const auto& reporter : reporters) reporter->end(info, summary);
  }

 private:
  void append(const Encoding& drawn, const Item& item, std::vector<float>& rows) const {
    std::uint32_t hash = 17;
    for (const char c : drawn.encode(*item.genome)) {
      hash = hash * 31 + static_cast<unsigned char>(c);
    }
    for (int k = 0; k < classes; ++k) {
      RngStream rng(1, "small.run", hash, static_cast<std::uint32_t>(k));
      rows.push_back(static_cast<float>(rng.uniform()));
    }
  }
};

}  // namespace fool
