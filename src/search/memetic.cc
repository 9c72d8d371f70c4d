// MAP-Elites in which a share of the work goes into climbs: the weights of an elite improved by a
// few gradient steps for its class, as differentiable pattern-producing networks do (Fernando et
// al. 2016). An evolved graph gets more nodes first, since its few dozen weights reach few classes.
// The share follows what mutation and gradients gain for what they cost, so that it is
// never much worse than the better of the two.
#include <algorithm>
#include <array>

#include "fool/core/error.h"
#include "fool/core/json_error.h"
#include "fool/search/search.h"
#include "search/class_policy.h"
#include "search/offspring.h"
#include "search/random_items.h"
#include "search/trajectories.h"

namespace fool {
namespace {

constexpr double kMemory = 0.95;  // of gains and costs, from generation to generation
// A confidence at which a climb had better end: the steps are worth more to classes still to come.
constexpr double kTarget = 0.9;

class Memetic : public Search {
 public:
  Memetic(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding),
        seed_(context.seed),
        init_size_(settings.at("init_size")),
        batch_size_(settings.at("batch_size")),
        least_share_(settings.at("least_share")),
        share_(settings.at("first_share")),
        widen_(settings.at("widen")),
        steps_(read_step_settings(settings)),
        policy_(settings.at("class_policy"), context.classes, settings.at("target")) {
    require_gradient(context.encoding, "memetic");
  }

  // The most items, and the cost whatever the share: an item that climbs replaces three others.
  int size(int generation) const override {
    return generation == kInitialGeneration ? init_size_ : batch_size_;
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
    const std::size_t climbing = items.size();
    const int children = batch_size_ - static_cast<int>(climbing * kGradientEquivalents);
    const std::vector<ItemPtr> champions = archive.champions();
    items.resize(climbing + static_cast<std::size_t>(children));
    pool.for_each(children, [&](int /*worker*/, int i) {
      const std::size_t place = climbing + static_cast<std::size_t>(i);
      Item item =
          make_offspring(encoding_, champions,
                         {seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                          static_cast<std::uint32_t>(i)});
      item.id = first_id + place;
      item.generation = generation;
      items[place] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

  void tell(Span<const ItemPtr> items, const Evaluations& evaluations,
            const AddReport& report) override {
    policy_.tell(report);
    if (items[0]->generation == kInitialGeneration) return;
    learn_share(items, report);
    follow_gradients(steps_, *encoding_.differentiable(), items, evaluations, trajectories_);
  }

  Json save_state() const override {
    return {{"trajectories", save_trajectories(trajectories_, encoding_)},
            {"policy", policy_.save()},
            {"share", share_},
            {"gains", gains_},
            {"costs", costs_}};
  }

  void load_state(const Json& state) override {
    try {
      trajectories_ = load_trajectories(state.at("trajectories"), encoding_);
      policy_.load(state.at("policy"));
      share_ = state.at("share");
      gains_ = state.at("gains").get<std::array<double, 2>>();
      costs_ = state.at("costs").get<std::array<double, 2>>();
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "the state of the search cannot be read: {}", complaint_of(error));
    }
  }

 private:
  enum Operator { kMutation, kGradient };

  // As many climbs as the share pays for. Those that have begun go on first.
  void begin_trajectories(const Archive& archive, int generation) {
    trajectories_.erase(std::remove_if(trajectories_.begin(), trajectories_.end(),
                                       [](const Trajectory& one) { return one.cell < 0; }),
                        trajectories_.end());
    const auto wanted =
        static_cast<std::size_t>(share_ * batch_size_ / static_cast<double>(kGradientEquivalents));
    if (trajectories_.size() > wanted) trajectories_.resize(wanted);
    std::vector<int> at_work(static_cast<std::size_t>(archive.classes()));
    for (const Trajectory& one : trajectories_) ++at_work[static_cast<std::size_t>(one.cell)];
    while (trajectories_.size() < wanted) {
      const ItemAddress address{seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                                static_cast<std::uint32_t>(trajectories_.size())};
      RngStream rng = address.stream("memetic.class");
      Trajectory next;
      next.cell = policy_.choose(archive, at_work, rng);
      ++at_work[static_cast<std::size_t>(next.cell)];
      const Elite* elite = archive.cell(next.cell);  // the initial population filled them all
      next.genome = elite->item->genome;
      if (widen_) {
        const auto* encoding = encoding_.differentiable();
        if (GenomePtr wide = encoding->widened(*next.genome, address)) next.genome = wide;
      }
      next.parents = {elite->item->id};
      trajectories_.push_back(std::move(next));
    }
  }

  void learn_share(Span<const ItemPtr> items, const AddReport& report) {
    const std::size_t climbing = trajectories_.size();
    std::array<double, 2> gains{};
    for (const Improvement& improvement : report.improvements) {
      const bool climbed = static_cast<std::size_t>(improvement.row) < climbing;
      gains[climbed ? kGradient : kMutation] +=
          static_cast<double>(improvement.after) - static_cast<double>(improvement.before);
    }
    const std::array<double, 2> costs{
        static_cast<double>(items.size() - climbing),
        static_cast<double>(climbing) * static_cast<double>(kGradientEquivalents)};
    for (const int op : {kMutation, kGradient}) {
      const auto i = static_cast<std::size_t>(op);
      gains_[i] = kMemory * gains_[i] + gains[i];
      costs_[i] = kMemory * costs_[i] + costs[i];
    }
    const double of_mutation = costs_[kMutation] > 0 ? gains_[kMutation] / costs_[kMutation] : 0;
    const double of_gradient = costs_[kGradient] > 0 ? gains_[kGradient] / costs_[kGradient] : 0;
    // Squares: nearly all goes to the one that is clearly better.
    const double a = of_mutation * of_mutation;
    const double b = of_gradient * of_gradient;
    if (a + b > 0) share_ = std::clamp(b / (a + b), least_share_, 1 - least_share_);
  }

  const Encoding& encoding_;
  std::uint64_t seed_;
  int init_size_;
  int batch_size_;
  double least_share_;
  double share_;  // of the cost that goes into gradients
  bool widen_;
  StepSettings steps_;
  ClassPolicy policy_;
  std::vector<Trajectory> trajectories_;
  std::array<double, 2> gains_{};  // of late, by operator
  std::array<double, 2> costs_{};
};

ParameterTable parameters() {
  std::vector<Parameter> table{
      param("init_size", 400, "Random individuals in the initial population.").range(1, 1e6),
      param("batch_size", 200, "What a generation costs, in evaluations.").range(1, 1e6),
      param("first_share", 0.3, "Share of the cost that goes into gradients at first.").range(0, 1),
      param("least_share", 0.1, "What mutation and gradients keep in any case.").range(0, 0.5),
      param("widen", true,
            "Whether a climb begins by giving a small graph (cppn) more nodes, which leave its "
            "picture as it is and its weights more to move."),
      class_policy_parameter()};
  for (Parameter& parameter : step_parameters(kTarget, /*backtrack_by_default=*/true))
    table.push_back(std::move(parameter));
  return ParameterTable(std::move(table));
}

FOOL_REGISTER(SearchRegistry, {"memetic",
                               "MAP-Elites whose elites also climb along gradients, as often as "
                               "that pays.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<Memetic>(settings, context);
                               }});

}  // namespace
}  // namespace fool
