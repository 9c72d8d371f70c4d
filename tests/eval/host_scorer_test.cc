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

TEST(HostScorer, ShapesMustAgree) {
  const fakes::CountingEncoding encoding({2, 2, 1});
  const fakes::PixelClassifier classifier({28, 28, 1});
  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] { make_host_scorers(encoding, "reference", classifier, 4, 1); }),
              ::testing::HasSubstr("draws 2 x 2 x 1 images, but pixel takes 28 x 28 x 1"));
}

}  // namespace
}  // namespace fool
