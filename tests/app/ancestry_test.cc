#include "app/ancestry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "app/saved_images.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

std::string line(int id, int generation, const std::string& parents, const std::string& cells,
                 const std::string& confidences) {
  return fmt::format(R"({{"id":{},"generation":{},"parents":[{}],"cells":[{}],"confidence":[{}]}})",
                     id, generation, parents, cells, confidences) +
         "\n";
}

// Item 0 takes all cells; its child 5 takes cell 1 (its parent held it), 9 takes cell 2 as a child
// of 5 (which did not hold it), 12 takes cell 2 as a child of 9 and 0.
std::string small_run() {
  return line(0, -1, "", "0,1,2", "0.1,0.2,0.3") + line(5, 0, "0", "1", "0.5") +
         line(9, 1, "5", "2", "0.6") + line(12, 2, "0,9", "2", "0.7");
}

TEST(Ancestry, KnowsWhoHeldTheCells) {
  const ScratchFolder scratch;
  write_file(scratch / "lineage.jsonl", small_run());
  const Ancestry ancestry(scratch.path());
  EXPECT_EQ(ancestry.classes(), 3);
  EXPECT_EQ(ancestry.last_generation(), 2);
  EXPECT_EQ(ancestry.holders(-1)[2]->item, 0U);
  EXPECT_EQ(ancestry.holders(1)[2]->item, 9U);
  EXPECT_EQ(ancestry.holders(2)[2]->confidence, 0.7F);
  EXPECT_EQ(ancestry.holder_before(-1, 1), std::nullopt);
  EXPECT_EQ(ancestry.holder_before(0, 1), 0U);
  EXPECT_EQ(ancestry.holder_before(1, 1), 5U);
}

TEST(Ancestry, CountsGoalSwitches) {
  const ScratchFolder scratch;
  write_file(scratch / "lineage.jsonl", small_run());
  const std::vector<SwitchCounts> counts = Ancestry(scratch.path()).switches();
  EXPECT_EQ(counts[0].same_class + counts[0].other_class, 0U);
  EXPECT_EQ(counts[1].same_class, 1U);
  EXPECT_EQ(counts[1].other_class, 0U);
  EXPECT_EQ(counts[2].same_class, 1U);
  EXPECT_EQ(counts[2].other_class, 1U);
  EXPECT_EQ(counts[2].share_of_switches(), 0.5);
  EXPECT_EQ(counts[0].share_of_switches(), 0);
}

TEST(Ancestry, OfTwoParentsTheLineFollowsTheOneOfTheClass) {
  const ScratchFolder scratch;
  write_file(scratch / "lineage.jsonl", line(0, -1, "", "0", "0.1") + line(1, -1, "", "1", "0.1") +
                                            line(2, 0, "0,1", "1", "0.2"));
  const Ancestry ancestry(scratch.path());
  EXPECT_EQ(ancestry.line(2, 1), (std::vector<ItemId>{1, 2}));
  EXPECT_EQ(ancestry.line(2, 7), (std::vector<ItemId>{0, 2}));
}

TEST(Ancestry, DamageIsAnErrorThatNamesTheLine) {
  const ScratchFolder scratch;
  const auto expect = [&](const std::string& text, const std::string& message) {
    write_file(scratch / "lineage.jsonl", text);
    EXPECT_THAT(error_message(ErrorKind::kData, [&] { Ancestry ancestry(scratch.path()); }),
                HasSubstr(message));
  };
  expect(small_run() + "{]\n", "line 5: expected an item that entered a cell");
  expect(small_run() + line(3, 2, "", "0", "0.1"), "line 5: expected ids that ascend");
  expect(line(0, -1, "", "0,1", "0.1"), "line 1: expected ids that ascend and as many confidences");
  write_file(scratch / "lineage.jsonl", line(4, 0, "1", "0", "0.1"));
  const Ancestry orphan(scratch.path());
  EXPECT_EQ(Ancestry(scratch.path(), Ancestry::Gaps::kExpected).line(4, 0), std::vector<ItemId>{4});
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { orphan.line(4, 0); }),
              HasSubstr("item 1 is not there"));
  write_file(scratch / "lineage.jsonl", small_run() + R"({"id":13)");  // killed while writing
  EXPECT_EQ(Ancestry(scratch.path()).items().size(), 4U);
}

std::string evolve(const ScratchFolder& scratch, const std::vector<std::string>& more) {
  const std::string run = (scratch / "run").string();
  std::vector<std::string> arguments{"evolve",
                                     "--model",
                                     write_fake_card(scratch.path(), fake_card(5, 8)),
                                     "--out",
                                     run,
                                     "--generations",
                                     "12",
                                     "--progress",
                                     "off",
                                     "--set",
                                     "report.console.summary=off"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const InProcess result = run_program(arguments);
  EXPECT_EQ(result.code, 0) << result.err;
  return run;
}

// Every champion that a run saved, made again from its ancestors.
void expect_champions_again(const std::string& run) {
  const Ancestry ancestry(run);
  const GenomeReplay replay = replay_of(run, ancestry);
  std::map<ItemId, ImageRecord> champions;
  for (const SavedImage& image : saved_images(run)) {
    const ImageRecord record = to_image_record(read_png_text(image.file), image.file.string());
    champions[record.item] = record;
  }
  std::vector<ItemId> wanted;
  for (const auto& [id, record] : champions) wanted.push_back(id);
  const std::map<ItemId, GenomePtr> genomes = replay.genomes(wanted);
  EXPECT_EQ(genomes.size(), wanted.size());
  const Encoding& encoding = replay.encoding();
  for (const auto& [id, record] : champions) {
    EXPECT_EQ(encoding.encode(*genomes.at(id)),
              encoding.encode(*encoding.from_json(record.genome)));
  }
}

TEST(GenomeReplay, MakesChampionsOfOneParentAgain) {
  const ScratchFolder scratch;
  expect_champions_again(evolve(scratch, {"--init-size", "7", "--batch-size", "20"}));
}

TEST(GenomeReplay, MakesChampionsOfTwoParentsAgain) {
  const ScratchFolder scratch;
  expect_champions_again(evolve(scratch, {"--encoding", "direct", "--preset", "released-code",
                                          "--init-size", "7", "--batch-size", "20"}));
}

TEST(GenomeReplay, MakesRandomItemsAgain) {
  const ScratchFolder scratch;
  expect_champions_again(evolve(scratch, {"--search", "random"}));
}

TEST(GenomeReplay, RefusesWhatIsNotMadeOfParentsAloneOrHasChanged) {
  const ScratchFolder scratch;
  const std::string run = evolve(scratch, {"--init-size", "7", "--batch-size", "20"});
  const Ancestry ancestry(run);
  RunRecord record = read_run_record(run);
  record.config["search"]["type"] = "memetic";
  const ImageShape shape{8, 8, 3};
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { GenomeReplay(record, ancestry, shape); }),
              HasSubstr("a run of memetic cannot be drawn again"));

  std::string text = read_file(std::filesystem::path(run) / "run.json");
  text.replace(text.find("\"seed\": 1"), 9, "\"seed\": 2");
  std::size_t second = text.find("\"seed\": 1");
  if (second != std::string::npos) text.replace(second, 9, "\"seed\": 2");
  write_file(std::filesystem::path(run) / "run.json", text);
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { replay_of(run, ancestry); }),
              HasSubstr("another version of fool, or lineage.jsonl changed"));
}

}  // namespace
}  // namespace fool
