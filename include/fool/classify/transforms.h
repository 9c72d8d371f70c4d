// Images scored together with changed copies of themselves, so that what fools the network still
// does after a compression, a shift or a reflection.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/classify/ensemble.h"

namespace fool {

struct TransformSettings {
  std::vector<std::string> names;           // of transform_names()
  int jpeg_quality = 75;                    // 1 to 100
  int shift = 2;                            // pixels
  EnsembleRule rule = EnsembleRule::kMean;  // over the image itself and its copies
};

// "jpeg" (through OpenCV's encoder and back), "mirror" (left to right), "shift" (four copies: up,
// down, to the left and to the right, the border's pixels repeated).
const std::vector<std::string>& transform_names();

// "jpeg,shift" -> jpeg, shift; nothing of an empty text. Throws Error(kConfig) for another name,
// and for one that is there twice.
std::vector<std::string> parse_transforms(const std::string& text);

// Scores by the mean, or the smallest, of what the image and its copies get. The gradient passes
// through a compression as if it had changed nothing. Throws Error(kConfig) for a shift of the
// whole image or more.
std::unique_ptr<Classifier> make_transformed(std::unique_ptr<Classifier> inner,
                                             const TransformSettings& settings);

}  // namespace fool
