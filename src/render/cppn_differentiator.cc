// Differentiates CPPNs tile by tile: every node's sum and value is computed for all pixels of a
// tile and kept, then the nodes are gone through backwards. A weight's gradient is summed over the
// pixels of all tiles in sixteen lanes, whatever the processor's registers hold, so that it has the
// same bits on all of them.
#include <algorithm>
#include <cmath>

#include "encoding/cppn.h"
#include "render/aligned_floats.h"
#include "render/cppn_plan.h"
#include "render/differentiator_registry.h"
#include "render/layer_kernels.h"

namespace fool {
namespace {

constexpr int kTilePixels = 256;

class CppnDifferentiator : public Differentiator {
 public:
  CppnDifferentiator(const CppnEncoding& encoding, const Frame& frame, const Kernels& kernels)
      : encoding_(encoding), frame_(frame), kernels_(layer_kernels(kernels)) {
    const int pixels = frame.height * frame.width;
    n_ = std::min(kTilePixels, (pixels + Kernels::kLanes - 1) / Kernels::kLanes * Kernels::kLanes);
    tiles_ = (pixels + n_ - 1) / n_;
    set_coordinates();
  }

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void pull_back(Span<const GenomePtr> genomes, Span<const float> pixel_gradients,
                 Span<const Span<float>> gradients) override {
    check_pull_back_call(frame_, genomes, pixel_gradients, gradients);
    const float* by_pixels = pixel_gradients.data();
    for (std::size_t i = 0; i < genomes.size(); ++i, by_pixels += frame_.shape().size()) {
      check_gradient_size(gradients[i].size(), encoding_.parameter_count(*genomes[i]));
      pull_back(encoding_.compile(*genomes[i]), by_pixels, gradients[i]);
    }
  }

 private:
  static constexpr int kCoordinates = 3;  // x, y, d

  // A node as the kernels take it.
  struct Step {
    Activation activation = Activation::kLinear;
    SumSize size = SumSize::kAny;
    int edges = 0;
    std::size_t first_edge = 0;
    float* sums = nullptr;
    float* values = nullptr;
    float* by_values = nullptr;
  };

  std::size_t floats(std::size_t rows) const { return rows * static_cast<std::size_t>(n_); }

  void set_coordinates() {
    const CppnCoordinates at = encoding_.coordinates(frame_.canvas.height, frame_.canvas.width);
    coordinates_ = AlignedFloats(floats(static_cast<std::size_t>(tiles_) * kCoordinates));
    for (int q = 0; q < frame_.height * frame_.width; ++q) {
      const int row = frame_.top + q / frame_.width;
      const int column = frame_.left + q % frame_.width;
      float* const x =
          coordinates_.data() + floats(static_cast<std::size_t>(q / n_) * kCoordinates) + q % n_;
      x[0] = at.x(column);
      x[n_] = at.y(row);
      x[2 * n_] = at.d(row, column);
      largest_ = std::max({largest_, std::fabs(static_cast<double>(at.x(column))),
                           std::fabs(static_cast<double>(at.y(row)))});
    }
  }

  void pull_back(const CppnProgram& program, const float* by_pixels, Span<float> gradient) {
    place(program);
    const int channels = frame_.canvas.channels;
    for (int tile = 0; tile < tiles_; ++tile) {
      const int pixels = std::min(n_, frame_.height * frame_.width - tile * n_);
      enter_tile(tile);
      enter_outputs(program, pixels, by_pixels + static_cast<std::ptrdiff_t>(tile) * n_ * channels);
      for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) go_back(*step);
    }
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    for (std::size_t e = 0; e < program.edges.size(); ++e) {
      gradient[static_cast<std::size_t>(program.edges[e].of_graph)] =
          add_lanes(totals_.data() + e * Kernels::kLanes);
    }
  }

  // Gives every value and sum its row, and every value a row for the gradient by it. Nobody asks
  // for those by the inputs: they share one row.
  void place(const CppnProgram& program) {
    const CppnPlan plan = plan_cppn(program, largest_);
    const std::size_t values = program.values();
    const std::size_t nodes = program.nodes.size();
    const std::size_t needed = floats(values + nodes + (nodes + 1));
    if (memory_.size() < needed) memory_ = AlignedFloats(needed);
    float* const value_rows = memory_.data();
    float* const sum_rows = value_rows + floats(values);
    by_values_ = sum_rows + floats(nodes);
    by_values_size_ = floats(nodes + 1);
    std::fill_n(value_rows + floats(kCoordinates), n_, CppnCoordinates::kBias);
    totals_.assign(program.edges.size() * Kernels::kLanes, 0.0F);

    const auto by_value = [&](std::size_t value) {
      return by_values_ + (value < CppnGraph::kInputs ? 0 : floats(value - CppnGraph::kInputs + 1));
    };
    steps_.clear();
    sources_.clear();
    by_sources_.clear();
    weights_.clear();
    for (const CppnProgram::Edge& edge : program.edges) {
      const auto source = static_cast<std::size_t>(edge.source);
      sources_.push_back(value_rows + floats(source));
      by_sources_.push_back(by_value(source));
      weights_.push_back(edge.weight);
    }
    for (std::size_t i = 0; i < nodes; ++i) {
      const CppnProgram::Node& node = program.nodes[i];
      const std::size_t value = CppnGraph::kInputs + i;
      steps_.push_back({node.activation, plan.sum[i], node.last_edge - node.first_edge,
                        static_cast<std::size_t>(node.first_edge), sum_rows + floats(i),
                        value_rows + floats(value), by_value(value)});
    }
  }

  void enter_tile(int tile) {
    std::copy_n(coordinates_.data() + floats(static_cast<std::size_t>(tile) * kCoordinates),
                floats(kCoordinates), memory_.data());
    for (const Step& step : steps_) {
      kernels_.sum(sources_.data() + step.first_edge, weights_.data() + step.first_edge, step.edges,
                   step.sums, n_);
      kernels_.activate(step.activation, step.size, step.sums, step.values, n_);
    }
  }

  // Sets the gradient by the values that are drawn, and that by all others to 0.
  void enter_outputs(const CppnProgram& program, int pixels, const float* by_pixels) {
    std::fill_n(by_values_, by_values_size_, 0.0F);
    const std::size_t channels = program.outputs.size();
    const Step* outputs[3] = {};
    for (std::size_t c = 0; c < channels; ++c) {
      outputs[c] = &steps_[static_cast<std::size_t>(program.outputs[c]) - CppnGraph::kInputs];
      take_channel(by_pixels + c, static_cast<int>(channels), pixels, outputs[c]->by_values);
    }
    if (channels == 3) {
      numbers_.resize(floats(3));
      for (std::size_t c = 0; c < channels; ++c) {
        kernels_.level_numbers(outputs[c]->values, numbers_.data() + floats(c), n_);
      }
      kernels_.color_back(encoding_.color(), numbers_.data(), numbers_.data() + floats(1),
                          numbers_.data() + floats(2), outputs[0]->by_values, outputs[1]->by_values,
                          outputs[2]->by_values, n_);
    }
    for (std::size_t c = 0; c < channels; ++c) {
      kernels_.level_numbers_back(outputs[c]->values, outputs[c]->by_values, n_);
    }
  }

  void go_back(const Step& step) {
    kernels_.activate_back(step.activation, step.size, step.sums, step.values, step.by_values, n_);
    kernels_.sum_back(sources_.data() + step.first_edge, weights_.data() + step.first_edge,
                      step.edges, step.by_values, by_sources_.data() + step.first_edge,
                      totals_.data() + step.first_edge * Kernels::kLanes, n_);
  }

  const CppnEncoding& encoding_;
  Frame frame_;
  const LayerKernels& kernels_;
  int n_ = 0;  // pixels of a tile, with padding
  int tiles_ = 0;
  double largest_ = 0;         // of x and y
  AlignedFloats coordinates_;  // [tiles][kCoordinates][n]
  AlignedFloats memory_;       // first the values' rows, the inputs' at their beginning
  float* by_values_ = nullptr;
  std::size_t by_values_size_ = 0;
  std::vector<float> numbers_;  // the outputs as numbers 0..255
  std::vector<Step> steps_;
  std::vector<const float*> sources_;  // of the program's edges, as are the next two
  std::vector<float*> by_sources_;
  std::vector<float> weights_;
  std::vector<float> totals_;  // [edges][kLanes]
};

std::vector<DifferentiatorChoice> offer(const Encoding& encoding) {
  std::vector<DifferentiatorChoice> choices;
  if (const auto* cppn = dynamic_cast<const CppnEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<CppnDifferentiator>(*cppn, frame, *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_differentiator(kVectorRank, offer);

}  // namespace
}  // namespace fool
