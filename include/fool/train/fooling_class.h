// The class n + 1: images that fooled a network, which the next network learns to tell from the n
// real classes (paper, section 3.6). Where they come from, a random sample of them, a file of them,
// and a data set that has them beside its own. Called by `fool retrain`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/data/dataset.h"

namespace fool {

inline constexpr const char* kFoolingLabel = "fooling";

// The cell of an archive that an image was the champion of.
struct FoolingOrigin {
  int run = 0;
  int class_index = 0;
  bool last = false;  // of the run's last generation, or of its first one
  float confidence = 0;
};

struct FoolingImages {
  ImageBatch images;                   // [N, H, W, C]
  std::vector<FoolingOrigin> origins;  // [N]

  int size() const { return images.count(); }
  // Throws Error(kInternal) for images of another shape.
  void append(const FoolingImages& more);
  FoolingImages take(Span<const int> which) const;
};

// `wanted` different numbers below `available` in ascending order, all sets of them being equally
// likely; all numbers if there are no more. The same seed and round give the same sample.
std::vector<int> draw_sample(int available, int wanted, std::uint64_t seed, int round);

// A safetensors file with the tensors images (U8, [N, H, W, C]), run, class (I32), last (U8) and
// confidence (F32). Throws Error(kIo).
void write_fooling_images(const std::filesystem::path& path, const FoolingImages& fooling,
                          const std::map<std::string, std::string>& metadata = {});

// Throws Error(kData) if these tensors are not in it.
FoolingImages read_fooling_images(const std::filesystem::path& path);

// The first `limit` images of a data set (0: all of them) and, as the class behind its last one,
// fooling images. With none there is no such class. Both must outlive it.
class EnlargedDataset final : public Dataset {
 public:
  EnlargedDataset(const Dataset& real, const FoolingImages& fooling, int limit = 0);

  int size() const override { return real_images_ + fooling_.size(); }
  int classes() const override { return real_.classes() + (fooling_.size() > 0 ? 1 : 0); }
  LabelledImage at(int index) const override;

 private:
  const Dataset& real_;
  const FoolingImages& fooling_;
  int real_images_;
};

}  // namespace fool
