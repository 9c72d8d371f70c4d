#include <cmath>
#include <utility>

#include "fool/classify/classifier.h"
#include "fool/core/error.h"

namespace fool {
namespace {

class Checked : public Classifier {
 public:
  explicit Checked(std::unique_ptr<Classifier> inner) : inner_(std::move(inner)) {}

  const ClassifierInfo& info() const override { return inner_->info(); }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    expect_shapes(images, probabilities.size(), classes());
    inner_->classify(images, probabilities);
    check_rows(probabilities);
  }

  void logits(const ImageBatch& images, Span<float> logits) override {
    expect_shapes(images, logits.size(), classes());
    inner_->logits(images, logits);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (std::isnan(logits[i])) not_a_number(i / classes(), i % classes());
    }
  }

  void input_gradient(const ImageBatch& images, Span<const int> wanted, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    expect_shapes(images, probabilities.size(), classes());
    expect_shapes(images, gradient.size(), info().shape.size());
    if (wanted.size() != static_cast<std::size_t>(images.count())) {
      fail(ErrorKind::kInternal, "{}: {} classes are wanted of {} images", info().name,
           wanted.size(), images.count());
    }
    for (const int k : wanted) {
      if (k < 0 || k >= info().classes) {
        fail(ErrorKind::kUsage, "{}: there is no class {}; expected 0..{}", info().name, k,
             info().classes - 1);
      }
    }
    inner_->input_gradient(images, wanted, objective, probabilities, gradient);
    check_rows(probabilities);
    for (const float value : gradient) {
      if (!std::isfinite(value)) {
        fail(ErrorKind::kModel, "{}: the gradient holds {}, which is not a finite number",
             info().name, value);
      }
    }
  }

  const DeviceScoring* on_device() const override { return inner_->on_device(); }
  std::unique_ptr<Classifier> clone() const override { return make_checked(inner_->clone()); }
  const StageTimes& times() const override { return inner_->times(); }

 private:
  std::size_t classes() const { return static_cast<std::size_t>(info().classes); }

  void expect_shapes(const ImageBatch& images, std::size_t found, std::size_t per_image) const {
    const ImageShape& wanted = info().shape;
    const ImageShape& given = images.shape();
    if (given != wanted) {
      fail(ErrorKind::kModel,
           "{}: takes images of {}x{}x{} (height, width, channels), got {}x{}x{}", info().name,
           wanted.height, wanted.width, wanted.channels, given.height, given.width, given.channels);
    }
    const std::size_t expected = static_cast<std::size_t>(images.count()) * per_image;
    if (found != expected) {
      fail(ErrorKind::kModel, "{}: gives {} numbers for {} images, there is room for {}",
           info().name, expected, images.count(), found);
    }
  }

  [[noreturn]] void not_a_number(std::size_t image, std::size_t k) const {
    fail(ErrorKind::kModel,
         "{}: the network's output is not a number (image {} of the batch, class {}); the weights "
         "are damaged, or the card's input range, mean or std do not belong to them",
         info().name, image, k);
  }

  void check_rows(Span<const float> probabilities) const {
    for (std::size_t b = 0; b < probabilities.size() / classes(); ++b) {
      check_row(b, probabilities.subspan(b * classes(), classes()));
    }
  }

  void check_row(std::size_t image, Span<const float> row) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (std::isnan(row[k])) not_a_number(image, k);
      if (!(row[k] >= 0.0F && row[k] <= 1.0F)) {
        fail(ErrorKind::kModel,
             "{}: the probability of class {} is {} (image {} of the batch), which is not between "
             "0 and 1; is the \"output\" of the card right?",
             info().name, k, row[k], image);
      }
      sum += static_cast<double>(row[k]);
    }
    if (std::abs(sum - 1.0) > 1e-3) {
      fail(
          ErrorKind::kModel,
          "{}: the probabilities sum to {} instead of 1 (image {} of the batch); is the \"output\" "
          "of the card right?",
          info().name, sum, image);
    }
  }

  std::unique_ptr<Classifier> inner_;
};

}  // namespace

std::unique_ptr<Classifier> make_checked(std::unique_ptr<Classifier> inner) {
  return std::make_unique<Checked>(std::move(inner));
}

}  // namespace fool
