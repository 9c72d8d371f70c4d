#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/encoding/encoding.h"
#include "fool/report/png.h"

namespace fool {
namespace {

TEST(RenderCommand, DrawsAGenomeFromJsonInAnySize) {
  const ScratchFolder scratch;
  const auto& registry = EncodingRegistry::instance();
  const Json section = registry.resolve({{"type", "cppn"}}, "encoding");
  const auto encoding = registry.make(section, ImageShape{32, 32, 3});
  const GenomePtr genome = encoding->random({1, 0, 0});
  write_file(
      scratch / "g.json",
      Json{{"shape", {32, 32, 3}}, {"encoding", section}, {"genome", encoding->to_json(*genome)}}
          .dump());
  const std::string source = (scratch / "g.json").string();

  ASSERT_EQ(run_program({"render", source, "--out", (scratch / "a.png").string()}).code, 0);
  ImageBatch expected(1, {32, 32, 3});
  encoding->render(*genome, expected[0]);
  const Png drawn = read_png(scratch / "a.png");
  EXPECT_TRUE(
      std::equal(expected.bytes().begin(), expected.bytes().end(), drawn.image.bytes().begin()));

  ASSERT_EQ(
      run_program({"render", source, "--size", "100", "--out", (scratch / "b.png").string()}).code,
      0);
  EXPECT_EQ(read_png(scratch / "b.png").image.shape(), (ImageShape{100, 100, 3}));

  // More than a strip.
  ASSERT_EQ(
      run_program({"render", source, "--size", "300", "--out", (scratch / "c.png").string()}).code,
      0);
  ImageBatch large(1, {300, 300, 3});
  encoding->render_at(*genome, large[0]);
  const Png drawn_large = read_png(scratch / "c.png");
  ASSERT_EQ(drawn_large.image.shape(), large.shape());
  EXPECT_TRUE(
      std::equal(large.bytes().begin(), large.bytes().end(), drawn_large.image.bytes().begin()));
}

TEST(RenderCommand, DamagedJsonIsADataErrorInPlainWords) {
  const ScratchFolder scratch;
  const std::string source = (scratch / "g.json").string();
  const auto expect = [&](const std::string& text, const std::string& message) {
    write_file(source, text);
    const InProcess result = run_program({"render", source});
    EXPECT_EQ(result.code, 5) << text;
    EXPECT_EQ(result.err, "fool: " + source + message + "\n");
  };
  expect(R"({"shape":[8,8,3],"encoding":{"type":"cppn"},"genome":{"w":1e400}})",
         ": not valid JSON: number overflow parsing '1e400'");
  expect("[1]",
         ": expected {\"shape\": [H, W, C], \"encoding\": {...}, \"genome\": {...}}: cannot "
         "use at() with array");
}

TEST(RenderCommand, ImpossibleShapesAreDataErrors) {
  const ScratchFolder scratch;
  for (const char* shape : {"[0,8,3]", "[8,8,2]", "[8,99999,3]", "[8]", "\"x\""}) {
    write_file(scratch / "g.json",
               std::string(R"({"shape":)") + shape + R"(,"encoding":{"type":"cppn"},"genome":{}})");
    EXPECT_EQ(run_program({"render", (scratch / "g.json").string()}).code, 5) << shape;
  }
}

}  // namespace
}  // namespace fool
