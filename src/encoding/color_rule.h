// How an encoding's settings say what colours its genomes mean.
#pragma once

#include "encoding/color.h"
#include "fool/core/json.h"

namespace fool {

// Reads "color_space" and "hue_scale" of resolved settings.
ColorRule read_color_rule(const Json& settings);

}  // namespace fool
