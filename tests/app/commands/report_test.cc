#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/report/page.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(ReportCommand, WritesAPageAndSaysHowLargeItIs) {
  const ScratchFolder scratch;
  const std::string run = (scratch / "run").string();
  const InProcess evolved =
      run_program({"evolve", "--model", write_fake_card(scratch.path(), fake_card()), "--out", run,
                   "--generations", "2", "--batch-size", "10", "--init-size", "10", "--progress",
                   "off", "--set", "report.console.summary=off"});
  ASSERT_EQ(evolved.code, 0) << evolved.err;
  const std::string page = (scratch / "page.html").string();
  const InProcess result = run_program({"report", run, "--out", page, "--progress", "off"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(" MB: 12 classes, "));
  EXPECT_TRUE(is_page(page));
}

TEST(ReportCommand, NumbersAreChecked) {
  EXPECT_THAT(run_program({"report", "run", "--image-size", "-1"}).err,
              HasSubstr("--image-size: expected 0"));
  EXPECT_THAT(run_program({"report", "run", "--ancestors", "x"}).err, HasSubstr("--ancestors"));
}

}  // namespace
}  // namespace fool
