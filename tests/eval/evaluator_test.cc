#include "fool/eval/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/counting_encoding.h"
#include "fakes/expect_error.h"
#include "fakes/pixel_classifier.h"
#include "fakes/smooth.h"
#include "fakes/thread_ranks.h"
#include "fool/core/failure.h"

namespace fool {
namespace {

const ImageShape kShape{2, 2, 1};

std::vector<ItemPtr> make_items(int count) {
  std::vector<ItemPtr> items;
  for (int i = 0; i < count; ++i) {
    items.push_back(std::make_shared<const Item>(
        Item{static_cast<ItemId>(i),
             0,
             std::make_shared<fakes::NumberGenome>(static_cast<std::uint64_t>(i)),
             {}}));
  }
  return items;
}

Evaluator make_evaluator(const Encoding& encoding, const Classifier& classifier, int block,
                         WorkerPool& pool, Communicator& ranks = one_rank()) {
  return {make_host_scorers(encoding, "reference", classifier, block, pool.workers()), block,
          classifier.info().classes, pool, ranks};
}

TEST(Evaluator, ScoresEveryItemInItsRow) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  for (const int workers : {1, 3}) {
    WorkerPool pool(workers);
    Evaluator evaluator = make_evaluator(encoding, classifier, 8, pool);
    for (const int count : {1, 8, 9, 50}) {
      const auto items = make_items(count);
      const Span<const float> confidences = evaluator.evaluate(items).confidences;
      ASSERT_EQ(confidences.size(), static_cast<std::size_t>(2 * count));
      for (int i = 0; i < count; ++i) {
        EXPECT_EQ(confidences[static_cast<std::size_t>(2 * i + 1)], static_cast<float>(i) / 255.0F);
      }
    }
  }
}

TEST(Evaluator, SplitsIntoFullBlocksAndPadsTheLast) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  WorkerPool pool(2);
  Evaluator evaluator = make_evaluator(encoding, classifier, 8, pool);
  evaluator.evaluate(make_items(17));
  EXPECT_EQ(classifier.batches(), 3);
}

TEST(Evaluator, DrawnImagesScoreAsTheirGenomes) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  WorkerPool pool(2);
  Evaluator evaluator = make_evaluator(encoding, classifier, 4, pool);
  const auto items = make_items(11);
  ImageBatch images(11, kShape);
  for (int i = 0; i < 11; ++i)
    encoding.render(*items[static_cast<std::size_t>(i)]->genome, images[i]);
  const Span<const float> drawn = evaluator.evaluate_images(images);
  const std::vector<float> from_images(drawn.begin(), drawn.end());
  const Span<const float> scored = evaluator.evaluate(items).confidences;
  EXPECT_EQ(from_images, std::vector<float>(scored.begin(), scored.end()));
}

TEST(Evaluator, CanBeStoppedBeforeABlockAndUsedAgain) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  WorkerPool pool(2);
  Evaluator evaluator = make_evaluator(encoding, classifier, 4, pool);
  EXPECT_THROW(evaluator.evaluate(make_items(40), [] { throw std::runtime_error("stop"); }),
               std::runtime_error);
  EXPECT_EQ(classifier.batches(), 0);
  EXPECT_EQ(evaluator.evaluate(make_items(40)).confidences.size(), 80U);
}

TEST(Evaluator, RanksShareOutTheBlocksAndAllKnowTheResult) {
  const fakes::CountingEncoding encoding(kShape);
  for (const int size : {2, 3, 5}) {
    const fakes::PixelClassifier classifier(kShape);
    for (const int count : {1, 17, 50}) {
      const int batches_before = classifier.batches();
      fakes::ThreadRanks::run(size, [&](Communicator& ranks) {
        WorkerPool pool(ranks.rank() == 0 ? 2 : 1);
        Evaluator evaluator = make_evaluator(encoding, classifier, 8, pool, ranks);
        EXPECT_EQ(evaluator.workers(), size + 1);
        const Span<const float> confidences = evaluator.evaluate(make_items(count)).confidences;
        ASSERT_EQ(confidences.size(), static_cast<std::size_t>(2 * count));
        for (int i = 0; i < count; ++i) {
          EXPECT_EQ(confidences[static_cast<std::size_t>(2 * i + 1)],
                    static_cast<float>(i) / 255.0F);
        }
      });
      EXPECT_EQ(classifier.batches() - batches_before, (count + 7) / 8);
    }
  }
}

TEST(Evaluator, WhatStopsOneRankStopsAllAndTheyGoOnTogether) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  fakes::ThreadRanks::run(3, [&](Communicator& ranks) {
    WorkerPool pool(1);
    Evaluator evaluator = make_evaluator(encoding, classifier, 4, pool, ranks);
    const auto stop_on_one = [&] {
      if (ranks.rank() == 1) throw Interrupted{};
    };
    EXPECT_THROW(evaluator.evaluate(make_items(40), stop_on_one), Interrupted);
    EXPECT_EQ(evaluator.evaluate(make_items(40)).confidences.size(), 80U);
    const auto fail_on_one = [&] {
      if (ranks.rank() == 1) fail(ErrorKind::kDevice, "the card is gone");
    };
    EXPECT_THAT(
        error_message(ErrorKind::kDevice, [&] { evaluator.evaluate(make_items(40), fail_on_one); }),
        ::testing::HasSubstr("): the card is gone"));
  });
}

TEST(Evaluator, ItemsThatWantAGradientHaveBlocksOfTheirOwn) {
  const fakes::SmoothEncoding encoding(kShape);
  const fakes::SmoothClassifier classifier(kShape);
  constexpr int kCount = 50;  // 17 of them with a gradient
  std::vector<ItemPtr> items;
  for (int i = 0; i < kCount; ++i) {
    Item item;
    item.genome = std::make_shared<fakes::NumberGenome>(static_cast<std::uint64_t>(i) + 1);
    if (i % 3 == 0) item.gradient_class = i % 2;
    items.push_back(std::make_shared<const Item>(std::move(item)));
  }
  for (const int size : {1, 2, 3}) {
    const int batches_before = classifier.batches();
    fakes::ThreadRanks::run(size, [&](Communicator& ranks) {
      WorkerPool pool(2);
      Evaluator evaluator = make_evaluator(encoding, classifier, 8, pool, ranks);
      const Evaluations found = evaluator.evaluate(items);
      ASSERT_EQ(found.confidences.size(), 2U * kCount);
      ASSERT_EQ(found.gradients.size(), std::size_t{kCount});
      for (int i = 0; i < kCount; ++i) {
        const auto row = static_cast<std::size_t>(i);
        const auto pixel = static_cast<float>(i + 1);
        EXPECT_EQ(found.confidences[2 * row + 1], pixel / 255.0F);
        if (i % 3 != 0) {
          EXPECT_TRUE(found.gradients[row].empty());
          continue;
        }
        ASSERT_EQ(found.gradients[row].size(), 1U);
        EXPECT_EQ(found.gradients[row][0], i % 2 == 1 ? 1.0F / pixel : -1.0F / (255.0F - pixel));
      }
      EXPECT_TRUE(evaluator.evaluate(make_items(9)).gradients.empty());
    });
    EXPECT_EQ(classifier.batches() - batches_before, 3 + 5 + 2);
  }
}

TEST(Evaluator, SaysThatAnEncodingHasNoGradient) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::SmoothClassifier classifier(kShape);
  WorkerPool pool(1);
  Evaluator evaluator = make_evaluator(encoding, classifier, 8, pool);
  Item item;
  item.genome = std::make_shared<fakes::NumberGenome>(7);
  item.gradient_class = 1;
  const std::vector<ItemPtr> items{std::make_shared<const Item>(std::move(item))};
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { evaluator.evaluate(items); }),
              ::testing::HasSubstr("the counting encoding has no gradient"));
}

// As on a device that two keep busy: the other workers have nothing to do here.
TEST(Evaluator, MayHaveFewerScorersThanWorkers) {
  const fakes::CountingEncoding encoding(kShape);
  const fakes::PixelClassifier classifier(kShape);
  WorkerPool pool(4);
  Evaluator evaluator(make_host_scorers(encoding, "reference", classifier, 4, 2), 4, 2, pool);
  const auto items = make_items(40);
  const Span<const float> confidences = evaluator.evaluate(items).confidences;
  for (std::size_t i = 0; i < items.size(); ++i)
    EXPECT_EQ(confidences[2 * i + 1], static_cast<float>(i) / 255.0F);
  EXPECT_EQ(classifier.batches(), 10);
  for (const int scorers : {0, 5}) {
    EXPECT_THROW(
        Evaluator(make_host_scorers(encoding, "reference", classifier, 4, scorers), 4, 2, pool),
        Error);
  }
}

}  // namespace
}  // namespace fool
