#include <algorithm>
#include <utility>
#include <vector>

#include "classify/device_network.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"

namespace fool {
namespace {

struct Crop {
  int top;
  int left;
  bool mirrored;
};

// The paper's ten: the corners and the centre, each as it is and mirrored left to right. The centre
// of a canvas that is larger by an odd number is rounded towards the top left (14 of 29), and a
// mirrored crop shows the same window.
std::vector<Crop> make_crops(const ImageShape& input, int canvas, int count) {
  const int bottom = canvas - input.height;
  const int right = canvas - input.width;
  if (count == 1) return {{bottom / 2, right / 2, false}};
  std::vector<Crop> crops;
  for (const bool mirrored : {false, true}) {
    crops.push_back({0, 0, mirrored});
    crops.push_back({0, right, mirrored});
    crops.push_back({bottom, 0, mirrored});
    crops.push_back({bottom, right, mirrored});
    crops.push_back({bottom / 2, right / 2, mirrored});
  }
  return crops;
}

class MultiCrop : public Classifier {
 public:
  MultiCrop(std::unique_ptr<Classifier> inner, int canvas, int count)
      : inner_(std::move(inner)),
        info_(inner_->info()),
        crops_(make_crops(info_.shape, canvas, count)) {
    info_.name += fmt::format(", {} of {}x{}", count == 1 ? "centre" : "10 crops", canvas, canvas);
    info_.shape.height = canvas;
    info_.shape.width = canvas;
    info_.fingerprint["crops"] = count;
    info_.fingerprint["canvas"] = canvas;
    if (inner_->on_device() != nullptr) {
      device_ = std::make_unique<DeviceScoring>(*inner_->on_device());
      cut_on_device();
    }
  }

  const DeviceScoring* on_device() const override { return device_.get(); }

  const ClassifierInfo& info() const override { return info_; }

  // Crop by crop, so that the network sees batches of the size that the caller chose.
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    sums_.assign(probabilities.size(), 0.0);
    part_.resize(probabilities.size());
    for (const Crop& crop : crops_) {
      inner_->classify(cut(images, crop), part_);
      for (std::size_t i = 0; i < part_.size(); ++i) sums_[i] += static_cast<double>(part_[i]);
    }
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      probabilities[i] = static_cast<float>(sums_[i] / static_cast<double>(crops_.size()));
    }
  }

  void logits(const ImageBatch& images, Span<float> logits) override {
    expect_one_crop();
    inner_->logits(cut(images, crops_[0]), logits);
  }

  // Of the mean probability, or of its logarithm: the mean of the crops' gradients, in which a
  // crop's own logarithm counts by its share of the probability.
  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    if (objective == Objective::kLogit) expect_one_crop();
    const bool by_share = objective == Objective::kLogProbability && crops_.size() > 1;
    classify(images, probabilities);
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    const ImageShape& input = inner_->info().shape;
    const auto count = static_cast<std::size_t>(images.count());
    std::vector<float> of_crop(probabilities.size());
    std::vector<float> part(count * input.size());
    for (const Crop& crop : crops_) {
      inner_->input_gradient(cut(images, crop), classes, objective, of_crop, part);
      const float* from = part.data();
      for (int b = 0; b < images.count(); ++b) {
        const std::size_t own = static_cast<std::size_t>(b * info_.classes + classes[b]);
        float weight = 1.0F / static_cast<float>(crops_.size());
        if (by_share && probabilities[own] > 0) weight *= of_crop[own] / probabilities[own];
        for_each_row(input, crop, [&](std::size_t place, std::ptrdiff_t step) {
          float* to = gradient.data() + static_cast<std::size_t>(b) * info_.shape.size() + place;
          for (int x = 0; x < input.width; ++x, to += step) {
            for (int c = 0; c < input.channels; ++c) {
              to[c] += weight * *from++;
            }
          }
        });
      }
    }
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<MultiCrop>(inner_->clone(), info_.shape.height,
                                       static_cast<int>(crops_.size()));
  }

  const StageTimes& times() const override { return inner_->times(); }

 private:
  void expect_one_crop() const {
    if (crops_.size() > 1) {
      fail(ErrorKind::kUsage, "{}: a mean of probabilities has no logits", info_.name);
    }
  }

  void cut_on_device() {
    cuda::InputWindow window = device_->crops.at(0);
    window.canvas_width = info_.shape.width;
    device_->crops.clear();
    for (const Crop& crop : crops_) {
      window.top = crop.top;
      window.left = crop.left;
      window.mirrored = crop.mirrored;
      device_->crops.push_back(window);
    }
  }

  // Calls row(place of the first pixel in an image of the canvas, step to the next pixel) for every
  // row of a crop.
  template <typename Row>
  void for_each_row(const ImageShape& input, const Crop& crop, Row&& row) const {
    const int x = crop.mirrored ? crop.left + input.width - 1 : crop.left;
    for (int y = 0; y < input.height; ++y) {
      const int place = ((crop.top + y) * info_.shape.width + x) * input.channels;
      row(static_cast<std::size_t>(place), crop.mirrored ? -input.channels : input.channels);
    }
  }

  const ImageBatch& cut(const ImageBatch& images, const Crop& crop) {
    const ImageShape& input = inner_->info().shape;
    if (cut_.count() != images.count()) cut_ = ImageBatch(images.count(), input);
    for (int b = 0; b < images.count(); ++b) {
      std::uint8_t* to = cut_[b].data;
      for_each_row(input, crop, [&](std::size_t place, std::ptrdiff_t step) {
        const std::uint8_t* from = images[b].data + place;
        if (!crop.mirrored) {
          to = std::copy_n(from, input.width * input.channels, to);
          return;
        }
        for (int x = 0; x < input.width; ++x, from += step) {
          for (int c = 0; c < input.channels; ++c) *to++ = from[c];
        }
      });
    }
    return cut_;
  }

  std::unique_ptr<Classifier> inner_;
  ClassifierInfo info_;
  std::vector<Crop> crops_;
  std::unique_ptr<DeviceScoring> device_;
  ImageBatch cut_;
  std::vector<float> part_;
  std::vector<double> sums_;
};

}  // namespace

std::unique_ptr<Classifier> make_multi_crop(std::unique_ptr<Classifier> inner, int canvas,
                                            int crops) {
  const ImageShape& input = inner->info().shape;
  if (crops != 1 && crops != 10) {
    fail(ErrorKind::kConfig, "crops: expected 1 or 10, found {}", crops);
  }
  if (canvas < input.height || canvas < input.width) {
    fail(ErrorKind::kConfig, "{}: crops of {}x{} cannot be cut from images of {}x{}",
         inner->info().name, input.height, input.width, canvas, canvas);
  }
  return make_checked(std::make_unique<MultiCrop>(std::move(inner), canvas, crops));
}

}  // namespace fool
