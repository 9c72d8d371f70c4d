// Tests of the reporter "contact_sheet".
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "fool/report/png.h"
#include "report/fake_run.h"

namespace fool {
namespace {

TEST(ContactSheetReporter, HoldsEveryChampion) {
  const TemporaryFolder folder;
  FakeRun run(10, {1, 1, 1});
  run.report(*FakeRun::make("contact_sheet"), folder, 10);
  const Png sheet = read_png(folder / "contact_sheet.png");
  std::vector<int> found(256);
  for (std::size_t i = 0; i < sheet.image.bytes().size(); i += 3) ++found[sheet.image.bytes()[i]];
  for (int k = 0; k < 10; ++k) {
    ImageBatch image(1, run.encoding.shape());
    run.encoding.render(*run.archive.cell(k)->item->genome, image[0]);
    EXPECT_GE(found[image.bytes()[0]], 140 * 140);
  }
}

TEST(ContactSheetReporter, IsDrawnEveryFewGenerations) {
  const TemporaryFolder folder;
  FakeRun run;
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("contact_sheet", {{"every", 4}});
  reporter->begin(info);
  run.play(3, reporter.get(), &info);
  EXPECT_FALSE(std::filesystem::exists(folder / "contact_sheet.png"));
  run.play(4, reporter.get(), &info);
  EXPECT_TRUE(std::filesystem::exists(folder / "contact_sheet.png"));
}

TEST(ContactSheetReporter, EqualRunsEqualBytes) {
  const TemporaryFolder a;
  const TemporaryFolder b;
  FakeRun first;
  first.report(*FakeRun::make("contact_sheet"), a, 10);
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("contact_sheet", {{"every", 1}}), b, 9);
  FakeRun resumed = FakeRun::resumed(4);
  resumed.report(*FakeRun::make("contact_sheet"), b, 10);
  EXPECT_EQ(read_file(a / "contact_sheet.png"), read_file(b / "contact_sheet.png"));
}

TEST(ContactSheetReporter, AStaleOneIsRemoved) {
  const TemporaryFolder folder;
  write_file(folder / "contact_sheet.png", "old");
  FakeRun run;
  run.report(*FakeRun::make("contact_sheet"), folder, kInitialGeneration - 1, true);
  EXPECT_EQ(file_names(folder.path()), std::vector<std::string>{});
}

TEST(ContactSheetReporter, AnUnwritablePlaceIsFoundInTheBeginning) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "contact_sheet.png/x");
  FakeRun run;
  expect_error(ErrorKind::kIo, "cannot remove " + (folder / "contact_sheet.png").string(),
               [&] { FakeRun::make("contact_sheet")->begin(run.info(folder)); });
}

}  // namespace
}  // namespace fool
