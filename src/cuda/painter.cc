#include "cuda/painter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <vector>

#include "cuda/cppn_packer.h"
#include "encoding/cppn.h"
#include "encoding/direct.h"

namespace fool::cuda {
namespace {

// CPPNs that need about as many values are drawn together: one that needs many would leave room for
// few threads, and so make all others slow.
constexpr std::array<int, 3> kSlotClasses = {12, 24, 48};

// Images are a dimension of the launch, which has an end.
constexpr std::size_t kMostPerLaunch = 32768;

class CppnPainter : public Painter {
 public:
  explicit CppnPainter(const CppnEncoding& encoding) : encoding_(encoding) {
    const ImageShape& shape = encoding.shape();
    const CppnCoordinates at = encoding.coordinates(shape.height, shape.width);
    step_ = padded_pixels(shape.height * shape.width);
    std::vector<float> inputs(3 * static_cast<std::size_t>(step_));
    float* x = inputs.data();
    float* y = x + step_;
    float* d = y + step_;
    for (int row = 0; row < shape.height; ++row) {
      for (int column = 0; column < shape.width; ++column) {
        *x++ = at.x(column);
        *y++ = at.y(row);
        *d++ = at.d(row, column);
      }
    }
    coordinates_.reserve(inputs.size() * sizeof(float));
    check(cudaMemcpy(coordinates_.as<float>(), inputs.data(), inputs.size() * sizeof(float),
                     cudaMemcpyHostToDevice),
          "sending coordinates");
  }

  void draw(Span<const GenomePtr> genomes, const DeviceImages& images,
            const Stream& stream) override {
    packed_.clear();
    int index = 0;
    for (const GenomePtr& genome : genomes)
      packer_.add(encoding_.compile(*genome), index++, &packed_);
    CppnPacker::finish(&packed_);
    sort_by_slots();

    const std::size_t word_bytes = packed_.words.size() * sizeof(Word);
    const std::size_t image_bytes = sorted_.size() * sizeof(CppnImage);
    on_host_.reserve(word_bytes + image_bytes);
    on_device_.reserve(word_bytes + image_bytes);
    std::memcpy(on_host_.as<char>(), packed_.words.data(), word_bytes);
    std::memcpy(on_host_.as<char>() + word_bytes, sorted_.data(), image_bytes);
    check(cudaMemcpyAsync(on_device_.as<char>(), on_host_.as<char>(), word_bytes + image_bytes,
                          cudaMemcpyHostToDevice, stream.get()),
          "sending genomes");

    CppnBlock block;
    block.words = on_device_.as<Word>();
    block.coordinates = coordinates_.as<float>();
    block.coordinates_step = step_;
    block.color = encoding_.color();
    const auto* of_device = reinterpret_cast<const CppnImage*>(on_device_.as<char>() + word_bytes);
    for (std::size_t begin = 0; begin < order_.size();) {
      std::size_t end = begin;
      while (end < order_.size() && end - begin < kMostPerLaunch &&
             class_of(order_[end]) == class_of(order_[begin])) {
        ++end;
      }
      block.images = of_device + begin;
      block.count = static_cast<int>(end - begin);
      block.slots = slots_of(order_[begin]);
      const std::size_t needed = draw_scratch_bytes(block.slots, block.count, images.pixels);
      if (needed > 0) {
        stream.wait();  // before larger memory takes the place of what may be in use
        scratch_.reserve(needed);
      }
      check(draw_cppns(block, images, scratch_.as<void>(), stream.get()), "drawing CPPNs");
      begin = end;
    }
  }

 private:
  int slots_of(int i) const { return packed_.slots[static_cast<std::size_t>(i)]; }

  std::size_t class_of(int i) const {
    return static_cast<std::size_t>(
        std::lower_bound(kSlotClasses.begin(), kSlotClasses.end(), slots_of(i)) -
        kSlotClasses.begin());
  }

  // The largest first, so that what is left at the end is small.
  void sort_by_slots() {
    order_.resize(packed_.images.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](int a, int b) { return slots_of(a) > slots_of(b); });
    sorted_.clear();
    for (const int i : order_) sorted_.push_back(packed_.images[static_cast<std::size_t>(i)]);
  }

  const CppnEncoding& encoding_;
  int step_ = 0;
  DeviceBuffer coordinates_;
  CppnPacker packer_;
  PackedCppns packed_;
  std::vector<int> order_;
  std::vector<CppnImage> sorted_;
  PinnedBuffer on_host_;
  DeviceBuffer on_device_;
  DeviceBuffer scratch_;
};

class DirectPainter : public Painter {
 public:
  explicit DirectPainter(const DirectEncoding& encoding) : encoding_(encoding) {}

  void draw(Span<const GenomePtr> genomes, const DeviceImages& images,
            const Stream& stream) override {
    const std::size_t bytes = genomes.size() * images.stride;
    on_host_.reserve(bytes);
    auto* to = on_host_.as<std::uint8_t>();
    for (const GenomePtr& genome : genomes) {
      std::memcpy(to, encoding_.levels(*genome, &levels_), encoding_.shape().size());
      to += images.stride;
    }
    check(cudaMemcpyAsync(images.data, on_host_.as<char>(), bytes, cudaMemcpyHostToDevice,
                          stream.get()),
          "sending genomes");
    check(color_levels(encoding_.settings().color, images, static_cast<int>(genomes.size()),
                       stream.get()),
          "colouring images");
  }

 private:
  const DirectEncoding& encoding_;
  std::vector<std::uint8_t> levels_;
  PinnedBuffer on_host_;
};

}  // namespace

bool has_painter(const Encoding& encoding) {
  return dynamic_cast<const CppnEncoding*>(&encoding) != nullptr ||
         dynamic_cast<const DirectEncoding*>(&encoding) != nullptr;
}

std::unique_ptr<Painter> make_painter(const Encoding& encoding) {
  if (const auto* cppn = dynamic_cast<const CppnEncoding*>(&encoding))
    return std::make_unique<CppnPainter>(*cppn);
  return std::make_unique<DirectPainter>(dynamic_cast<const DirectEncoding&>(encoding));
}

}  // namespace fool::cuda
