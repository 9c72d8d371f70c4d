#include "report/json_lines.h"

#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "report/support.h"

namespace fool {
namespace {

Json line(int generation) { return {{"generation", generation}, {"x", "y"}}; }

TEST(JsonLines, AppendsALineAnObject) {
  const TemporaryFolder folder;
  JsonLines lines(folder / "a.jsonl", -1);
  lines.append({line(-1)});
  lines.append({line(0), line(0)});
  lines.append({});
  EXPECT_EQ(read_file(folder / "a.jsonl"),
            "{\"generation\":-1,\"x\":\"y\"}\n{\"generation\":0,\"x\":\"y\"}\n{\"generation\":0,"
            "\"x\":\"y\"}\n");
}

TEST(JsonLines, ResumingDropsLaterLinesAndAnUnfinishedOne) {
  const TemporaryFolder folder;
  { JsonLines(folder / "a.jsonl", -1).append({line(3), line(4), line(5)}); }
  const std::string whole = read_file(folder / "a.jsonl");
  write_file(folder / "a.jsonl", whole + "{\"genera");
  { JsonLines(folder / "a.jsonl", 5).append({line(7)}); }
  EXPECT_EQ(read_file(folder / "a.jsonl"),
            line(3).dump() + '\n' + line(4).dump() + '\n' + line(7).dump() + '\n');
}

TEST(JsonLines, AFreshRunDropsAll) {
  const TemporaryFolder folder;
  { JsonLines(folder / "a.jsonl", -1).append({line(-1), line(0)}); }
  const JsonLines again(folder / "a.jsonl", -1);
  EXPECT_EQ(read_file(folder / "a.jsonl"), "");
}

TEST(JsonLines, ADamagedLineIsNamed) {
  const TemporaryFolder folder;
  for (const char* bad : {"[1]", "{\"generation\": \"x\"}", "{\"x\": 1}", "nonsense"}) {
    write_file(folder / "a.jsonl", line(0).dump() + '\n' + bad + '\n' + line(1).dump() + '\n');
    expect_error(
        ErrorKind::kData,
        std::string("a.jsonl, line 2: expected a JSON object with a \"generation\", found ") + bad,
        [&] { JsonLines(folder / "a.jsonl", 5); });
  }
}

TEST(JsonLines, AnUnwritablePlaceIsFoundAtOnce) {
  expect_error(ErrorKind::kIo, "cannot write /nowhere/a.jsonl: No such file or directory",
               [] { JsonLines("/nowhere/a.jsonl", -1); });
}

TEST(JsonLines, AFullDiskLeavesWholeLinesOnly) {
  const TemporaryFolder folder;
  JsonLines lines(folder / "a.jsonl", -1);
  lines.append({line(0)});
  {
    const FullDisk disk(50);
    expect_error(ErrorKind::kIo, "a.jsonl: File too large", [&] {
      lines.append({line(1), line(2), line(3)});
    });
  }
  EXPECT_EQ(read_file(folder / "a.jsonl"), line(0).dump() + '\n');
  lines.append({line(4)});
  EXPECT_EQ(read_file(folder / "a.jsonl"), line(0).dump() + '\n' + line(4).dump() + '\n');
}

}  // namespace
}  // namespace fool
