#include <gmock/gmock.h>

#include <limits>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr ImageShape kShape = {2, 2, 1};

// Answers with given numbers, whatever the image.
class Scripted : public Classifier {
 public:
  Scripted(std::vector<float> answer, float gradient)
      : answer_(std::move(answer)), gradient_(gradient) {
    info_.name = "net";
    info_.classes = 2;
    info_.shape = kShape;
    info_.differentiable = true;
  }
  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> out) override {
    std::copy(answer_.begin(), answer_.end(), out.begin());
  }
  void logits(const ImageBatch& images, Span<float> out) override { classify(images, out); }
  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> out) override {
    classify(images, probabilities);
    std::fill(out.begin(), out.end(), gradient_);
  }
  std::unique_ptr<Classifier> clone() const override { return std::make_unique<Scripted>(*this); }
  const StageTimes& times() const override { return times_; }

 private:
  std::vector<float> answer_;
  float gradient_;
  ClassifierInfo info_;
  StageTimes times_;
};

std::unique_ptr<Classifier> checked(std::vector<float> answer, float gradient = 0.0F) {
  return make_checked(std::make_unique<Scripted>(std::move(answer), gradient));
}

std::string message_for(const std::vector<float>& answer) {
  std::vector<float> out(4);
  return error_message(ErrorKind::kModel,
                       [&] { checked(answer)->classify(ImageBatch(2, kShape), out); });
}

TEST(Checked, PassesGoodAnswersOn) {
  const auto classifier = checked({0.25F, 0.75F, 1.0F, 0.0F}, 2.0F);
  const auto clone = classifier->clone();
  for (Classifier* one : {classifier.get(), clone.get()}) {
    std::vector<float> out(4);
    one->classify(ImageBatch(2, kShape), out);
    EXPECT_EQ(out, (std::vector<float>{0.25F, 0.75F, 1.0F, 0.0F}));
    one->logits(ImageBatch(2, kShape), out);
    const std::vector<int> classes = {0, 1};
    std::vector<float> gradient(8);
    one->input_gradient(ImageBatch(2, kShape), classes, Objective::kLogit, out, gradient);
    EXPECT_EQ(gradient, std::vector<float>(8, 2.0F));
    EXPECT_EQ(one->info().name, "net");
  }
}

TEST(Checked, RefusesBadAnswers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message_for({0.5F, 0.5F, 0.0F, nan}),
              AllOf(HasSubstr("net: the network's output is not a number (image 1 of the batch, "
                              "class 1)"),
                    HasSubstr("weights are damaged, or the card's input range")));
  EXPECT_THAT(message_for({1.5F, -0.5F, 1.0F, 0.0F}),
              HasSubstr("net: the probability of class 0 is 1.5 (image 0 of the batch), which is "
                        "not between 0 and 1"));
  EXPECT_THAT(message_for({0.5F, 0.5F, -0.5F, 1.0F}), HasSubstr("class 0 is -0.5 (image 1"));
  EXPECT_THAT(message_for({0.5F, 0.5F, 0.25F, 0.5F}),
              HasSubstr("net: the probabilities sum to 0.75 instead of 1 (image 1 of the batch)"));
  std::vector<float> out(4);
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              checked({0.5F, nan, 1.0F, 1.0F})->logits(ImageBatch(2, kShape), out);
                            }),
              HasSubstr("not a number (image 0 of the batch, class 1)"));
}

TEST(Checked, RefusesWrongShapes) {
  std::vector<float> out(4);
  const auto classifier = checked({0.5F, 0.5F, 0.5F, 0.5F});
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              classifier->classify(ImageBatch(2, {2, 3, 1}), out);
                            }),
              HasSubstr("net: takes images of 2x2x1 (height, width, channels), got 2x3x1"));
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { classifier->classify(ImageBatch(3, kShape), out); }),
      HasSubstr("net: gives 6 numbers for 3 images, there is room for 4"));
  error_message(ErrorKind::kModel, [&] { classifier->logits(ImageBatch(1, kShape), out); });
}

TEST(Checked, RefusesBadGradients) {
  const auto message = [](ErrorKind kind, std::vector<int> classes, std::size_t room, float value) {
    std::vector<float> gradient(room);
    std::vector<float> probabilities(2);
    return error_message(kind, [&] {
      checked({0.5F, 0.5F}, value)
          ->input_gradient(ImageBatch(1, kShape), classes, Objective::kProbability, probabilities,
                           gradient);
    });
  };
  EXPECT_THAT(message(ErrorKind::kUsage, {2}, 4, 0.0F),
              HasSubstr("net: there is no class 2; expected 0..1"));
  EXPECT_THAT(message(ErrorKind::kUsage, {-1}, 4, 0.0F), HasSubstr("there is no class -1"));
  EXPECT_THAT(message(ErrorKind::kInternal, {0, 1}, 4, 0.0F), HasSubstr("2 classes are wanted"));
  EXPECT_THAT(message(ErrorKind::kModel, {0}, 5, 0.0F), HasSubstr("there is room for 5"));
  EXPECT_THAT(message(ErrorKind::kModel, {0}, 4, std::numeric_limits<float>::infinity()),
              HasSubstr("the gradient holds inf, which is not a finite number"));
}

}  // namespace
}  // namespace fool
