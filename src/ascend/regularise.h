// What keeps an image from becoming noise: the regularisers of the paper's gradient ascent. All
// work on X, the image less the mean colour, [H, W, C].
#pragma once

#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"

namespace fool {

// Each channel with a Gaussian of this standard deviation, cut off beyond four of them; beyond its
// edges an image goes on as its mirror image.
void blur(const ImageShape& shape, double deviation, Span<float> x);

// The value below which `percent` of the values lie, interpolated between two of them; values must
// not be empty. As numpy.percentile.
double percentile(std::vector<float> values, double percent);

// Numbers whose absolute value is below this percentile of all become 0.
void zero_small_values(double percent, Span<float> x);

// Pixels whose norm is below this percentile of all become 0.
void zero_small_pixels(const ImageShape& shape, double percent, Span<float> x);

// A pixel's benefit is what the objective would gain if it became 0, by the gradient: -sum g x over
// its channels. Pixels whose benefit is below this percentile become 0.
void zero_low_benefit(const ImageShape& shape, double percent, Span<const float> gradient,
                      Span<float> x);

// The same with the absolute value of the benefit.
void zero_low_absolute_benefit(const ImageShape& shape, double percent, Span<const float> gradient,
                               Span<float> x);

}  // namespace fool
