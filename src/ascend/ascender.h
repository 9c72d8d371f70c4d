// One image on its way up: what is changed, and how a gradient changes it. The engine
// (src/ascend/ascent.cc) shows its images to the network; a way to climb is one file.
#pragma once

#include <memory>
#include <vector>

#include "fool/ascend/settings.h"
#include "fool/core/image.h"
#include "fool/core/span.h"

namespace fool {

class Ascender {
 public:
  virtual ~Ascender() = default;

  // The image as it would be saved.
  virtual void draw(ImageView out) const = 0;

  // The image that the gradient is wanted of in this iteration.
  virtual void draw_view(int iteration, ImageView out) { draw(out); }

  // Is every view the image itself?
  virtual bool sees_image() const { return true; }

  // Does an image that a step did not move stay as it is for ever?
  virtual bool rests() const = 0;

  // Moves along the gradient, which is that of the objective at the pixels of the view, [H, W, C];
  // the view has this probability. Returns the largest change of a pixel that the gradient itself
  // brings, in levels; infinity where that says nothing about later steps.
  virtual double step(int iteration, float probability, Span<const float> gradient) = 0;
};

// pixels [H, W, C] of the start in levels of 0..255; mean: [C]. The settings must outlive it.
std::unique_ptr<Ascender> make_pixel_ascender(const AscentSettings& settings, ImageShape shape,
                                              Span<const float> mean, Span<const float> pixels);

// `seed` and `index` address the random numbers of the views.
std::unique_ptr<Ascender> make_fourier_ascender(const AscentSettings& settings, ImageShape shape,
                                                Span<const float> pixels, std::uint64_t seed,
                                                std::uint32_t index);

// Rounds levels, which must be within 0..255.
void quantise(Span<const float> levels, ImageView out);

}  // namespace fool
