// CMA-ES emitters on the archive, the baseline without gradients: each emitter moves a distribution
// over the parameters of a fixed topology, from the archive's best image for a class, towards what
// adds most to the archive or is best for the class (CMA-ME's improvement and optimising emitters,
// Fontaine et al. 2020). Every image competes for all classes.
#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/json_error.h"
#include "fool/core/repro_math.h"
#include "fool/search/search.h"
#include "search/class_policy.h"
#include "search/random_items.h"
#include "search/sep_cma_es.h"
#include "search/state_text.h"
#include "search/trajectories.h"

namespace fool {
namespace {

// What each item of a generation added to the archive: the factors by which it raised the
// confidences of cells, as the sum of their logarithms. Logarithms: most classes are far from any
// confidence at first, and would count for nothing beside the few others.
std::vector<double> gains_of(const AddReport& report, std::size_t items) {
  constexpr double kLeast = 1e-9;  // of a confidence, or an empty cell
  std::vector<double> gains(items);
  for (const Improvement& improvement : report.improvements) {
    gains[static_cast<std::size_t>(improvement.row)] +=
        repro::log((static_cast<double>(improvement.after) + kLeast) /
                   (static_cast<double>(improvement.before) + kLeast));
  }
  return gains;
}

class CmaSearch : public Search {
 public:
  CmaSearch(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding),
        seed_(context.seed),
        init_size_(settings.at("init_size")),
        population_(settings.at("population")),
        sigma_(settings.at("sigma")),
        patience_(settings.at("patience")),
        target_(settings.at("target")),
        ranks_by_improvement_(settings.at("ranking") == "improvement"),
        policy_(settings.at("class_policy"), context.classes, settings.at("target")),
        emitters_(static_cast<std::size_t>(
            std::max(1, settings.at("batch_size").get<int>() / population_))) {
    require_gradient(context.encoding, "cma");  // the same encodings have parameters
  }

  int size(int generation) const override {
    return generation == kInitialGeneration ? init_size_
                                            : static_cast<int>(emitters_.size()) * population_;
  }

  std::vector<ItemPtr> ask(const Archive& archive, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    if (generation == kInitialGeneration) {
      return random_items(encoding_, seed_, init_size_, generation, first_id, pool);
    }
    begin_emitters(archive, generation);
    std::vector<ItemPtr> items(static_cast<std::size_t>(size(generation)));
    pool.for_each(static_cast<int>(items.size()), [&](int /*worker*/, int i) {
      const auto place = static_cast<std::size_t>(i);
      const Emitter& emitter = emitters_[place / static_cast<std::size_t>(population_)];
      Item item;
      item.id = first_id + place;
      item.generation = generation;
      item.parents = {emitter.start_id};
      item.genome = encoding_.differentiable()->with_parameters(
          *emitter.start, emitter.cma->sample(address_of(generation, place).stream("cma.sample")));
      items[place] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

  void tell(Span<const ItemPtr> items, const Evaluations& evaluations,
            const AddReport& report) override {
    policy_.tell(report);
    if (items[0]->generation == kInitialGeneration) return;
    const std::vector<double> gains = gains_of(report, items.size());
    const std::size_t classes = evaluations.confidences.size() / items.size();
    const auto population = static_cast<std::size_t>(population_);
    for (std::size_t e = 0; e < emitters_.size(); ++e) {
      Emitter& emitter = emitters_[e];
      std::vector<std::vector<float>> points;
      std::vector<Rank> ranks;
      for (std::size_t i = e * population; i < (e + 1) * population; ++i) {
        points.push_back(encoding_.differentiable()->parameters(*items[i]->genome));
        const float confidence =
            evaluations.confidences[i * classes + static_cast<std::size_t>(emitter.cell)];
        ranks.emplace_back(ranks_by_improvement_ ? gains[i] : 0.0, confidence);
      }
      std::vector<int> order(population);
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return ranks[static_cast<std::size_t>(a)] > ranks[static_cast<std::size_t>(b)];
      });
      emitter.cma->tell(points, order);
      const auto [gain, confidence] = ranks[static_cast<std::size_t>(order[0])];
      const bool is_better = ranks_by_improvement_ ? gain > 0 : confidence > emitter.best;
      emitter.since_better = is_better ? 0 : emitter.since_better + 1;
      emitter.best = std::max(emitter.best, confidence);
      const bool is_done = !ranks_by_improvement_ && confidence >= target_;
      if (is_done || emitter.since_better >= patience_) emitter = {};
    }
  }

  Json save_state() const override {
    Json emitters = Json::array();
    for (const Emitter& emitter : emitters_) {
      if (emitter.cell < 0) {
        emitters.push_back(nullptr);
        continue;
      }
      emitters.push_back({{"cell", emitter.cell},
                          {"start", save_genome(*emitter.start, encoding_)},
                          {"start_id", emitter.start_id},
                          {"cma", emitter.cma->save()},
                          {"best", emitter.best},
                          {"since_better", emitter.since_better}});
    }
    return {{"emitters", std::move(emitters)}, {"policy", policy_.save()}};
  }

  void load_state(const Json& state) override {
    try {
      const Json& saved = state.at("emitters");
      if (saved.size() != emitters_.size()) {
        fail(ErrorKind::kData, "the state of {} emitters, expected {}", saved.size(),
             emitters_.size());
      }
      for (std::size_t e = 0; e < emitters_.size(); ++e) {
        emitters_[e] = {};
        if (saved[e].is_null()) continue;
        Emitter& emitter = emitters_[e];
        emitter.cell = saved[e].at("cell");
        emitter.start = load_genome(saved[e].at("start"), encoding_);
        emitter.start_id = saved[e].at("start_id");
        emitter.cma = SepCmaEs::load(saved[e].at("cma"));
        emitter.best = saved[e].at("best");
        emitter.since_better = saved[e].at("since_better");
      }
      policy_.load(state.at("policy"));
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "the state of the search cannot be read: {}", complaint_of(error));
    }
  }

 private:
  // What a child added to the archive, if that counts; then its confidence in the emitter's class.
  using Rank = std::pair<double, float>;

  struct Emitter {
    int cell = -1;
    GenomePtr start;
    ItemId start_id = 0;
    std::optional<SepCmaEs> cma;
    float best = 0;
    int since_better = 0;  // generations
  };

  ItemAddress address_of(int generation, std::size_t index) const {
    return {seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
            static_cast<std::uint32_t>(index)};
  }

  void begin_emitters(const Archive& archive, int generation) {
    std::vector<int> at_work(static_cast<std::size_t>(archive.classes()));
    for (const Emitter& emitter : emitters_) {
      if (emitter.cell >= 0) ++at_work[static_cast<std::size_t>(emitter.cell)];
    }
    for (std::size_t e = 0; e < emitters_.size(); ++e) {
      Emitter& emitter = emitters_[e];
      if (emitter.cell >= 0) continue;
      RngStream rng = address_of(generation, e).stream("cma.class");
      emitter.cell = policy_.choose(archive, at_work, rng);
      ++at_work[static_cast<std::size_t>(emitter.cell)];
      const Elite* elite = archive.cell(emitter.cell);  // the initial population filled them all
      emitter.start = elite->item->genome;
      emitter.start_id = elite->item->id;
      emitter.cma.emplace(encoding_.differentiable()->parameters(*emitter.start), sigma_,
                          population_);
    }
  }

  const Encoding& encoding_;
  std::uint64_t seed_;
  int init_size_;
  int population_;
  double sigma_;
  int patience_;
  float target_;
  bool ranks_by_improvement_;
  ClassPolicy policy_;
  std::vector<Emitter> emitters_;
};

ParameterTable parameters() {
  return {
      param("init_size", 400, "Random individuals in the initial population.").range(1, 1e6),
      param("batch_size", 200, "Images of a generation: of all emitters together.").range(1, 1e6),
      param("population", 20, "Images of one emitter in a generation.").range(2, 1e6),
      param("sigma", 0.05, "First step size, in the unit of the encoding's parameters.")
          .range(1e-9, 1e6),
      param("patience", 3, "Generations without a gain after which an emitter begins anew.")
          .range(1, 1e6),
      param(
          "ranking", "improvement",
          "What an emitter's children are ranked by: their confidence for its class (CMA-ME's "
          "optimising emitter), or what they add to the archive, over all classes (its improvement "
          "emitter).")
          .one_of({"class", "improvement"}),
      param("target", 0.99,
            "Confidence at which a class is finished; an emitter ranked by its class then turns to "
            "another one.")
          .range(0, 1),
      class_policy_parameter()};
}

FOOL_REGISTER(SearchRegistry, {"cma",
                               "CMA-ES emitters (separable) on the parameters of an encoding that "
                               "has some, such as dense-cppn: the baseline without gradients.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<CmaSearch>(settings, context);
                               }});

}  // namespace
}  // namespace fool
