// A network on an NVIDIA device: images that lie there go in, probabilities come out there. What
// feeds it and who fetches the probabilities is another's business (eval/device_scorer.cc).
#pragma once

#include <memory>
#include <vector>

#include "cuda/input_window.h"

namespace fool {

namespace cuda {
struct DeviceImages;
class Stream;
}  // namespace cuda

// One worker's: for one place in memory, one size of batch and one stream.
class DeviceForward {
 public:
  virtual ~DeviceForward() = default;

  // Puts the run over the images into the stream.
  virtual void enqueue() = 0;

  // [B, K] in the device's memory, there when the stream has come so far.
  virtual const float* probabilities() const = 0;
};

// Parts of an image that a network sees one after the other; the mean of the probabilities counts.
using DeviceCrops = std::vector<cuda::InputWindow>;

// The weights, shared by the workers of a device.
class DeviceNetwork {
 public:
  virtual ~DeviceNetwork() = default;

  // For `batch` images. Everything is allocated and tried here. To be called by one thread at a
  // time; the result may be used by another.
  virtual std::unique_ptr<DeviceForward> make(const cuda::DeviceImages& images, int batch,
                                              const DeviceCrops& crops,
                                              const cuda::Stream& stream) = 0;
};

// What a classifier says of itself where its images may stay on a device.
struct DeviceScoring {
  int device = 0;
  std::shared_ptr<DeviceNetwork> network;
  DeviceCrops crops;
};

}  // namespace fool
