#include "fool/study/metrics_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "study/metrics_lines.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MetricsFileTest : public ::testing::Test {
 protected:
  std::vector<MetricsLine> read(const std::string& text) const {
    write_file(folder_ / "metrics.jsonl", text);
    return read_metrics(folder_ / "metrics.jsonl");
  }

  ScratchFolder folder_;
};

TEST_F(MetricsFileTest, IsReadByName) {
  const auto lines = read(metrics_text({-1, 0, 7}));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2].generation, 7);
  const Json written = metrics_json(7);
  EXPECT_EQ(lines[2].value("median"), written["median"].get<double>());
  EXPECT_EQ(lines[2].value("classes_at_9999"), written["at_least_9999"].get<double>());
  EXPECT_EQ(lines[2].value("equivalents"), written["equivalents"].get<double>());
}

// A run that goes on may be writing it just now.
TEST_F(MetricsFileTest, MayHaveALineInTheMaking) {
  EXPECT_EQ(read(metrics_text({-1, 0}) + "{\"generation\":1,\"eval").size(), 2U);
  EXPECT_TRUE(read("").empty());
}

TEST_F(MetricsFileTest, DamageIsNamed) {
  const auto error = [&](const std::string& text) {
    return error_message(ErrorKind::kData, [&] { read(text); });
  };
  EXPECT_THAT(error(metrics_text({-1}) + "nonsense\n"),
              AllOf(HasSubstr("metrics.jsonl:2: expected a generation's metrics: "),
                    HasSubstr("invalid literal")));
  EXPECT_THAT(error("{\"generation\": 3}\n"), HasSubstr("metrics.jsonl:1: "));
  EXPECT_THAT(error(metrics_text({4, 4})),
              HasSubstr("metrics.jsonl:2: expected a generation after 4, found 4"));
}

TEST_F(MetricsFileTest, UnknownMetricsAreADefect) {
  EXPECT_THAT(error_message(ErrorKind::kInternal, [] { MetricsLine{}.value("mode"); }),
              HasSubstr("there is no metric \"mode\""));
}

}  // namespace
}  // namespace fool
