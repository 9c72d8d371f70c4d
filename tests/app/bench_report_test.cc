#include "app/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using testing::HasSubstr;
using testing::Not;

Json example() {
  return Json::parse(R"({
    "schema": "fool-bench-2", "fool": "0.1.0", "library": "LibTorch 1.13", "engine": "oneDNN 2.6", "screening": "off", "model": "squeezenet1_1",
    "encoding": "cppn", "search": "map-elites", "image": [227, 227, 3], "block": 20, "workers": 2,
    "renderer": "cppn-tiled", "grown": 0,
    "forward_per_second": 200.0, "rounds": {"forward": [190.0, 200.0, 205.0], "loop": [180.0, 190.0, 191.0]},
    "matrix_products": {"BLAS": 100e9, "oneDNN": 200e9},
    "multiply_adds": 350e6, "forward_efficiency": 0.35,
    "loop_per_second": 190.0, "loop_over_forward": 0.95, "processor_share": 0.99,
    "stages": {"render": {"share": 0.03, "microseconds_per_image": 300.0, "per_second": 6666.0},
               "forward": {"share": 0.95, "microseconds_per_image": 10000.0, "per_second": 200.0},
               "idle": {"share": 0.02, "microseconds_per_image": 210.0}},
    "render": {"cppn-tiled": 3300.0, "reference": 150.0}})");
}

TEST(BenchReport, FiguresAreShort) {
  EXPECT_EQ(figure_text(0.96949), "0.969");
  EXPECT_EQ(figure_text(194.06), "194.1");
  EXPECT_EQ(figure_text(7100.4), "7,100");
  EXPECT_EQ(figure_text(1234567), "1,234,567");
  EXPECT_EQ(figure_text(2e11), "2.000e+11");
}

TEST(BenchReport, SaysWhatWasMeasured) {
  std::ostringstream out;
  print_bench(example(), out);
  for (const char* part :
       {"squeezenet1_1 with cppn, 2 workers, blocks of 20, drawn by cppn-tiled",
        "LibTorch 1.13; run by oneDNN 2.6\n",
        "bare forward        200.0 images/s  (190.0 .. 205.0)", "0.950 of bare forward",
        "oneDNN      200.0", "350.0 million an image; 35.0 % of the best", "render          3.00 %",
        "22.0 x reference", "had 99 % of the processor time"}) {
    EXPECT_THAT(out.str(), HasSubstr(part));
  }
}

TEST(BenchReport, LeavesOutWhatIsNotKnown) {
  Json bench = example();
  bench["multiply_adds"] = 0;
  bench.erase("forward_efficiency");
  for (const char* key : {"loop_per_second", "loop_over_forward", "stages", "render"})
    bench.erase(key);
  std::ostringstream out;
  print_bench(bench, out);
  EXPECT_THAT(out.str(), HasSubstr("not known for this kind of network"));
  EXPECT_THAT(out.str(), Not(HasSubstr("whole loop")));
}

TEST(BenchReport, ComparesEveryFigureThatBothHave) {
  const Json old = example();
  Json now = example();
  now["forward_per_second"] = 300.0;
  now["stages"]["render"]["microseconds_per_image"] = 100.0;
  now["matrix_products"]["oneDNN"] = 240e9;
  now["block"] = 32;
  now["render"].erase("cppn-tiled");
  std::ostringstream out;
  print_comparison(old, now, out);
  EXPECT_THAT(out.str(), HasSubstr("block     20 -> 32\n"));
  EXPECT_THAT(out.str(),
              testing::ContainsRegex("bare forward, images/s +200.0 +300.0 +1.500 +1.250\n"));
  EXPECT_THAT(out.str(), testing::ContainsRegex("render, us/image +300.0 +100.0 +3.000 +2.500\n"));
  EXPECT_THAT(out.str(),
              testing::ContainsRegex("multiply-adds/s, oneDNN +2.000e.11 +2.400e.11 +1.200\n"));
  EXPECT_THAT(out.str(),
              testing::ContainsRegex("whole loop / bare forward +0.950 +0.950 +1.000\n"));
  EXPECT_THAT(out.str(), HasSubstr("renderer reference"));
  EXPECT_THAT(out.str(), Not(HasSubstr("renderer cppn-tiled, ")));
}

TEST(BenchReport, RefusesFilesThatItDoesNotUnderstand) {
  const ScratchFolder folder;
  const std::string path = (folder / "old.json").string();
  EXPECT_THAT(error_message(ErrorKind::kIo, [&] { read_bench(path); }), HasSubstr(path));
  write_file(path, "bare forward 200.0");
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { read_bench(path); }),
              HasSubstr("expected what `fool bench --json` prints"));
  write_file(path, R"({"forward_per_second": 200})");
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { read_bench(path); }),
              HasSubstr("expected figures of the schema fool-bench-2, found null"));
  write_file(path, "[1]");
  error_message(ErrorKind::kData, [&] { read_bench(path); });
  write_file(path, R"({"schema": "fool-bench-2"})");
  error_message(ErrorKind::kData, [&] { read_bench(path); });
  write_file(path, example().dump());
  EXPECT_EQ(read_bench(path), example());
}

TEST(BenchReport, RefusesToCompareDifferentThings) {
  Json now = example();
  now["model"] = "alexnet";
  EXPECT_EQ(
      error_message(ErrorKind::kUsage, [&] { require_comparable(example(), now, "old.json"); }),
      "old.json: cannot be compared: its model is squeezenet1_1, here it is alexnet");
  now = example();
  now["image"] = {256, 256, 3};
  EXPECT_THAT(
      error_message(ErrorKind::kUsage, [&] { require_comparable(example(), now, "old.json"); }),
      HasSubstr("its image is [227,227,3], here it is [256,256,3]"));
  now = example();
  now["block"] = 1;
  require_comparable(example(), now, "old.json");
}

}  // namespace
}  // namespace fool
