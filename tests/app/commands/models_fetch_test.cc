#include <gmock/gmock.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/environment.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Json card_of(const std::string& weights) {
  Json card = fake_card(2, 8, Json::object(), "net");
  card["format"] = "safetensors";
  card["weights"] = "net.safetensors";
  card["sha256"] = sha256_hex(weights);
  return card;
}

TEST(ModelsFetchCommand, PrintsWhereTheWeightsAre) {
  const ScratchFolder folder;
  const ScopedVariable variable("FOOL_MODEL_PATH", folder.path());
  write_fake_card(folder.path(), card_of("weights"));
  write_file(folder / "net.safetensors", "weights");
  write_fake_card(folder.path(), fake_card());
  const InProcess result = run_program({"models", "fetch", "net", "fake"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, (folder / "net.safetensors").string() + "\n");
  EXPECT_EQ(result.err, "fool: fake needs no weights\n");
}

TEST(ModelsFetchCommand, WrongAndMissingWeightsAreErrors) {
  const ScratchFolder folder;
  const ScopedVariable variable("FOOL_MODEL_PATH", folder.path());
  write_fake_card(folder.path(), card_of("weights"));
  EXPECT_EQ(run_program({"models", "fetch", "net"}).code, 4);
  write_file(folder / "net.safetensors", "others");
  const InProcess wrong = run_program({"models", "fetch", "net"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("the card " + (folder / "net.json").string() + " expects"));
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(run_program({"models", "fetch"}).code, 2);
}

TEST(ModelsFetchCommand, OfflineSaysWhereThePublicFileComesFrom) {
  const ScopedVariable variable("FOOL_MODEL_PATH", "");
  const ScopedVariable allowed("FOOL_OFFLINE", "");
  const InProcess result = run_program({"models", "fetch", "squeezenet1_1", "--offline"});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.err, AllOf(HasSubstr("b8a52dc0"), HasSubstr("--offline"),
                                HasSubstr("https://download.pytorch.org/models/squeezenet1_1")));
}

}  // namespace
}  // namespace fool
