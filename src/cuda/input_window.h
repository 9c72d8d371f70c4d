// What a network sees of an image.
#pragma once

namespace fool::cuda {

// A window, perhaps mirrored left to right, its channels in the network's order.
struct InputWindow {
  int canvas_width = 0;  // of the images
  int top = 0;
  int left = 0;
  int height = 0;
  int width = 0;
  bool mirrored = false;
  bool reversed_channels = false;  // BGR
};

}  // namespace fool::cuda
