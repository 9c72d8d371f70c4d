#include "search/adam.h"

#include <cmath>

#include "fool/core/error.h"
#include "search/state_text.h"

namespace fool {

void Adam::step(const AdamSettings& settings, Span<const float> gradient, Span<float> parameters) {
  if (mean_.empty()) {
    mean_.resize(parameters.size());
    square_.resize(parameters.size());
  }
  if (gradient.size() != mean_.size() || parameters.size() != mean_.size()) {
    fail(ErrorKind::kInternal, "a gradient of {} numbers for {} parameters", gradient.size(),
         parameters.size());
  }
  mean_left_ *= settings.beta1;
  square_left_ *= settings.beta2;
  const float of_mean = settings.learning_rate / (1 - mean_left_);
  const float of_square = 1 / (1 - square_left_);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const float g = gradient[i];
    mean_[i] = settings.beta1 * mean_[i] + (1 - settings.beta1) * g;
    square_[i] = settings.beta2 * square_[i] + (1 - settings.beta2) * (g * g);
    parameters[i] += of_mean * mean_[i] / (std::sqrt(of_square * square_[i]) + settings.epsilon);
  }
}

Json Adam::save() const {
  return {{"size", mean_.size()},
          {"mean", pack_floats(mean_)},
          {"square", pack_floats(square_)},
          {"mean_left", mean_left_},
          {"square_left", square_left_}};
}

Adam Adam::load(const Json& json) {
  Adam adam;
  const auto size = json.at("size").get<std::size_t>();
  adam.mean_ = unpack_floats(json.at("mean"), size, "Adam's means");
  adam.square_ = unpack_floats(json.at("square"), size, "Adam's squares");
  adam.mean_left_ = json.at("mean_left");
  adam.square_left_ = json.at("square_left");
  return adam;
}

}  // namespace fool
