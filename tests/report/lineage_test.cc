// Tests of the reporter "lineage".
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "fool/core/files.h"
#include "report/fake_run.h"

namespace fool {
namespace {

std::vector<Json> lines(const TemporaryFolder& folder) {
  std::istringstream text(read_file(folder / "lineage.jsonl"));
  std::vector<Json> result;
  for (std::string line; std::getline(text, line);) result.push_back(Json::parse(line));
  return result;
}

TEST(Lineage, FirstItemTakesAllCells) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("lineage"), folder, kInitialGeneration);
  EXPECT_EQ(lines(folder).at(0), (Json{{"id", 0},
                                       {"generation", -1},
                                       {"parents", Json::array()},
                                       {"cells", {0, 1, 2}},
                                       {"confidence", FakeRun::confidences(0, 3)}}));
}

// Replaying the lines gives the archive: nothing is missing, nothing is there twice.
TEST(Lineage, LinesReplayTheArchive) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("lineage"), folder, 10);
  std::map<int, Json> holder;
  std::uint64_t replacements = 0;
  ItemId previous = 0;
  for (const Json& line : lines(folder)) {
    const ItemId id = line.at("id");
    EXPECT_TRUE(id > previous || id == 0);
    previous = id;
    EXPECT_EQ(line.at("generation"), static_cast<int>(id / FakeSearch::kItems) - 1);
    EXPECT_EQ(line.at("parents"), id < FakeSearch::kItems ? Json::array() : Json({id / 2, id / 3}));
    ASSERT_EQ(line.at("cells").size(), line.at("confidence").size());
    ASSERT_FALSE(line.at("cells").empty());
    for (std::size_t i = 0; i < line.at("cells").size(); ++i) {
      holder[line["cells"][i]] = {id, line["confidence"][i]};
      ++replacements;
    }
  }
  EXPECT_EQ(replacements, run.archive.stats().replacements);
  for (int k = 0; k < 3; ++k) {
    EXPECT_EQ(holder[k], (Json{run.archive.cell(k)->item->id, run.archive.cell(k)->confidence}));
  }
}

TEST(Lineage, AResumedRunHasTheSameFile) {
  const TemporaryFolder folder;
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("lineage"), folder, 7);
  FakeRun resumed = FakeRun::resumed(4);
  resumed.report(*FakeRun::make("lineage"), folder, 10);
  const TemporaryFolder other;
  FakeRun whole;
  whole.report(*FakeRun::make("lineage"), other, 10);
  EXPECT_EQ(read_file(folder / "lineage.jsonl"), read_file(other / "lineage.jsonl"));
}

}  // namespace
}  // namespace fool
