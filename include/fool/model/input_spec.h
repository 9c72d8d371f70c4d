// What a network's input looks like and what its output means: the part of a card that classifiers
// are built from.
#pragma once

#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

enum class ChannelOrder { kGray, kRgb, kBgr };
enum class OutputKind { kLogits, kProbabilities, kLogProbabilities };

// How natural photos were made to fit when the published accuracy was measured: the shorter side
// brought to this many pixels with antialiasing, then the centre cut out.
struct ResizeRule {
  int shorter_side = 0;       // 0: the card does not say
  std::string interpolation;  // "bilinear" or "bicubic"
};

// input = (pixel * scale - mean) / std per channel, in the network's channel order, layout NCHW.
struct InputSpec {
  int height = 0;
  int width = 0;
  ChannelOrder channels = ChannelOrder::kRgb;
  float scale = 1.0F;       // 1 for a range of 0..255, 1/255 for 0..1
  std::vector<float> mean;  // one per channel, in `channels` order
  std::vector<float> std;
  ResizeRule resize;

  // The images that the classifier takes: RGB or grey.
  ImageShape shape() const { return {height, width, channels == ChannelOrder::kGray ? 1 : 3}; }
};

}  // namespace fool
