#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/counting_encoding.h"
#include "fakes/expect_error.h"
#include "fakes/pixel_classifier.h"
#include "fool/core/error.h"
#include "fool/eval/block_scorer.h"

namespace fool {
namespace {

TEST(HostScorer, DrawsAndScoresABlock) {
  const ImageShape shape{2, 2, 1};
  const fakes::CountingEncoding encoding(shape);
  const fakes::PixelClassifier classifier(shape);
  const BlockScorers scorers = make_host_scorers(encoding, "reference", classifier, 3, 2);
  ASSERT_EQ(scorers.size(), 2U);
  std::vector<GenomePtr> genomes;
  for (const std::uint64_t number : {7U, 5U, 255U})
    genomes.push_back(std::make_shared<fakes::NumberGenome>(number));
  std::vector<float> confidences(6);
  scorers[1]->score(genomes, confidences);
  EXPECT_EQ(confidences[1], 7.0F / 255.0F);
  EXPECT_EQ(confidences[3], 5.0F / 255.0F);
  EXPECT_EQ(confidences[5], 1.0F);
  EXPECT_EQ(scorers[1]->renderer_name(), "reference");
}

// A window of one pixel, the fifth: a number's fifth byte.
TEST(HostScorer, DrawsAndCutsWhatIsSeen) {
  const ImageShape canvas{3, 3, 1};
  const fakes::CountingEncoding encoding(canvas);
  const fakes::PixelClassifier classifier({1, 1, 1});
  const BlockScorers scorers =
      make_host_scorers(encoding, "reference", classifier, 2, 1, Frame::centre(canvas, {1, 1, 1}));
  const std::vector<GenomePtr> genomes{
      std::make_shared<fakes::NumberGenome>(std::uint64_t{51} << 32),
      std::make_shared<fakes::NumberGenome>(std::uint64_t{102} << 32)};
  std::vector<float> confidences(4);
  scorers[0]->score(genomes, confidences);
  EXPECT_EQ(confidences[1], 51.0F / 255.0F);
  EXPECT_EQ(confidences[3], 102.0F / 255.0F);

  ImageBatch images(2, canvas);
  images[0].data[4] = 204;
  images[1].data[4] = 153;
  scorers[0]->score_images(images, confidences);
  EXPECT_EQ(confidences[1], 204.0F / 255.0F);
  EXPECT_EQ(confidences[3], 153.0F / 255.0F);
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] { scorers[0]->score_images(ImageBatch(1, canvas), confidences); }),
              ::testing::HasSubstr("1 images of 3 x 3 are no block of 2 of 3 x 3"));
}

TEST(HostScorer, ShapesMustAgree) {
  const fakes::CountingEncoding encoding({2, 2, 1});
  const fakes::PixelClassifier classifier({28, 28, 1});
  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] { make_host_scorers(encoding, "reference", classifier, 4, 1); }),
              ::testing::HasSubstr("draws 2 x 2 x 1 images, but pixel takes 28 x 28 x 1"));
}

}  // namespace
}  // namespace fool
