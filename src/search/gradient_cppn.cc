// Gradient search on the archive: for some classes at a time, an image's parameters climb towards
// its class with Adam, beginning at the archive's best image for it. Every image on the way
// competes for all classes. For any encoding with a gradient; best with dense-cppn.
#include <algorithm>

#include "fool/core/error.h"
#include "fool/core/json_error.h"
#include "fool/search/search.h"
#include "search/class_policy.h"
#include "search/random_items.h"
#include "search/trajectories.h"

namespace fool {
namespace {

class GradientCppn : public Search {
 public:
  GradientCppn(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding),
        seed_(context.seed),
        init_size_(settings.at("init_size")),
        fresh_starts_(settings.at("fresh_starts")),
        steps_(read_step_settings(settings)),
        policy_(settings.at("class_policy"), context.classes, settings.at("target")),
        trajectories_(settings.at("batch_size").get<std::size_t>()) {
    require_gradient(context.encoding, "gradient-cppn");
  }

  int size(int generation) const override {
    return generation == kInitialGeneration ? init_size_ : static_cast<int>(trajectories_.size());
  }

  std::uint64_t equivalents(int generation) const override {
    const auto items = static_cast<std::uint64_t>(size(generation));
    return generation == kInitialGeneration ? items : items * kGradientEquivalents;
  }

  bool follows_gradients() const override { return true; }

  std::vector<ItemPtr> ask(const Archive& archive, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    if (generation == kInitialGeneration) {
      return random_items(encoding_, seed_, init_size_, generation, first_id, pool);
    }
    begin_trajectories(archive, generation);
    std::vector<ItemPtr> items;
    for (const Trajectory& trajectory : trajectories_) {
      items.push_back(next_item(trajectory, first_id + items.size(), generation));
    }
    return items;
  }

  void tell(Span<const ItemPtr> items, const Evaluations& evaluations,
            const AddReport& report) override {
    policy_.tell(report);
    if (evaluations.gradients.empty()) return;  // the initial population
    follow_gradients(steps_, *encoding_.differentiable(), items, evaluations, trajectories_);
  }

  Json save_state() const override {
    return {{"trajectories", save_trajectories(trajectories_, encoding_)},
            {"policy", policy_.save()}};
  }

  void load_state(const Json& state) override {
    try {
      std::vector<Trajectory> loaded = load_trajectories(state.at("trajectories"), encoding_);
      if (loaded.size() != trajectories_.size()) {
        fail(ErrorKind::kData, "the state of {} trajectories, expected {}", loaded.size(),
             trajectories_.size());
      }
      trajectories_ = std::move(loaded);
      policy_.load(state.at("policy"));
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "the state of the search cannot be read: {}", complaint_of(error));
    }
  }

 private:
  // In place of those that have ended.
  void begin_trajectories(const Archive& archive, int generation) {
    std::vector<int> at_work(static_cast<std::size_t>(archive.classes()));
    for (const Trajectory& trajectory : trajectories_) {
      if (trajectory.cell >= 0) ++at_work[static_cast<std::size_t>(trajectory.cell)];
    }
    for (std::size_t i = 0; i < trajectories_.size(); ++i) {
      Trajectory& trajectory = trajectories_[i];
      if (trajectory.cell >= 0) continue;
      const ItemAddress address{seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                                static_cast<std::uint32_t>(i)};
      RngStream rng = address.stream("gradient_cppn.start");
      trajectory = {};
      trajectory.cell = policy_.choose(archive, at_work, rng);
      ++at_work[static_cast<std::size_t>(trajectory.cell)];
      const Elite* elite = archive.cell(trajectory.cell);
      if (elite == nullptr || rng.bernoulli(fresh_starts_)) {
        trajectory.genome = encoding_.random(address);
      } else {
        trajectory.genome = elite->item->genome;
        trajectory.parents = {elite->item->id};
      }
    }
  }

  const Encoding& encoding_;
  std::uint64_t seed_;
  int init_size_;
  double fresh_starts_;
  StepSettings steps_;
  ClassPolicy policy_;
  std::vector<Trajectory> trajectories_;  // one for each item of a generation
};

ParameterTable parameters() {
  std::vector<Parameter> table{
      param("init_size", 400, "Random individuals in the initial population.").range(1, 1e6),
      param("batch_size", 40, "Images that climb at a time: those of a generation.").range(1, 1e6),
      param("fresh_starts", 0.0,
            "Share of the climbs that begin at a random image instead of the class's best.")
          .range(0, 1),
      class_policy_parameter()};
  for (Parameter& parameter :
       step_parameters(/*default_target=*/0.99, /*backtrack_by_default=*/false))
    table.push_back(std::move(parameter));
  return ParameterTable(std::move(table));
}

FOOL_REGISTER(SearchRegistry, {"gradient-cppn",
                               "Gradient ascent of each class's best image; needs an encoding with "
                               "a gradient, such as dense-cppn.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<GradientCppn>(settings, context);
                               }});

}  // namespace
}  // namespace fool
