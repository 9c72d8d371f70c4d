#include "fool/eval/screening.h"

#include <gmock/gmock.h>

#include "fakes/counting_encoding.h"

namespace fool {
namespace {

const ImageShape kShape{2, 2, 1};

// Confidence in class 1 is the first pixel over 255, in steps of `step`.
class SteppedClassifier : public Classifier {
 public:
  explicit SteppedClassifier(int step) : step_(step) {
    info_.classes = 2;
    info_.shape = kShape;
  }
  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    for (int b = 0; b < images.count(); ++b) {
      const float p = static_cast<float>(images[b].data[0] / step_ * step_) / 255.0F;
      probabilities[static_cast<std::size_t>(2 * b)] = 1.0F - p;
      probabilities[static_cast<std::size_t>(2 * b + 1)] = p;
    }
  }
  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<SteppedClassifier>(*this);
  }
  const StageTimes& times() const override { return times_; }

 private:
  int step_;
  ClassifierInfo info_;
  StageTimes times_;
};

std::vector<ItemPtr> items_of(const std::vector<std::uint64_t>& numbers) {
  static ItemId id = 0;
  std::vector<ItemPtr> items;
  for (const std::uint64_t n : numbers) {
    items.push_back(
        std::make_shared<const Item>(Item{id++, 0, std::make_shared<fakes::NumberGenome>(n), {}}));
  }
  return items;
}

class ScreeningTest : public ::testing::Test {
 protected:
  Evaluator evaluator(int step) {
    return {make_host_scorers(encoding_, "reference", SteppedClassifier(step), 4, 2), 4, 2, pool_};
  }

  const fakes::CountingEncoding encoding_{kShape};
  WorkerPool pool_{2};
};

TEST_F(ScreeningTest, OnlyWhatCouldTakeACellIsScoredExactly) {
  Evaluator fast = evaluator(16);
  Evaluator exact = evaluator(1);
  Screening screening(fast, exact);
  Archive archive(2);
  const auto add = [&](const std::vector<std::uint64_t>& numbers) {
    const auto items = items_of(numbers);
    const Screening::Scores scores = screening.evaluate(archive, items);
    const AddReport added = archive.add(items, scores.confidences, scores.screened);
    screening.tell(added);
    return std::vector<float>(scores.confidences.begin(), scores.confidences.end());
  };
  // Everything could take an empty cell.
  add({100, 101});
  EXPECT_EQ(screening.counts().confirmed, 2U);
  EXPECT_EQ(screening.counts().refuted, 0U);
  EXPECT_EQ(archive.cell(1)->confidence, 101.0F / 255.0F);
  EXPECT_EQ(archive.cell(1)->screened, 96.0F / 255.0F);
  // 103 is in the elite's step: what it would gain is missed. 120 is in the next one.
  const std::vector<float> confidences = add({103, 120});
  EXPECT_EQ(confidences[0], 0.0F);
  EXPECT_EQ(confidences[1], 0.0F);
  EXPECT_EQ(confidences[3], 120.0F / 255.0F);
  EXPECT_EQ(archive.cell(1)->confidence, 120.0F / 255.0F);
  EXPECT_EQ(screening.counts().items, 4U);
  EXPECT_EQ(screening.counts().confirmed, 3U);
}

TEST_F(ScreeningTest, CountsWhatConfirmationRefutes) {
  Evaluator fast = evaluator(1);
  Evaluator exact = evaluator(16);
  Screening screening(fast, exact);
  Archive archive(2);
  for (const std::uint64_t n : {96U, 97U, 98U}) {  // all the same to the exact one
    const auto items = items_of({n});
    const Screening::Scores scores = screening.evaluate(archive, items);
    screening.tell(archive.add(items, scores.confidences, scores.screened));
  }
  EXPECT_EQ(screening.counts().confirmed, 3U);
  EXPECT_EQ(screening.counts().refuted, 2U);
}

TEST_F(ScreeningTest, TheSameScreenedWithTheSameIsWhatScoringAllGives) {
  Evaluator fast = evaluator(1);
  Evaluator exact = evaluator(1);
  Evaluator all = evaluator(1);
  Screening screening(fast, exact);
  Archive screened(2);
  Archive plain(2);
  for (int g = 0; g < 20; ++g) {
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < 7; ++i)
      numbers.push_back(static_cast<std::uint64_t>((g * 37 + i * 101) % (g + 30)));
    const auto items = items_of(numbers);
    const Screening::Scores scores = screening.evaluate(screened, items);
    screened.add(items, scores.confidences, scores.screened);
    plain.add(items, all.evaluate(items).confidences);
    EXPECT_EQ(screened.digest(encoding_), plain.digest(encoding_)) << g;
  }
  EXPECT_LT(screening.counts().confirmed, screening.counts().items);
}

}  // namespace
}  // namespace fool
