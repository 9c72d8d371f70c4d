#include "search/trajectories.h"

#include <algorithm>

#include "fool/core/error.h"
#include "search/state_text.h"

namespace fool {
namespace {

constexpr float kLittle = 1.02F;  // a smaller factor of confidence is no gain

}  // namespace

std::vector<Parameter> step_parameters() {
  return {
      param("learning_rate", 0.03, "Of Adam, in the unit of the encoding's parameters.")
          .range(1e-6, 1e3),
      param("beta1", 0.9, "Adam's memory of gradients.").range(0, 0.9999),
      param("beta2", 0.999, "Adam's memory of their squares.").range(0, 0.999999),
      param("steps", 30, "Steps of a climb at most.").range(1, 1e6),
      param("patience", 8, "Steps without a gain after which a climb is given up.").range(1, 1e6),
      param("target", 0.99, "Confidence at which a climb ends.").range(0, 1)};
}

StepSettings read_step_settings(const Json& settings) {
  StepSettings steps;
  steps.adam.learning_rate = settings.at("learning_rate");
  steps.adam.beta1 = settings.at("beta1");
  steps.adam.beta2 = settings.at("beta2");
  steps.steps = settings.at("steps");
  steps.patience = settings.at("patience");
  steps.target = settings.at("target");
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
  const bool better = confidence > kLittle * trajectory.best;
  trajectory.since_better = better ? 0 : trajectory.since_better + 1;
  trajectory.best = std::max(trajectory.best, confidence);
  const bool flat =
      std::all_of(gradient.begin(), gradient.end(), [](float g) { return g == 0.0F; });
  if (flat || confidence >= settings.target || trajectory.adam.steps() >= settings.steps ||
      trajectory.since_better >= settings.patience) {
    trajectory = {};
    return;
  }
  std::vector<float> parameters = encoding.parameters(*trajectory.genome);
  trajectory.adam.step(settings.adam, gradient, parameters);
  trajectory.genome = encoding.with_parameters(*trajectory.genome, parameters);
  trajectory.parents = {item.id};
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
                      {"best", one.best},
                      {"since_better", one.since_better}});
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
      trajectory.best = one.at("best");
      trajectory.since_better = one.at("since_better");
    }
    all.push_back(std::move(trajectory));
  }
  return all;
}

}  // namespace fool
