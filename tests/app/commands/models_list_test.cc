#include <gmock/gmock.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "data/data_files.h"
#include "fakes/environment.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using testing::HasSubstr;

TEST(ModelsListCommand, ListsWhatModelPathHolds) {
  const ScratchFolder folder;
  write_fake_card(folder.path(), fake_card(12, 16));
  put(folder, "broken.json", "{");
  const ScopedVariable variable("FOOL_MODEL_PATH", folder.path());
  const InProcess table = run_program({"models", "list"});
  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.out, testing::ContainsRegex("fake +12 +16x16 RGB +fake +there"));
  EXPECT_THAT(table.err, HasSubstr("broken.json"));
  const Json list = Json::parse(run_program({"models", "list", "--json"}).out);
  EXPECT_EQ(list.at(0).at("name"), "fake");
  EXPECT_EQ(list.at(0).at("classes"), 12);
  EXPECT_EQ(list.at(0).at("weights_present"), true);
}

TEST(ModelsListCommand, SaysWhatIsMissing) {
  const ScratchFolder folder;
  put(folder, "net.json",
      R"({"name": "net", "format": "torchscript", "weights": "net.pt", "classes": 2, "output": "logits",
          "input": {"height": 8, "width": 9, "channels": "GRAY", "range": "0..1", "mean": [0], "std": [1]}})");
  const ScopedVariable variable("FOOL_MODEL_PATH", folder.path());
  EXPECT_THAT(run_program({"models", "list"}).out,
              testing::ContainsRegex("net +2 +9x8 grey +torchscript +missing"));
  const InProcess result = run_program({"models", "check", "net"});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.err, HasSubstr("net.pt"));
  EXPECT_EQ(run_program({"models", "check", "nett"}).code, 4);
}

}  // namespace
}  // namespace fool
