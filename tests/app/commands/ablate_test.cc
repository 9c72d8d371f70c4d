#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class AblateCommandTest : public ::testing::Test {
 protected:
  AblateCommandTest() {
    const InProcess result = run_program(
        {"evolve", "--model", write_fake_card(scratch_.path(), fake_card(30, 32)), "--out",
         path("run"), "--generations", "10", "--batch-size", "20", "--init-size", "20",
         "--progress", "off", "--set", "report.console.summary=off"});
    EXPECT_EQ(result.code, 0) << result.err;
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  ScratchFolder scratch_;
};

TEST_F(AblateCommandTest, ScoresImagesWithFewerAndFewerCopies) {
  const InProcess result = run_program({"ablate", path("run"), "--out", path("out"),
                                        "--least-copies", "2", "--json", "--progress", "off"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["images"], 30);
  ASSERT_GT(json["repetitive"], 0);
  const CsvTable table(read_file(path("out/ablation.csv")), "ablation.csv");
  const CsvTable classes(read_file(path("run/classes.csv")), "classes.csv");
  std::set<std::string> seen;
  for (std::size_t row = 0; row < table.size(); ++row) {
    EXPECT_TRUE(std::filesystem::exists(scratch_ / "out" / table.at(row, table.column("image"))));
    if (table.integer_at(row, table.column("removed")) != 0) continue;
    // Nothing is removed yet: the logged confidence.
    const int k = table.integer_at(row, table.column("class"));
    EXPECT_NEAR(std::stod(table.at(row, table.column("confidence"))),
                std::stod(classes.at(static_cast<std::size_t>(k), classes.column("confidence"))),
                1e-5);
    seen.insert(std::to_string(k));
  }
  EXPECT_EQ(seen.size(), json["repetitive"].get<std::size_t>());
  EXPECT_EQ(read_png(path("out/ablation.png")).image.shape().channels, 3);
  // What is saved is what was scored.
  const std::string image = path("out/" + table.at(0, table.column("image")));
  EXPECT_EQ(run_program({"verify", image, "--progress", "off"}).code, 0);
}

TEST_F(AblateCommandTest, MistakesAreTold) {
  EXPECT_THAT(run_program({"ablate", path("run"), "--out", path("out"), "--least-confidence", "1",
                           "--progress", "off"})
                  .err,
              HasSubstr("no image is of these classes with a confidence of 1 or more"));
  std::filesystem::create_directories(path("full"));
  write_file(path("full/ablation.csv"), "");
  EXPECT_THAT(run_program({"ablate", path("run"), "--out", path("full")}).err,
              HasSubstr("holds results already"));
  EXPECT_THAT(run_program({"ablate", path("none"), "--out", path("x")}).err, HasSubstr("none"));
}

}  // namespace
}  // namespace fool
