#include "report/page/run_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/page/small_run.h"

namespace fool {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(RunPictures, ALargeRunShowsFewerAncestorsOfEach) {
  const TemporaryFolder folder;
  SmallRun long_run;
  long_run.generations = long_run.planned = 60;
  long_run.write(folder / "run");
  const RunReading run = read_runs(folder / "run").front();
  PictureOptions options;
  const RunPictures all = read_pictures(run, options);
  std::size_t longest = 0;
  for (const auto& [item, champion] : all.champions) {
    longest = std::max(longest, champion.line.size());
  }
  ASSERT_GT(longest, 4U);
  options.most_ancestors = all.ancestors.size() - 1;
  options.ancestors = static_cast<int>(longest);
  const RunPictures fewer = read_pictures(run, options);
  EXPECT_LT(fewer.ancestors.size(), all.ancestors.size());
  EXPECT_GT(fewer.ancestors.size(), 0U);
  EXPECT_THAT(fewer.notes, Contains(HasSubstr("to keep the page small")));
}

TEST(RunPictures, TicksOnceForEachChampionThatIsReadOrMadeAgain) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  PictureOptions options;
  int ticks = 0;
  options.tick = [&] { ++ticks; };
  const RunPictures pictures = read_pictures(read_runs(folder / "run").front(), options);
  EXPECT_EQ(ticks, 2 * static_cast<int>(pictures.champions.size()));
}

}  // namespace
}  // namespace fool
