#include "encoding/activation.h"

#include <array>

namespace fool {
namespace {

constexpr std::array<std::string_view, kActivationCount> kNames = {"sine",   "sigmoid", "gaussian",
                                                                   "linear", "tanh",    "relu"};

}  // namespace

std::string_view activation_name(Activation activation) {
  return kNames[static_cast<std::size_t>(activation)];
}

std::optional<Activation> find_activation(std::string_view name) {
  for (const Activation activation : all_activations()) {
    if (activation_name(activation) == name) return activation;
  }
  return std::nullopt;
}

std::vector<Activation> all_activations() {
  std::vector<Activation> all;
  for (int i = 0; i < kActivationCount; ++i) all.push_back(static_cast<Activation>(i));
  return all;
}

}  // namespace fool
