// Draws CPPNs tile by tile: a tile is some hundred pixels of whole rows, and each node is computed
// for all of them in one vectorised loop before the next node's turn, with the values in the
// nearest cache.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "encoding/cppn.h"
#include "render/aligned_floats.h"
#include "render/cppn_plan.h"
#include "render/kernels.h"
#include "render/renderer_registry.h"

namespace fool {
namespace {

constexpr int kTilePixels = 512;

int padded(int n) { return (n + Kernels::kLanes - 1) / Kernels::kLanes * Kernels::kLanes; }

// How a window is cut into tiles, and what the input nodes are there.
struct Tiling {
  Tiling(const CppnCoordinates& at, const Frame& frame) : height(frame.height), width(frame.width) {
    const int most_rows = std::max(1, kTilePixels / width);
    tiles = (height + most_rows - 1) / most_rows;
    rows = (height + tiles - 1) / tiles;
    tiles = (height + rows - 1) / rows;
    pixels = padded(rows * width);
    x = AlignedFloats(static_cast<std::size_t>(pixels));
    y = AlignedFloats(static_cast<std::size_t>(padded(tiles * rows)));
    d = AlignedFloats(static_cast<std::size_t>(tiles) * static_cast<std::size_t>(pixels));
    const int right = frame.left + width - 1;
    const int bottom = frame.top + height - 1;
    largest = std::max({std::fabs(at.x(frame.left)), std::fabs(at.x(right)),
                        std::fabs(at.y(frame.top)), std::fabs(at.y(bottom))});
    for (int p = 0; p < rows * width; ++p) x.data()[p] = at.x(frame.left + p % width);
    for (int row = 0; row < height; ++row) {
      y.data()[row] = at.y(frame.top + row);
      float* line = d.data() + row / rows * pixels + row % rows * width;
      for (int column = 0; column < width; ++column) {
        line[column] = at.d(frame.top + row, frame.left + column);
      }
    }
  }

  int height = 0;
  int width = 0;
  int tiles = 0;
  int rows = 0;        // of the window in a tile; the last tile may have fewer
  int pixels = 0;      // of a tile, padded for the kernels
  double largest = 0;  // of x and y
  AlignedFloats x;     // of a tile's pixels
  AlignedFloats y;     // of the window's rows
  AlignedFloats d;     // of all tiles' pixels
};

class CppnTiledRenderer : public Renderer {
 public:
  CppnTiledRenderer(const CppnEncoding& encoding, const Frame& frame, const Kernels& kernels)
      : encoding_(encoding),
        kernels_(kernels),
        frame_(frame),
        tiling_(encoding.coordinates(frame.canvas.height, frame.canvas.width), frame) {}

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(frame_, genomes, out);
    int i = 0;
    for (const GenomePtr& genome : genomes) draw(encoding_.compile(*genome), out[i++].data);
  }

 private:
  // A node as the kernel takes it: where the values of its sources lie and where its own go.
  struct Step {
    Activation activation = Activation::kLinear;
    SumSize sum = SumSize::kAny;
    int edges = 0;
    std::size_t first_edge = 0;  // in sources_ and weights_
    float* out = nullptr;
  };

  void draw(const CppnProgram& program, std::uint8_t* image) {
    const CppnPlan plan = plan_cppn(program, tiling_.largest);
    place(program, plan);
    prepare(program, plan);
    for (int tile = 0; tile < tiling_.tiles; ++tile) {
      const int first_row = tile * tiling_.rows;
      const int rows = std::min(tiling_.rows, tiling_.height - first_row);
      enter_tile(plan, tile);
      for (const Step& step : steps_) compute(step, tiling_.pixels);
      const int channels = encoding_.shape().channels;
      write_pixels(program,
                   image + static_cast<std::ptrdiff_t>(first_row) * tiling_.width * channels,
                   rows * tiling_.width);
    }
  }

  // Gives every value its place: in_tile_ for a tile's pixels, in_rows_ for the rows of the image.
  void place(const CppnProgram& program, const CppnPlan& plan) {
    const auto pixels = static_cast<std::size_t>(tiling_.pixels);
    const std::size_t rows = tiling_.y.size();
    const std::size_t longest = std::max(pixels, rows);
    std::size_t needed = static_cast<std::size_t>(plan.slots) * pixels;
    for (std::size_t value = 0; value < program.values(); ++value) {
      if (plan.extent[value] != Extent::kPixel) needed += pixels + longest;
    }
    if (memory_.size() < needed) memory_ = AlignedFloats(needed);

    float* next = memory_.data() + static_cast<std::size_t>(plan.slots) * pixels;
    in_tile_.assign(program.values(), nullptr);
    in_rows_.assign(program.values(), nullptr);
    for (std::size_t value = 0; value < program.values(); ++value) {
      switch (plan.extent[value]) {
        case Extent::kConstant:
          in_tile_[value] = in_rows_[value] = std::exchange(next, next + longest);
          break;
        case Extent::kColumn:
          in_tile_[value] = std::exchange(next, next + pixels);
          break;
        case Extent::kRow:
          in_rows_[value] = std::exchange(next, next + rows);
          in_tile_[value] = std::exchange(next, next + pixels);
          break;
        case Extent::kPixel:
          in_tile_[value] = memory_.data() + static_cast<std::size_t>(plan.slot[value]) * pixels;
          break;
      }
    }
    std::copy_n(tiling_.x.data(), pixels, in_tile_[0]);
    std::copy_n(tiling_.y.data(), rows, in_rows_[1]);
    std::fill_n(in_tile_[3], longest, CppnCoordinates::kBias);
  }

  // Makes the steps that every tile needs, and computes what is the same in all of them.
  void prepare(const CppnProgram& program, const CppnPlan& plan) {
    steps_.clear();
    sources_.clear();
    weights_.clear();
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
      const CppnProgram::Node& node = program.nodes[i];
      const std::size_t value = CppnGraph::kInputs + i;
      const Extent extent = plan.extent[value];
      const std::vector<float*>& place = extent == Extent::kRow ? in_rows_ : in_tile_;
      const Step step{node.activation, plan.sum[i], node.last_edge - node.first_edge,
                      sources_.size(), place[value]};
      for (int e = node.first_edge; e < node.last_edge; ++e) {
        const CppnProgram::Edge& edge = program.edges[static_cast<std::size_t>(e)];
        sources_.push_back(place[static_cast<std::size_t>(edge.source)]);
        weights_.push_back(edge.weight);
      }
      const int rows = static_cast<int>(tiling_.y.size());
      switch (extent) {
        case Extent::kPixel:
          steps_.push_back(step);
          break;
        case Extent::kColumn:
          compute(step, tiling_.pixels);
          break;
        case Extent::kRow:
          compute(step, rows);
          break;
        case Extent::kConstant:
          compute(step, Kernels::kLanes);
          std::fill_n(step.out, std::max(tiling_.pixels, rows), step.out[0]);
          break;
      }
    }
  }

  void compute(const Step& step, int n) const {
    kernels_.node(step.activation, step.sum, sources_.data() + step.first_edge,
                  weights_.data() + step.first_edge, step.edges, step.out, n);
  }

  // Sets what differs from tile to tile before the nodes are computed: the distance, and the values
  // of rows.
  void enter_tile(const CppnPlan& plan, int tile) {
    std::copy_n(tiling_.d.data() + static_cast<std::ptrdiff_t>(tile) * tiling_.pixels,
                tiling_.pixels, in_tile_[2]);
    for (std::size_t value = 0; value < plan.spread.size(); ++value) {
      if (!plan.spread[value]) continue;
      const float* of_row = in_rows_[value] + static_cast<std::ptrdiff_t>(tile) * tiling_.rows;
      for (int row = 0; row < tiling_.rows; ++row) {
        std::fill_n(in_tile_[value] + static_cast<std::ptrdiff_t>(row) * tiling_.width,
                    tiling_.width, of_row[row]);
      }
    }
  }

  void write_pixels(const CppnProgram& program, std::uint8_t* out, int n) {
    const auto output = [&](std::size_t i) {
      return in_tile_[static_cast<std::size_t>(program.outputs[i])];
    };
    if (program.outputs.size() == 1) {
      kernels_.levels(output(0), out, n);
      return;
    }
    kernels_.colors(encoding_.color(), output(0), output(1), output(2), out, n);
  }

  const CppnEncoding& encoding_;
  const Kernels& kernels_;
  Frame frame_;
  Tiling tiling_;
  AlignedFloats memory_;
  std::vector<float*> in_tile_;
  std::vector<float*> in_rows_;
  std::vector<const float*> sources_;
  std::vector<float> weights_;
  std::vector<Step> steps_;  // of a tile
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  std::vector<RendererChoice> choices;
  if (const auto* cppn = dynamic_cast<const CppnEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<CppnTiledRenderer>(*cppn, frame, *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_renderer(kVectorRank, offer);

}  // namespace
}  // namespace fool
