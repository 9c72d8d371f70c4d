#include <algorithm>
#include <cmath>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr int kProbes = 4;

// Differences beyond rounding: of a probability, or of its logarithm where a network is as good as
// certain of all probes, as one is that has learned to refuse what is no image.
constexpr float kDifference = 1e-6F;
constexpr float kLogDifference = 0.5F;

// Black, white, noise, and a slope from black to white: nothing a working network confuses.
void draw_probe(int probe, ImageView image) {
  RngStream noise(0, "classify.varying_output", 0, 0);
  for (std::size_t i = 0; i < image.size(); ++i) {
    const auto slope = static_cast<std::uint8_t>(i * 255 / image.size());
    const auto random = static_cast<std::uint8_t>(noise.next_u32() >> 24);
    const std::uint8_t values[kProbes] = {0, 255, random, slope};
    image.data[i] = values[probe];
  }
}

}  // namespace

void require_varying_output(Classifier& classifier) {
  const auto classes = static_cast<std::size_t>(classifier.info().classes);
  std::vector<float> first(classes);
  std::vector<float> row(classes);
  float change = 0.0F;
  float log_change = 0.0F;
  for (int probe = 0; probe < kProbes; ++probe) {
    ImageBatch image(1, classifier.info().shape);
    draw_probe(probe, image[0]);
    classifier.classify(image, row);
    if (probe == 0) first = row;
    for (std::size_t k = 0; k < classes; ++k) {
      change = std::max(change, std::abs(row[k] - first[k]));
      if (row[k] > 0 && first[k] > 0) {
        log_change = std::max(log_change, std::abs(std::log(row[k] / first[k])));
      }
    }
  }
  if (change < kDifference && log_change < kLogDifference) {
    fail(ErrorKind::kModel,
         "{}: the network gives the same output for a black, a white, a noisy and a graded image "
         "(largest difference {}); its weights or the card's input range, mean or std are wrong",
         classifier.info().name, change);
  }
}

}  // namespace fool
