#include <gmock/gmock.h>

#include <filesystem>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class TransferCommandTest : public ::testing::Test {
 protected:
  std::string card(const std::string& name, int size = 16, int classes = 12, int seed = 0) const {
    return write_fake_card(scratch_.path(), fake_card(classes, size, {{"seed", seed}}, name));
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  // A run of 12 images.
  void evolve(const std::string& out, const std::string& model,
              const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"evolve",      "--model",      model,
                                       "--out",       path(out),      "--generations",
                                       "1",           "--batch-size", "10",
                                       "--init-size", "10",           "--progress",
                                       "off",         "--set",        "report.console.summary=off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const InProcess result = run_program(arguments);
    ASSERT_EQ(result.code, 0) << result.err;
  }

  InProcess transfer(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"transfer", "--progress", "off", "--out", path("t")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_program(all);
  }

  CsvTable table(const std::string& name) const {
    return CsvTable(read_file(scratch_ / "t" / name), name);
  }

  ScratchFolder scratch_;
};

TEST_F(TransferCommandTest, ANetworkAgreesWithItself) {
  evolve("run", card("a"));
  const InProcess result =
      transfer({path("run"), "--model", card("a") + "," + card("b", 16, 12, 9)});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("made for"));
  const CsvTable rows = table("transfer.csv");
  ASSERT_EQ(rows.size(), 24U);
  for (std::size_t row = 0; row < rows.size(); row += 2) {
    EXPECT_EQ(rows.at(row, rows.column("network")), "a");
    EXPECT_EQ(rows.at(row, rows.column("source_model")), "a");
    EXPECT_EQ(rows.at(row, rows.column("target_confidence")),
              rows.at(row, rows.column("evolved_confidence")));
  }
  const CsvTable matrix = table("matrix.csv");
  ASSERT_EQ(matrix.size(), 2U);
  EXPECT_EQ(matrix.at(0, matrix.column("median_drop")), "0");
  EXPECT_EQ(matrix.at(1, matrix.column("images")), "12");
  EXPECT_EQ(table("per_class.csv").size(), 24U);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "t" / "matrix.png"));
}

TEST_F(TransferCommandTest, WithoutModelsItIsTheSourcesOwn) {
  evolve("x", card("a"));
  evolve("y", card("b", 16, 12, 9));
  const InProcess result = transfer({path("x"), path("y"), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json.at("matrix").size(), 4U);
  EXPECT_EQ(json.at("networks").at(1).at("network"), "b");
  EXPECT_EQ(json.at("matrix").at(2).at("source_model"), "b");
}

TEST_F(TransferCommandTest, RunsOfOneNetworkCanBeTakenTogether) {
  evolve("x", card("a"));
  evolve("y", card("a"), {"--seed", "2"});
  const InProcess result = transfer({path("x"), path("y"), "--by-network"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(table("transfer.csv").size(), 24U);
  const CsvTable matrix = table("matrix.csv");
  ASSERT_EQ(matrix.size(), 1U);
  EXPECT_EQ(matrix.at(0, matrix.column("source")), "a");
  EXPECT_EQ(matrix.at(0, matrix.column("images")), "24");
}

TEST_F(TransferCommandTest, SaysWhichImagesWereResized) {
  evolve("run", card("a"));
  const InProcess result = transfer({path("run"), "--model", card("large", 20)});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("12 of the 12 images of " + path("run") + " were resized for large"));
  const CsvTable matrix = table("matrix.csv");
  EXPECT_EQ(matrix.at(0, matrix.column("resized")), "12");
}

TEST_F(TransferCommandTest, ARunOfCropsIsScoredByCrops) {
  evolve("run", card("a"), {"--crops", "10", "--image-size", "20"});
  const InProcess result = transfer({path("run"), "--model", card("a") + "," + card("b", 18)});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");  // nothing was resized
  const CsvTable rows = table("transfer.csv");
  for (std::size_t row = 0; row < rows.size(); row += 2) {
    EXPECT_EQ(rows.at(row, rows.column("target_confidence")),
              rows.at(row, rows.column("evolved_confidence")));
  }
}

TEST_F(TransferCommandTest, NetworksOfOneNameGoByWhatTheyWereAskedFor) {
  const std::string a = card("same");
  std::filesystem::create_directory(scratch_ / "other");
  const std::string b =
      write_fake_card(scratch_ / "other", fake_card(12, 16, {{"seed", 3}}, "same"));
  evolve("run", a);
  ASSERT_EQ(transfer({path("run"), "--model", a + "," + b}).code, 0);
  const CsvTable matrix = table("matrix.csv");
  EXPECT_EQ(matrix.at(0, matrix.column("network")), a);
  EXPECT_EQ(matrix.at(1, matrix.column("network")), b);
}

TEST_F(TransferCommandTest, LabelledPicturesHaveNoConfidenceOfTheirOwn) {
  for (const char* folder : {"0", "1"}) {
    std::filesystem::create_directories(scratch_ / "pictures" / folder);
    write_png(scratch_ / "pictures" / folder / "x.png", ImageBatch(1, {16, 16, 3})[0]);
  }
  const InProcess result = transfer({path("pictures"), "--model", card("two", 16, 2)});
  ASSERT_EQ(result.code, 0) << result.err;
  const CsvTable matrix = table("matrix.csv");
  EXPECT_EQ(matrix.at(0, matrix.column("source_model")), "");
  EXPECT_EQ(matrix.at(0, matrix.column("agreeing")), "1");
  EXPECT_EQ(matrix.at(0, matrix.column("median_drop")), "");
  const InProcess unnamed = transfer({path("pictures")});
  EXPECT_EQ(unnamed.code, 2);
  EXPECT_THAT(unnamed.err, HasSubstr("--model: pictures in folders do not say which networks"));
}

TEST_F(TransferCommandTest, RefusesWhatDoesNotGoTogether) {
  evolve("run", card("a"));
  const InProcess classes = transfer({path("run"), "--model", card("a") + "," + card("b", 16, 5)});
  EXPECT_EQ(classes.code, 2);
  EXPECT_THAT(classes.err, HasSubstr("a has 12 classes and b has 5"));
  const InProcess other = transfer({path("run"), "--model", card("b", 16, 5)});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err,
              HasSubstr("its images were made for a, which has 12 classes, and b has 5"));
  const InProcess twice = transfer({path("run"), path("run")});
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, HasSubstr("is named twice"));
  EXPECT_EQ(transfer({path("nothing"), "--model", card("a")}).code, 5);
  EXPECT_EQ(transfer({path("run"), "--device", "gpu"}).code, 3);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "t" / "transfer.csv"));
}

}  // namespace
}  // namespace fool
