// The images that ascents begin with.
#pragma once

#include <vector>

#include "fool/ascend/ascent.h"

namespace fool {

// The start of this number in levels, [H, W, C]; within 0..255 only as far as its kind is. The same
// number is the same image whatever the class, as in the released code.
std::vector<float> start_levels(const AscentSettings& settings, const AscentContext& context,
                                const ImageShape& shape, int start);

}  // namespace fool
