#include "classify/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace fool {
namespace {

// What a layer reads and writes beyond this many bytes an image slows down, as it falls out of a
// core's own cache. A fixed number, not the machine's: portions can change last bits.
constexpr std::int64_t kPortionBytes = 1 << 20;

class MemoryPlanner {
 public:
  MemoryPlanner(const LayerGraph& graph, int batch,
                const std::function<std::size_t(int)>& number_bytes)
      : graph_(graph), batch_(batch), number_bytes_(number_bytes) {}

  MemoryPlan plan() {
    plan_.places.resize(graph_.values.size());
    cut_into_segments();
    place_values();
    return std::move(plan_);
  }

 private:
  // Layers of images in small portions, then those of vectors, whose weights are many and should
  // be read as seldom as possible, for the whole batch at once.
  void cut_into_segments() {
    std::int64_t largest = 0;
    std::vector<int> images;
    std::vector<int> vectors;
    for (int i = 0; i < static_cast<int>(graph_.layers.size()); ++i) {
      const Layer& layer = graph_.layers[static_cast<std::size_t>(i)];
      if (layer.kind == LayerKind::kLinear || !vectors.empty()) {
        vectors.push_back(i);
        continue;
      }
      images.push_back(i);
      std::int64_t numbers = shape(layer.output).size();
      for (const int v : layer.inputs) numbers += shape(v).size();
      largest = std::max(largest, numbers * 4);
    }
    int portion = std::clamp<int>(
        static_cast<int>(kPortionBytes / std::max<std::int64_t>(largest, 1)), 1, batch_);
    while (batch_ % portion != 0) --portion;
    if (!images.empty()) {
      plan_.segments.push_back({portion, images});
    }
    if (!vectors.empty()) {
      plan_.segments.push_back({batch_, vectors});
    }
  }

  // First fit over the values' lifetimes, counted in layers.
  void place_values() {
    const std::size_t count = graph_.values.size();
    std::vector<int> birth(count, -1);
    std::vector<int> death(count, -1);
    std::vector<int> first_segment(count, -1);
    std::vector<int> last_segment(count, -1);
    std::vector<std::pair<int, int>> segment_range;
    int time = 0;
    const auto touch = [&](int v, int segment) {
      const auto i = static_cast<std::size_t>(v);
      if (birth[i] < 0) {
        birth[i] = time;
        first_segment[i] = segment;
      }
      death[i] = time;
      last_segment[i] = segment;
    };
    touch(0, 0);
    for (int s = 0; s < static_cast<int>(plan_.segments.size()); ++s) {
      const int begin = time;
      for (const int i : plan_.segments[static_cast<std::size_t>(s)].layers) {
        const Layer& layer = graph_.layers[static_cast<std::size_t>(i)];
        for (const int v : layer.inputs) touch(v, s);
        if (layer.residual >= 0) touch(layer.residual, s);
        touch(layer.output, s);
        ++time;
      }
      segment_range.emplace_back(begin, time);
    }
    last_segment[static_cast<std::size_t>(graph_.output)] = static_cast<int>(plan_.segments.size());
    death[static_cast<std::size_t>(graph_.output)] = time;

    std::vector<int> summand(count, -1);  // value in whose place a value may be computed
    for (const Layer& layer : graph_.layers) {
      if (layer.residual < 0) continue;
      const auto from = static_cast<std::size_t>(layer.residual);
      const auto to = static_cast<std::size_t>(layer.output);
      if (death[from] == birth[to] && first_segment[from] == last_segment[from] &&
          first_segment[to] == last_segment[to] && layer.inputs[0] != layer.residual) {
        summand[to] = layer.residual;
      }
    }

    struct Stretch {
      std::size_t offset, bytes;
      int birth, death;
    };
    std::vector<Stretch> taken;
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return birth[static_cast<std::size_t>(a)] < birth[static_cast<std::size_t>(b)];
    });
    for (const int v : order) {
      const auto i = static_cast<std::size_t>(v);
      if (birth[i] < 0) continue;  // never used, as what was only padded
      ValuePlace& place = plan_.places[i];
      place.bytes_per_image = static_cast<std::size_t>(shape(v).size()) * number_bytes_(v);
      if (summand[i] >= 0) {
        place.offset = plan_.places[static_cast<std::size_t>(summand[i])].offset;
        for (Stretch& other : taken) {
          if (other.offset == place.offset && other.death == birth[i]) other.death = death[i];
        }
        continue;
      }
      place.of_batch = first_segment[i] != last_segment[i];
      int from = birth[i];
      int to = death[i];
      if (place.of_batch) {  // its segments run again and again while it fills
        from = segment_range[static_cast<std::size_t>(first_segment[i])].first;
        to = last_segment[i] < static_cast<int>(segment_range.size())
                 ? segment_range[static_cast<std::size_t>(last_segment[i])].second
                 : time;
      }
      const int images = place.of_batch
                             ? batch_
                             : plan_.segments[static_cast<std::size_t>(first_segment[i])].portion;
      const std::size_t bytes =
          (place.bytes_per_image * static_cast<std::size_t>(images) + 63) / 64 * 64;
      std::sort(taken.begin(), taken.end(),
                [](const Stretch& a, const Stretch& b) { return a.offset < b.offset; });
      std::size_t offset = 0;
      for (const Stretch& other : taken) {
        if (other.death < from || other.birth > to) continue;
        if (other.offset >= offset + bytes) break;
        offset = std::max(offset, other.offset + other.bytes);
      }
      place.offset = offset;
      taken.push_back({offset, bytes, from, to});
      plan_.bytes = std::max(plan_.bytes, offset + bytes);
    }
  }

  const ValueShape& shape(int v) const { return graph_.values[static_cast<std::size_t>(v)]; }

  const LayerGraph& graph_;
  int batch_;
  const std::function<std::size_t(int)>& number_bytes_;
  MemoryPlan plan_;
};

}  // namespace

bool MemoryPlan::same_place(int a, int b) const {
  const ValuePlace& p = places[static_cast<std::size_t>(a)];
  const ValuePlace& q = places[static_cast<std::size_t>(b)];
  return p.offset == q.offset && p.of_batch == q.of_batch;
}

MemoryPlan plan_memory(const LayerGraph& graph, int batch,
                       const std::function<std::size_t(int)>& number_bytes) {
  return MemoryPlanner(graph, batch, number_bytes).plan();
}

}  // namespace fool
