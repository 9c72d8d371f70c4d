// Tests of the reporter "images".
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "report/fake_run.h"

namespace fool {
namespace {

std::map<std::string, std::string> contents(const TemporaryFolder& folder) {
  std::map<std::string, std::string> result;
  for (const std::string& name : file_names(folder / "images")) {
    result[name] = read_file(folder / "images" / name);
  }
  return result;
}

TEST(Images, ShowTheChampionsWithAllThatIsKnown) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("images"), folder, 10);
  EXPECT_EQ(file_names(folder / "images"),
            (std::vector<std::string>{"0000_label_0.png", "0001_label_1.png", "0002_label_2.png"}));
  for (int k = 0; k < 3; ++k) {
    const Elite& elite = *run.archive.cell(k);
    const Png png =
        read_png(folder / "images" / image_file_name(k, run.labels[static_cast<std::size_t>(k)]));
    ImageBatch expected(1, run.encoding.shape());
    run.encoding.render(*elite.item->genome, expected[0]);
    EXPECT_TRUE(std::equal(png.image.bytes().begin(), png.image.bytes().end(),
                           expected.bytes().begin(), expected.bytes().end()));
    const ImageRecord record = to_image_record(png.text, "x");
    EXPECT_EQ(record.class_index, k);
    EXPECT_EQ(record.label, run.labels[static_cast<std::size_t>(k)]);
    EXPECT_EQ(record.confidence, elite.confidence);
    EXPECT_EQ(record.item, elite.item->id);
    EXPECT_EQ(record.generation, elite.item->generation);
    EXPECT_EQ(record.parents, elite.item->parents);
    EXPECT_EQ(record.encoding, run.config["encoding"]);
    EXPECT_EQ(record.genome, run.encoding.to_json(*elite.item->genome));
  }
}

TEST(Images, OnlyChangedOnesAreWrittenAgain) {
  const TemporaryFolder folder;
  FakeRun run(8);
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("images", {{"every", 1}});
  reporter->begin(info);
  run.play(2, reporter.get(), &info);
  std::vector<ItemId> before;
  for (int k = 0; k < 8; ++k) before.push_back(run.archive.cell(k)->item->id);
  for (const std::string& name : file_names(folder / "images"))
    write_file(folder / "images" / name, "seen");
  run.play(4, reporter.get(), &info);
  int changed = 0;
  for (int k = 0; k < 8; ++k) {
    const auto path =
        folder / "images" / image_file_name(k, info.labels[static_cast<std::size_t>(k)]);
    const bool same = run.archive.cell(k)->item->id == before[static_cast<std::size_t>(k)];
    changed += same ? 0 : 1;
    EXPECT_EQ(read_file(path) == "seen", same) << k;
  }
  EXPECT_GT(changed, 0);
  EXPECT_LT(changed, 8);
}

TEST(Images, WithoutIntervalTheyComeInTheEnd) {
  const TemporaryFolder folder;
  FakeRun run;
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("images");
  reporter->begin(info);
  run.play(6, reporter.get(), &info);
  EXPECT_TRUE(contents(folder).empty());
  reporter->end(info, run.summary(true));
  EXPECT_EQ(contents(folder).size(), 3U);
}

TEST(Images, AResumedRunHasNoStaleImageAndTheSameEnd) {
  const TemporaryFolder folder;
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("images", {{"every", 1}}), folder, 10);
  FakeRun resumed = FakeRun::resumed(2);
  const auto reporter = FakeRun::make("images");
  reporter->begin(resumed.info(folder));
  for (const auto& [name, bytes] : contents(folder)) {
    const ImageRecord record = to_image_record(decode_png(bytes, name).text, name);
    EXPECT_EQ(record.item, resumed.archive.cell(record.class_index)->item->id);
  }
  resumed.report(*reporter, folder, 10);
  const TemporaryFolder other;
  FakeRun whole;
  whole.report(*FakeRun::make("images"), other, 10);
  EXPECT_EQ(contents(folder), contents(other));
}

TEST(Images, AFreshRunRemovesWhatItWillWriteAndNothingElse) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "images");
  write_file(folder / "images/0001_label_1.png", "not an image");
  write_file(folder / "images/holiday.png", "keep me");
  FakeRun run;
  FakeRun::make("images")->begin(run.info(folder));
  EXPECT_EQ(file_names(folder / "images"), (std::vector<std::string>{"holiday.png"}));
}

TEST(Images, AFullDiskLeavesNoPartOfAnImage) {
  const TemporaryFolder folder;
  FakeRun run;
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("images");
  reporter->begin(info);
  run.play(3, reporter.get(), &info);
  {
    const FullDisk disk(100);
    expect_error(ErrorKind::kIo, "cannot write " + (folder / "images").string(),
                 [&] { reporter->end(info, run.summary()); });
  }
  EXPECT_TRUE(contents(folder).empty());
  reporter->end(info, run.summary());
  EXPECT_EQ(contents(folder).size(), 3U);
}

TEST(Images, AnUnwritablePlaceIsFoundInTheBeginning) {
  const TemporaryFolder folder;
  write_file(folder / "images", "a file");
  FakeRun run;
  expect_error(ErrorKind::kIo, (folder / "images").string(),
               [&] { FakeRun::make("images")->begin(run.info(folder)); });
}

}  // namespace
}  // namespace fool
