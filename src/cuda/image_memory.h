// Images in a device's memory, and the way there and back.
#pragma once

#include "cuda/kernels.h"
#include "cuda/runtime.h"
#include "fool/core/image.h"

namespace fool::cuda {

// Copies are in the stream; the host's images must stay as they are until it is done.
class ImageMemory {
 public:
  ImageMemory(int count, const ImageShape& shape);

  const DeviceImages& images() const { return images_; }
  void upload(const ImageBatch& from, const Stream& stream);
  void download(int count, ImageBatch* to, const Stream& stream) const;

 private:
  ImageShape shape_;
  DeviceBuffer memory_;
  DeviceImages images_;
};

}  // namespace fool::cuda
