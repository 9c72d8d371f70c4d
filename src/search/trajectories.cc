#include "search/trajectories.h"

#include <algorithm>

#include "fool/core/error.h"
#include "search/state_text.h"

namespace fool {
namespace {

constexpr float kLittle = 1.02F;  // a smaller factor of confidence is no gain
constexpr float kLost = 0.8F;     // what less is left of the best confidence, that step is undone
constexpr float kFaster = 1.2F;
constexpr float kSlower = 0.3F;

Json save_best(const Trajectory::Best& best, const Encoding& encoding) {
  if (best.genome == nullptr) return {{"confidence", best.confidence}};
  return {{"confidence", best.confidence},
          {"genome", save_genome(*best.genome, encoding)},
          {"id", best.id},
          {"gradient", pack_floats(best.gradient)},
          {"gradient_size", best.gradient.size()}};
}

Trajectory::Best load_best(const Json& json, const Encoding& encoding) {
  Trajectory::Best best;
  best.confidence = json.at("confidence");
  if (!json.contains("genome")) return best;
  best.genome = load_genome(json.at("genome"), encoding);
  best.id = json.at("id");
  best.gradient = unpack_floats(json.at("gradient"), json.at("gradient_size"), "a gradient");
  return best;
}

}  // namespace

std::vector<Parameter> step_parameters(double default_target, bool backtrack_by_default) {
  return {
      param("learning_rate", 0.03, "Of Adam, in the unit of the encoding's parameters.")
          .range(1e-6, 1e3),
      param("beta1", 0.9, "Adam's memory of gradients.").range(0, 0.9999),
      param("beta2", 0.999, "Adam's memory of their squares.").range(0, 0.999999),
      param("steps", 30, "Steps of a climb at most.").range(1, 1e6),
      param("patience", 8, "Steps without a gain after which a climb is given up.").range(1, 1e6),
      param("target", default_target, "Confidence at which a climb ends.").range(0, 1),
      param("backtrack", backtrack_by_default,
            "Whether a step that loses a fifth of the climb's best confidence is undone and a "
            "shorter one made, and every gain makes the steps a fifth longer.")};
}

StepSettings read_step_settings(const Json& settings) {
  StepSettings steps;
  steps.adam.learning_rate = settings.at("learning_rate");
  steps.adam.beta1 = settings.at("beta1");
  steps.adam.beta2 = settings.at("beta2");
  steps.steps = settings.at("steps");
  steps.patience = settings.at("patience");
  steps.target = settings.at("target");
  steps.backtrack = settings.at("backtrack");
  return steps;
}

void require_gradient(const Encoding& encoding, const std::string& search) {
  if (encoding.differentiable() != nullptr) return;
  fail(ErrorKind::kConfig,
       "search: {} needs an encoding with a gradient, such as dense-cppn; {} has none", search,
       encoding.name());
}

ItemPtr next_item(const Trajectory& trajectory, ItemId id, int generation) {
  Item item;
  item.id = id;
  item.generation = generation;
  item.genome = trajectory.genome;
  item.parents = trajectory.parents;
  item.gradient_class = trajectory.cell;
  return std::make_shared<const Item>(std::move(item));
}

void follow_gradient(const StepSettings& settings, const Differentiable& encoding, const Item& item,
                     float confidence, Span<const float> gradient, Trajectory& trajectory) {
  Trajectory::Best& best = trajectory.best;
  const bool better = confidence > kLittle * best.confidence;
  trajectory.since_better = better ? 0 : trajectory.since_better + 1;
  const bool flat =
      std::all_of(gradient.begin(), gradient.end(), [](float g) { return g == 0.0F; });
  if (flat || confidence >= settings.target || trajectory.steps >= settings.steps ||
      trajectory.since_better >= settings.patience) {
    trajectory = {};
    return;
  }

  ItemId from = item.id;
  if (confidence >= best.confidence) {
    best.confidence = confidence;
    if (settings.backtrack) {
      best.genome = trajectory.genome;
      best.id = item.id;
      best.gradient.assign(gradient.begin(), gradient.end());
      trajectory.pace *= kFaster;
    }
  } else if (settings.backtrack && confidence < kLost * best.confidence) {
    trajectory.genome = best.genome;
    from = best.id;
    gradient = best.gradient;
    trajectory.adam = {};
    trajectory.pace *= kSlower;
  }
  AdamSettings adam = settings.adam;
  adam.learning_rate *= trajectory.pace;
  std::vector<float> parameters = encoding.parameters(*trajectory.genome);
  trajectory.adam.step(adam, gradient, parameters);
  trajectory.genome = encoding.with_parameters(*trajectory.genome, parameters);
  trajectory.parents = {from};
  ++trajectory.steps;
}

void follow_gradients(const StepSettings& settings, const Differentiable& encoding,
                      Span<const ItemPtr> items, const Evaluations& evaluations,
                      std::vector<Trajectory>& trajectories) {
  const std::size_t classes = evaluations.confidences.size() / items.size();
  for (std::size_t i = 0; i < trajectories.size(); ++i) {
    const auto cell = static_cast<std::size_t>(items[i]->gradient_class);
    follow_gradient(settings, encoding, *items[i], evaluations.confidences[i * classes + cell],
                    evaluations.gradients[i], trajectories[i]);
  }
}

Json save_trajectories(const std::vector<Trajectory>& all, const Encoding& encoding) {
  Json result = Json::array();
  for (const Trajectory& one : all) {
    if (one.cell < 0) {
      result.push_back(nullptr);
      continue;
    }
    result.push_back({{"cell", one.cell},
                      {"genome", save_genome(*one.genome, encoding)},
                      {"parents", one.parents},
                      {"adam", one.adam.save()},
                      {"pace", one.pace},
                      {"steps", one.steps},
                      {"since_better", one.since_better},
                      {"best", save_best(one.best, encoding)}});
  }
  return result;
}

std::vector<Trajectory> load_trajectories(const Json& json, const Encoding& encoding) {
  std::vector<Trajectory> all;
  for (const Json& one : json) {
    Trajectory trajectory;
    if (!one.is_null()) {
      trajectory.cell = one.at("cell");
      trajectory.genome = load_genome(one.at("genome"), encoding);
      trajectory.parents = one.at("parents").get<std::vector<ItemId>>();
      trajectory.adam = Adam::load(one.at("adam"));
      trajectory.pace = one.at("pace");
      trajectory.steps = one.at("steps");
      trajectory.since_better = one.at("since_better");
      trajectory.best = load_best(one.at("best"), encoding);
    }
    all.push_back(std::move(trajectory));
  }
  return all;
}

}  // namespace fool
