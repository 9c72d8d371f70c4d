#include "app/transfer.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/pixel_classifier.h"
#include "fool/core/failure.h"
#include "fool/data/resize.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

// Image i is full of the level i mod 256, and was made for class i mod 2.
TransferSource levels(int images, ImageShape shape = {3, 3, 1}) {
  TransferSource source;
  source.name = "levels";
  source.images = images;
  source.read = [shape](int i) {
    TransferImage image{ImageBatch(1, shape), std::to_string(i), i % 2, 0.5F};
    for (std::uint8_t& byte : image.image.bytes()) byte = static_cast<std::uint8_t>(i % 256);
    return image;
  };
  return source;
}

TEST(ScoreSource, SaysWhatTheNetworkMakesOfEveryImage) {
  const fakes::PixelClassifier network({3, 3, 1});  // the first pixel / 255 is class 1
  WorkerPool pool(3);
  std::vector<int> told;
  const ScoredSource scored =
      score_source(levels(250), network, pool, [&](int done) { told.push_back(done); });
  ASSERT_EQ(scored.scores.size(), 250U);
  EXPECT_EQ(scored.resized, 0);
  EXPECT_EQ(told.back(), 250);
  for (std::size_t i = 0; i < 250; ++i) {
    const float p = static_cast<float>(i) / 255.0F;
    EXPECT_EQ(scored.images[i].path, std::to_string(i));
    EXPECT_EQ(scored.scores[i].top1, i > 127 ? 1 : 0);
    EXPECT_FLOAT_EQ(scored.scores[i].top1_confidence, std::max(p, 1 - p));
    EXPECT_FLOAT_EQ(scored.scores[i].target_confidence, i % 2 == 1 ? p : 1 - p);
  }
}

TEST(ScoreSource, ResizesOnlyWhatHasAnotherShape) {
  const auto network = open_classifier(fakes::fake_model(4, {6, 6, 3}));
  WorkerPool pool(1);
  const auto quiet = [](int) {};
  TransferSource source = levels(1, {4, 4, 1});
  const ScoredSource scored = score_source(source, *network, pool, quiet);
  EXPECT_EQ(scored.resized, 1);
  const ImageBatch fitted = PhotoRule::whole_photo_resized().apply(
      static_cast<const ImageBatch&>(source.read(0).image)[0], {6, 6, 3});
  std::vector<float> expected(4);
  network->classify(fitted, expected);
  EXPECT_EQ(scored.scores[0].target_confidence, expected[0]);
  EXPECT_EQ(score_source(levels(5, {6, 6, 3}), *network, pool, quiet).resized, 0);
}

TEST(ScoreSource, IsTheSameForAnyNumberOfWorkers) {
  const auto network = open_classifier(fakes::fake_model(4, {6, 6, 3}));
  WorkerPool one(1);
  WorkerPool four(4);
  const auto a = score_source(levels(333), *network, one, [](int) {});
  const auto b = score_source(levels(333), *network, four, [](int) {});
  for (std::size_t i = 0; i < 333; ++i) {
    EXPECT_EQ(a.images[i].path, b.images[i].path);
    EXPECT_EQ(a.scores[i].top1, b.scores[i].top1);
    EXPECT_EQ(a.scores[i].top1_confidence, b.scores[i].top1_confidence);
  }
}

TEST(ScoreSource, AClassThatTheNetworkLacksIsAnError) {
  const fakes::PixelClassifier network({3, 3, 1});
  WorkerPool pool(1);
  TransferSource source = levels(1);
  source.read = [](int) { return TransferImage{ImageBatch(1, {3, 3, 1}), "x.png", 2, {}}; };
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { score_source(source, network, pool, [](int) {}); }),
      HasSubstr("x.png: made for class 2; pixel has the classes 0..1"));
}

TEST(ScoreSource, StopsWhenProgressThrows) {
  const fakes::PixelClassifier network({3, 3, 1});
  WorkerPool pool(1);
  EXPECT_THROW(score_source(levels(500), network, pool, [](int) { throw Interrupted{}; }),
               Interrupted);
}

TEST(WithCropsOf, EveryNetworkSeesCropsOfItsOwnSize) {
  const fakes::PixelClassifier network({4, 4, 1});
  TransferSource source = levels(1);
  EXPECT_EQ(with_crops_of(source, network)->info().shape, (ImageShape{4, 4, 1}));
  source.crops = Json{{"size", 6}, {"crops", 10}};
  const auto ten = with_crops_of(source, network);
  EXPECT_EQ(ten->info().shape, (ImageShape{6, 6, 1}));
  EXPECT_EQ(ten->info().fingerprint.at("crops"), 10);
  source.crops = Json{{"size", 6}, {"crops", 1}};
  EXPECT_EQ(with_crops_of(source, network)->info().shape, (ImageShape{6, 6, 1}));
}

TEST(WithCropsOf, ImagesThatAreTooSmallForCropsAreEnlarged) {
  const fakes::PixelClassifier network({227, 227, 1});
  TransferSource source = levels(1);
  source.crops = Json{{"size", 100}, {"crops", 1}};
  EXPECT_EQ(with_crops_of(source, network)->info().shape, (ImageShape{227, 227, 1}));
  source.crops = Json{{"size", 100}, {"crops", 10}};
  EXPECT_EQ(with_crops_of(source, network)->info().shape, (ImageShape{256, 256, 1}));
}

TransferSummary summary_of(const std::vector<TransferImage>& images,
                           const std::vector<TransferScore>& scores) {
  std::vector<ScoredImage> all;
  for (std::size_t i = 0; i < images.size(); ++i) all.push_back({&images[i], &scores[i]});
  return summarise_transfer(all);
}

TEST(TransferSummary, CountsSharesAndMedians) {
  std::vector<TransferImage> images(4);
  const float confidences[] = {.99995F, .9999F, .995F, .8F};
  for (std::size_t i = 0; i < 4; ++i) {
    images[i].target_class = 1;
    images[i].confidence = confidences[i];
  }
  const TransferSummary s = summary_of(images, {{1, .9999F, .9999F},  // sure on both
                                                {1, .995F, .995F},    // over .99 on both
                                                {0, .7F, .3F},        // lost
                                                {1, .9F, .9F}});      // surer than before
  EXPECT_EQ(s.images, 4);
  EXPECT_EQ(s.agreeing, 3);
  EXPECT_EQ(s.logged, 4);
  EXPECT_EQ(s.over_99_on_both, 2);
  EXPECT_EQ(s.over_9999_on_both, 1);
  EXPECT_EQ(s.surer_before, 3);
  EXPECT_EQ(s.surer_before_agreeing, 2);
  EXPECT_NEAR(s.median_confidence, (.9 + .995) / 2, 1e-6);
  EXPECT_NEAR(*s.median_evolved_confidence, (.9999 + .995) / 2, 1e-6);
  EXPECT_NEAR(*s.median_drop, (.0049 + .00005) / 2, 1e-6);
}

TEST(TransferSummary, ImagesWithoutALoggedConfidenceCountForAgreementOnly) {
  std::vector<TransferImage> images(2);
  images[1].confidence = 1.0F;
  images[1].target_class = 5;
  const TransferSummary s = summary_of(images, {{0, .999F, .999F}, {0, .999F, .001F}});
  EXPECT_EQ(s.images, 2);
  EXPECT_EQ(s.agreeing, 1);
  EXPECT_EQ(s.logged, 1);
  EXPECT_EQ(s.logged_agreeing, 0);
  EXPECT_EQ(s.over_99_on_both, 0);
  EXPECT_EQ(summary_of({TransferImage()}, {{}}).median_drop, std::nullopt);
}

TEST(ShareOf, ThereIsNoShareOfNothing) {
  EXPECT_EQ(share_of(1, 4), 0.25);
  EXPECT_EQ(share_of(0, 0), std::nullopt);
}

}  // namespace
}  // namespace fool
