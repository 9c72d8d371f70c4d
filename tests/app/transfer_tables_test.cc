#include "app/transfer_tables.h"

#include <gmock/gmock.h>

#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

ScoredSource scored(const std::vector<TransferScore>& scores) {
  ScoredSource result;
  result.images.resize(2);
  result.images[0].path = "a,b/0.png";
  result.images[0].confidence = 0.9999F;
  result.images[1].path = "a,b/1.png";
  result.images[1].target_class = 1;
  result.images[1].confidence = 0.75F;
  result.scores = scores;
  return result;
}

// Two images of one source on two networks.
TransferScores small() {
  TransferScores result;
  result.sources.resize(1);
  result.sources[0].name = "a,b";
  result.sources[0].model = "left";
  result.sources[0].images = 2;
  result.networks.resize(2);
  result.networks[0].name = "left";
  result.networks[0].spec.labels = {"zero", "one"};
  result.networks[1].name = "right";
  result.networks[1].fingerprint = {{"backend", "x"}};
  result.scored.push_back({scored({{0, 0.9999F, 0.9999F}, {1, 0.75F, 0.75F}})});
  result.scored.push_back({scored({{0, 0.5F, 0.5F}, {0, 0.875F, 0.125F}})});
  result.scored[1][0].resized = 2;
  return result;
}

TEST(TransferTables, ARowPerImageAndNetwork) {
  EXPECT_EQ(transfer_csv(small()),
            "source,source_model,image,target_class,evolved_confidence,network,top1,top1_name,"
            "top1_confidence,target_confidence,agrees\n"
            "\"a,b\",left,\"a,b/0.png\",0,0.9999,left,0,zero,0.9999,0.9999,yes\n"
            "\"a,b\",left,\"a,b/0.png\",0,0.9999,right,0,0,0.5,0.5,yes\n"
            "\"a,b\",left,\"a,b/1.png\",1,0.75,left,1,one,0.75,0.75,yes\n"
            "\"a,b\",left,\"a,b/1.png\",1,0.75,right,0,0,0.875,0.125,no\n");
}

TEST(TransferTables, ARowPerSourceAndNetwork) {
  EXPECT_EQ(
      matrix_csv(small()),
      "source,source_model,network,images,agreeing,agreement,over_99_on_both,"
      "share_over_99_on_both,share_over_99_on_both_of_agreeing,over_9999_on_both,"
      "share_over_9999_on_both,share_over_9999_on_both_of_agreeing,share_source_surer,"
      "share_source_surer_of_agreeing,median_evolved_confidence,median_confidence,median_drop,"
      "resized\n"
      "\"a,b\",left,left,2,2,1,1,0.5,0.5,1,0.5,0.5,0,0,0.87495,0.87495,0,0\n"
      "\"a,b\",left,right,2,1,0.5,0,0,0,0,0,0,1,1,0.87495,0.3125,0.56245,2\n");
}

TEST(TransferTables, ARowPerClass) {
  const CsvTable table(per_class_csv(small()), "per_class.csv");
  ASSERT_EQ(table.size(), 4U);
  EXPECT_EQ(table.at(1, table.column("target_name")), "one");
  EXPECT_EQ(table.at(3, table.column("network")), "right");
  EXPECT_EQ(table.at(3, table.column("target_class")), "1");
  EXPECT_EQ(table.at(3, table.column("agreement")), "0");
  EXPECT_EQ(table.at(3, table.column("share_over_99_on_both_of_agreeing")), "");
}

TEST(TransferTables, JsonHasTheSameAndHowItWasScored) {
  const Json json = matrix_json(small());
  EXPECT_EQ(json.at("matrix").at(1).at("agreement"), 0.5);
  EXPECT_EQ(json.at("matrix").at(1).at("resized"), 2);
  EXPECT_EQ(json.at("networks").at(1).at("fingerprint"), (Json{{"backend", "x"}}));
  EXPECT_EQ(json.at("sources").at(0).at("crops"), nullptr);
  EXPECT_THAT(json.at("rule").get<std::string>(), HasSubstr("resized"));
}

TEST(TransferTables, WhatIsNotKnownIsEmpty) {
  TransferScores result = small();
  for (auto& network : result.scored) {
    for (TransferImage& image : network[0].images) image.confidence.reset();
  }
  EXPECT_THAT(transfer_csv(result), HasSubstr("0.png\",0,,left"));
  EXPECT_THAT(matrix_csv(result), HasSubstr("\"a,b\",left,left,2,2,1,,,,,,,,,,0.87495,,0\n"));
  EXPECT_EQ(matrix_json(result).at("matrix").at(0).at("median_drop"), nullptr);
  EXPECT_THAT(matrix_text(result), HasSubstr("-"));
}

TEST(TransferTables, TheTableForTheTerminalIsAligned) {
  const std::string text = matrix_text(small());
  EXPECT_THAT(text, HasSubstr("source  made for  network     images      agree"));
  EXPECT_THAT(text, HasSubstr("a,b     left      right            2     50.0 %"));
}

TEST(TransferTables, SourcesOfOneNetworkCanBeTakenTogether) {
  TransferScores result = small();
  const auto add = [&](const std::string& name, const std::string& model) {
    result.sources.push_back(result.sources[0]);
    result.sources.back().name = name;
    result.sources.back().model = model;
    for (auto& network : result.scored) network.push_back(network[0]);
  };
  add("c", "");
  add("d", "left");
  add("e", "right");
  add("f", "");
  const TransferScores together = by_network(result);
  ASSERT_EQ(together.sources.size(), 4U);
  EXPECT_EQ(together.sources[0].name, "left");
  EXPECT_EQ(together.sources[0].images, 4);
  EXPECT_EQ(together.sources[1].name, "c");
  EXPECT_EQ(together.sources[2].name, "e");
  EXPECT_EQ(together.sources[3].name, "f");
  EXPECT_EQ(together.scored[1][0].images.size(), 4U);
  EXPECT_EQ(together.scored[1][0].scores.size(), 4U);
  EXPECT_EQ(together.scored[1][0].resized, 4);
  EXPECT_THAT(matrix_csv(together), HasSubstr("left,left,right,4,2,0.5,"));
}

TEST(TransferTables, AllFilesAreWritten) {
  const ScratchFolder folder;
  write_transfer(small(), small(), folder.path());
  for (const char* name : {"transfer.csv", "matrix.csv", "per_class.csv", "matrix.json"}) {
    EXPECT_FALSE(read_file(folder / name).empty()) << name;
  }
  EXPECT_EQ(read_png(folder / "matrix.png").image.shape(), matrix_picture(small()).shape());
}

}  // namespace
}  // namespace fool
