#include "fool/report/image_record.h"

#include <gtest/gtest.h>

#include <limits>

#include "fool/core/version.h"
#include "report/support.h"

namespace fool {
namespace {

ImageRecord record() {
  ImageRecord record;
  record.class_index = 42;
  record.label = "agama";
  record.confidence = 0.123456789F;
  record.item = std::numeric_limits<ItemId>::max();
  record.generation = -1;
  record.parents = {3, 17};
  record.encoding = {{"type", "cppn"}, {"preset", "default"}};
  record.genome = {{"nodes", {1, 2, 3}}};
  return record;
}

TEST(ImageRecord, RoundTrip) {
  for (const float confidence : {0.0F, 1.0F, 0.99999994F, 1e-30F, 0.1F, 1.1754944e-38F}) {
    for (const std::vector<ItemId>& parents : {std::vector<ItemId>{}, {5}, {3, 17}}) {
      ImageRecord original = record();
      original.confidence = confidence;
      original.parents = parents;
      const ImageRecord read = to_image_record(to_text(original), "x.png");
      EXPECT_EQ(read.class_index, original.class_index);
      EXPECT_EQ(read.label, original.label);
      EXPECT_EQ(read.confidence, original.confidence);
      EXPECT_EQ(read.item, original.item);
      EXPECT_EQ(read.generation, original.generation);
      EXPECT_EQ(read.parents, original.parents);
      EXPECT_EQ(read.encoding, original.encoding);
      EXPECT_EQ(read.genome, original.genome);
    }
  }
}

TEST(ImageRecord, NamesItsMaker) {
  EXPECT_EQ(to_text(record()).at("Software"), std::string("fool ") + kVersion);
}

TEST(ImageRecord, EveryMissingTextIsNamed) {
  for (const auto& [keyword, value] : to_text(record())) {
    if (keyword == "Software") continue;
    PngText text = to_text(record());
    text.erase(keyword);
    expect_error(ErrorKind::kData,
                 "x.png was not made by fool evolve: it has no text \"" + keyword + "\"",
                 [&] { to_image_record(text, "x.png"); });
  }
}

TEST(ImageRecord, EveryDamagedTextIsNamed) {
  for (const char* keyword :
       {"class", "confidence", "item", "generation", "parents", "encoding", "genome"}) {
    PngText text = to_text(record());
    text[keyword] += "x";
    expect_error(ErrorKind::kData, "x.png: its text \"" + std::string(keyword) + "\" is damaged: ",
                 [&] { to_image_record(text, "x.png"); });
  }
}

TEST(ImageClaim, IsInTheTextOfEveryImage) {
  const ImageClaim of_record = to_image_claim(to_text(record()), "x.png");
  EXPECT_EQ(of_record.class_index, 42);
  EXPECT_EQ(of_record.label, "agama");
  EXPECT_EQ(of_record.confidence, 0.123456789F);
  EXPECT_FALSE(of_record.scoring.has_value());
  const ImageClaim claim{3, "x, y", 0.5F, Json{{"model", "lenet-mnist"}}};
  const ImageClaim read = to_image_claim(to_text(claim), "x.png");
  EXPECT_EQ(read.class_index, 3);
  EXPECT_EQ(read.label, "x, y");
  EXPECT_EQ(read.confidence, 0.5F);
  EXPECT_EQ(read.scoring.value(), claim.scoring.value());
  EXPECT_EQ(to_text(claim).at("Software"), std::string("fool ") + kVersion);
}

TEST(ImageClaim, DamagedOrMissingTextIsNamed) {
  const PngText whole = to_text(ImageClaim{3, "x", 0.5F, Json::object()});
  for (const char* keyword : {"class", "confidence", "scoring"}) {
    PngText text = whole;
    text[keyword] += "x";
    expect_error(ErrorKind::kData, "x.png: its text \"" + std::string(keyword) + "\" is damaged: ",
                 [&] { to_image_claim(text, "x.png"); });
  }
  PngText text = whole;
  text.erase("class");
  expect_error(ErrorKind::kData, "it has no text \"class\"",
               [&] { to_image_claim(text, "x.png"); });
}

TEST(ImageFileName, HoldsClassAndLabel) {
  EXPECT_EQ(image_file_name(42, "agama"), "0042_agama.png");
  EXPECT_EQ(image_file_name(2, "great white shark"), "0002_great_white_shark.png");
  EXPECT_EQ(image_file_name(7, "7"), "0007_7.png");
  EXPECT_EQ(image_file_name(7, "///"), "0007.png");
  EXPECT_EQ(image_file_name(12345, "x"), "12345_x.png");
}

}  // namespace
}  // namespace fool
