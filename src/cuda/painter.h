// Draws genomes into a device's memory: what a renderer is for the host's.
#pragma once

#include <memory>

#include "cuda/kernels.h"
#include "cuda/runtime.h"
#include "fool/core/span.h"
#include "fool/encoding/encoding.h"

namespace fool::cuda {

// Not thread-safe: a worker has its own. It belongs to the device that was current when it was
// made.
class Painter {
 public:
  virtual ~Painter() = default;

  // Puts the drawing of genomes[i] into images[i] into the stream; the same bits as
  // Encoding::render. The stream must have done so before the next call, and before this ends.
  virtual void draw(Span<const GenomePtr> genomes, const DeviceImages& images,
                    const Stream& stream) = 0;
};

// Whether there is a kernel for this encoding.
bool has_painter(const Encoding& encoding);

// The encoding must have one, and must outlive it.
std::unique_ptr<Painter> make_painter(const Encoding& encoding);

}  // namespace fool::cuda
