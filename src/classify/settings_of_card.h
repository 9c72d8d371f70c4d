// The "options" of a card as the settings of a component.
#pragma once

#include "fool/core/parameters.h"
#include "fool/model/model_spec.h"

namespace fool {

// Throws Error(kModel) naming the card for an unknown option or a bad value.
Json settings_of_card(const ModelSpec& spec, const ParameterTable& parameters);

}  // namespace fool
