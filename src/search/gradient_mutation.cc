// MAP-Elites whose mutations go along gradients: an elite's gradient for its class is computed
// once, and several children are drawn along it with random step lengths; after OMG-MEGA (Fontaine
// and Nikolaidis 2021).
#include <algorithm>
#include <cmath>

#include "fool/core/error.h"
#include "fool/core/json_error.h"
#include "fool/search/search.h"
#include "search/class_policy.h"
#include "search/random_items.h"
#include "search/state_text.h"
#include "search/trajectories.h"

namespace fool {
namespace {

class GradientMutation : public Search {
 public:
  GradientMutation(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding),
        seed_(context.seed),
        init_size_(settings.at("init_size")),
        children_(settings.at("children")),
        step_(settings.at("step")),
        policy_(settings.at("class_policy"), context.classes) {
    require_gradient(context.encoding, "gradient-mutation");
    const int of_parent = static_cast<int>(kGradientEquivalents) + children_;
    parents_ = std::max(1, settings.at("batch_size").get<int>() / of_parent);
  }

  int size(int generation) const override {
    if (generation == kInitialGeneration) return init_size_;
    return generation % 2 == 0 ? parents_ : parents_ * children_;
  }

  std::uint64_t equivalents(int generation) const override {
    const auto items = static_cast<std::uint64_t>(size(generation));
    const bool gradients = generation != kInitialGeneration && generation % 2 == 0;
    return gradients ? items * kGradientEquivalents : items;
  }

  // Parents with their gradients and children along these take turns.
  bool follows_gradients() const override { return true; }

  std::vector<ItemPtr> ask(const Archive& archive, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    if (generation == kInitialGeneration) {
      return random_items(encoding_, seed_, init_size_, generation, first_id, pool);
    }
    if (generation % 2 == 0) return ask_parents(archive, generation, first_id);
    std::vector<ItemPtr> items(bases_.size() * static_cast<std::size_t>(children_));
    pool.for_each(static_cast<int>(items.size()), [&](int /*worker*/, int i) {
      const auto place = static_cast<std::size_t>(i);
      const Base& base = bases_[place / static_cast<std::size_t>(children_)];
      const ItemAddress address = address_of(generation, place);
      Item item;
      item.id = first_id + place;
      item.generation = generation;
      item.parents = {base.id};
      item.genome = child_of(base, address);
      items[place] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

  void tell(Span<const ItemPtr> items, const Evaluations& evaluations,
            const AddReport& report) override {
    policy_.tell(report);
    bases_.clear();
    for (std::size_t i = 0; i < evaluations.gradients.size(); ++i) {
      bases_.push_back({items[i]->id, items[i]->genome, evaluations.gradients[i]});
    }
  }

  Json save_state() const override {
    Json bases = Json::array();
    for (const Base& base : bases_) {
      bases.push_back({{"id", base.id},
                       {"genome", save_genome(*base.genome, encoding_)},
                       {"gradient", pack_floats(base.gradient)},
                       {"gradient_size", base.gradient.size()}});
    }
    return {{"bases", std::move(bases)}, {"policy", policy_.save()}};
  }

  void load_state(const Json& state) override {
    try {
      bases_.clear();
      for (const Json& base : state.at("bases")) {
        bases_.push_back(
            {base.at("id"), load_genome(base.at("genome"), encoding_),
             unpack_floats(base.at("gradient"), base.at("gradient_size"), "a gradient")});
      }
      policy_.load(state.at("policy"));
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "the state of the search cannot be read: {}", complaint_of(error));
    }
  }

 private:
  struct Base {
    ItemId id = 0;
    GenomePtr genome;
    std::vector<float> gradient;
  };

  ItemAddress address_of(int generation, std::size_t index) const {
    return {seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
            static_cast<std::uint32_t>(index)};
  }

  // An elite scored again, for its gradient.
  std::vector<ItemPtr> ask_parents(const Archive& archive, int generation, ItemId first_id) {
    std::vector<int> at_work(static_cast<std::size_t>(archive.classes()));
    std::vector<ItemPtr> items;
    for (std::size_t i = 0; i < static_cast<std::size_t>(parents_); ++i) {
      RngStream rng = address_of(generation, i).stream("gradient_mutation.class");
      const int cell = policy_.choose(archive, at_work, rng);
      ++at_work[static_cast<std::size_t>(cell)];
      const Elite* elite = archive.cell(cell);  // the initial population filled them all
      Item item;
      item.id = first_id + i;
      item.generation = generation;
      item.genome = elite->item->genome;
      item.parents = {elite->item->id};
      item.gradient_class = cell;
      items.push_back(std::make_shared<const Item>(std::move(item)));
    }
    return items;
  }

  // So far along the gradient that a parameter changes by step_ times a normal number on average.
  GenomePtr child_of(const Base& base, const ItemAddress& address) const {
    double squares = 0;
    for (const float g : base.gradient) squares += static_cast<double>(g) * static_cast<double>(g);
    RngStream rng = address.stream("gradient_mutation.step");
    const double length = std::abs(rng.normal()) * step_;
    if (squares == 0) return encoding_.vary(Span<const GenomePtr>(&base.genome, 1), address);
    const auto factor =
        static_cast<float>(length / std::sqrt(squares / static_cast<double>(base.gradient.size())));
    std::vector<float> parameters = encoding_.differentiable()->parameters(*base.genome);
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] += factor * base.gradient[i];
    return encoding_.differentiable()->with_parameters(*base.genome, parameters);
  }

  const Encoding& encoding_;
  std::uint64_t seed_;
  int init_size_;
  int children_;
  int parents_ = 1;
  double step_;
  ClassPolicy policy_;
  std::vector<Base> bases_;  // whose children come next
};

ParameterTable parameters() {
  return {param("init_size", 400, "Random individuals in the initial population.").range(1, 1e6),
          param("batch_size", 210,
                "What two generations cost in evaluations, about: parents with gradients, then "
                "their children.")
              .range(1, 1e6),
          param("children", 4, "Children along one gradient.").range(1, 1000),
          param("step", 0.05,
                "Length of a step: the root mean square of the changes of parameters, times a "
                "normal number.")
              .range(1e-9, 1e6),
          class_policy_parameter()};
}

FOOL_REGISTER(SearchRegistry, {"gradient-mutation",
                               "MAP-Elites whose children are random steps along their parents' "
                               "gradients.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<GradientMutation>(settings, context);
                               }});

}  // namespace
}  // namespace fool
