// Tests of the reporter "classes".
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "report/fake_run.h"

namespace fool {
namespace {

constexpr const char* kHeader =
    "class,label,confidence,generation,evaluation,evaluations_to_50,evaluations_to_90,evaluations_"
    "to_99,"
    "replacements,item,parents,genome_sha256,image\n";

TEST(Classes, ALineAClass) {
  const TemporaryFolder folder;
  FakeRun run(2);
  run.labels = {"plain", "sulphur, or \"yellow\" rock"};
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("classes");
  reporter->begin(info);
  const auto item = [](ItemId id, int generation, std::vector<ItemId> parents) {
    return std::make_shared<const Item>(
        Item{id, generation, std::make_shared<fakes::NumberGenome>(id), std::move(parents)});
  };
  const std::vector<ItemPtr> items{item(0, -1, {}), item(1, -1, {}), item(2, 0, {1, 0})};
  run.archive.add(items, std::vector<float>{0.6F, 0.1F, 0.99F, 0.2F, 0.98F, 0.3F});
  reporter->end(info, run.summary());
  EXPECT_EQ(read_file(folder / "classes.csv"),
            std::string(kHeader) + "0,plain,0.99,-1,2,1,2,2,2,1,," + sha256_hex("1") +
                ",images/0000_plain.png\n"
                "1,\"sulphur, or \"\"yellow\"\" rock\",0.3,0,3,,,,3,2,1 0," +
                sha256_hex("2") + ",images/0001_sulphur_or_yellow_rock.png\n");
}

TEST(Classes, AnEmptyCellHasALine) {
  const TemporaryFolder folder;
  FakeRun run(1);
  run.report(*FakeRun::make("classes"), folder, kInitialGeneration - 1, true);
  EXPECT_EQ(read_file(folder / "classes.csv"), std::string(kHeader) + "0,label 0,,,,,,,0,,,,\n");
}

TEST(Classes, WrittenEveryFewGenerations) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report_and_die(*FakeRun::make("classes", {{"every", 4}}), folder, 6);
  FakeRun other = FakeRun::resumed(4);
  const TemporaryFolder expected;
  FakeRun::make("classes")->begin(other.info(expected));
  EXPECT_EQ(read_file(folder / "classes.csv"), read_file(expected / "classes.csv"));
}

TEST(Classes, ResumingShowsTheCheckpointAndTheEndIsTheSame) {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("classes", {{"every", 1}}), folder, 7);
  FakeRun resumed = FakeRun::resumed(4);
  FakeRun whole;
  whole.report(*FakeRun::make("classes"), other, 4);
  const auto reporter = FakeRun::make("classes");
  reporter->begin(resumed.info(folder));
  EXPECT_EQ(read_file(folder / "classes.csv"), read_file(other / "classes.csv"));
  resumed.report(*reporter, folder, 10);
  FakeRun again;
  again.report(*FakeRun::make("classes"), other, 10);
  EXPECT_EQ(read_file(folder / "classes.csv"), read_file(other / "classes.csv"));
}

TEST(Classes, AFullDiskKeepsTheFileThatIsThere) {
  const TemporaryFolder folder;
  FakeRun run;
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("classes");
  reporter->begin(info);
  const std::string before = read_file(folder / "classes.csv");
  run.play(3, reporter.get(), &info);
  const FullDisk disk(200);
  expect_error(ErrorKind::kIo, "cannot write " + (folder / "classes.csv").string(),
               [&] { reporter->end(info, run.summary()); });
  EXPECT_EQ(read_file(folder / "classes.csv"), before);
  EXPECT_EQ(file_names(folder.path()), (std::vector<std::string>{"classes.csv"}));
}

}  // namespace
}  // namespace fool
