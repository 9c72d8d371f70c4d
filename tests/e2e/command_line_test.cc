// What the program says to somebody who does not know it yet.
#include <gmock/gmock.h>

#include "e2e/run_fool.h"

namespace fool::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CommandLine : public EndToEnd {};

TEST_F(CommandLine, HelpNamesEveryCommandAndTheExitCodes) {
  const Result result = fool({"--help"});
  EXPECT_EQ(result.code, 0);
  for (const char* word :
       {"ablate", "ascend", "bench",    "completion", "describe", "env",        "evolve",
        "export", "grid",   "lineage",  "models",     "render",   "report",     "retrain",
        "study",  "train",  "transfer", "tune",       "verify",   "Exit codes", "130"}) {
    EXPECT_THAT(result.out, HasSubstr(word));
  }
  EXPECT_EQ(fool({}).out, result.out);
}

TEST_F(CommandLine, EveryCommandHasHelpWithAnExample) {
  for (const char* command :
       {"ablate", "ascend", "bench", "describe", "evolve", "export", "grid", "lineage", "render",
        "report", "retrain", "study", "train", "transfer", "tune", "verify"}) {
    const Result result = fool({command, "--help"});
    EXPECT_EQ(result.code, 0) << command;
    EXPECT_THAT(result.out, HasSubstr("Example")) << command;
  }
}

TEST_F(CommandLine, VersionIsOneLine) {
  const Result result = fool({"--version"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, ::testing::MatchesRegex("fool [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(CommandLine, WrongWordsAreNamedWithTheNearestRightOnes) {
  const struct {
    std::vector<std::string> arguments;
    int code;
    std::string message;
  } cases[] = {
      {{"evovle"}, 2, "no command \"evovle\", did you mean \"evolve\"?"},
      {{"--hlep"}, 2, "unknown flag --hlep, did you mean \"--help\"?"},
      {{"evolve", "--generation", "3"},
       2,
       "evolve has no flag --generation, did you mean \"--generations\"?"},
      {{"verify"}, 2, "RUN is required"},
      {{"evolve", "--set", "seed"}, 2, "--set: expected KEY=VALUE, found \"seed\""},
      {{"evolve", "--dataset", "mnits"}, 3, "did you mean \"mnist\"?"},
      {{"evolve", "--encoding", "cpn"}, 3, "did you mean \"cppn\"?"},
      {{"evolve", "--search", "map-elite"}, 3, "did you mean \"map-elites\"?"},
      {{"evolve", "--preset", "papr"}, 3, "did you mean \"paper\"?"},
      {{"evolve", "--generations", "-1"}, 3, "generations: expected 0..1000000000, found -1"},
      {{"evolve", "--generations", "many"}, 3, "generations: expected an integer, found \"many\""},
      {{"evolve", "--crops", "5"}, 3, "image.crops: there is no choice \"5\"; known: 1, 10"},
      {{"evolve", "--set", "encoding.weight_mutation_rte=1"}, 3, "did you mean"},
      {{"evolve", "--set", "sed=1"}, 3, "there is no setting \"sed\", did you mean \"seed\"?"},
      {{"evolve", "--config", "no-such-file.json"}, 6, "no-such-file.json"},
      {{"ascend", "--iteration", "3"},
       2,
       "ascend has no flag --iteration, did you mean \"--iterations\"?"},
      {{"ascend", "--setting", "clipp"}, 2, "did you mean \"clip\"?"},
      {{"describe", "encodin"}, 2, "did you mean"},
      {{"completion", "tcsh"}, 2, "known: bash, zsh, fish"},
  };
  for (const auto& c : cases) {
    const Result result = fool(c.arguments);
    EXPECT_EQ(result.code, c.code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(c.message));
    EXPECT_TRUE(one_line(result.err)) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(CommandLine, EveryLayerOfTheConfigurationHasItsRank) {
  write_file(
      folder_ / "c.json",
      "{\n  // a comment\n  \"seed\": 5, \"generations\": 7, \"search\": {\"batch_size\": 30}\n}");
  const auto config = [&](const std::vector<std::string>& extra,
                          const std::map<std::string, std::string>& environment) {
    std::vector<std::string> arguments{"evolve",    "--dry-run", "--model",
                                       fake_card(), "--config",  path("c.json")};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const Result result = fool(arguments, {environment, 0, false, {}});
    EXPECT_EQ(result.code, 0) << result.err;
    return Json::parse(result.out)["config"];
  };
  EXPECT_EQ(config({}, {})["seed"], 5);
  EXPECT_EQ(config({}, {})["search"]["init_size"], 200);
  EXPECT_EQ(config({}, {{"FOOL_SEED", "6"}, {"FOOL_SEARCH_BATCH_SIZE", "31"}})["seed"], 6);
  EXPECT_EQ(config({}, {{"FOOL_SEARCH_BATCH_SIZE", "31"}})["search"]["batch_size"], 31);
  EXPECT_EQ(config({"--seed", "8"}, {{"FOOL_SEED", "6"}})["seed"], 8);
  EXPECT_EQ(config({}, {{"FOOL_ENCODING", "direct"}})["encoding"]["type"], "direct");
}

TEST_F(CommandLine, DryRunCountsEvaluationsAsThePaperDoes) {
  const Result result =
      fool({"evolve", "--dry-run", "--model", fake_card(), "--generations", "200"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["evaluations"], 40400);
  EXPECT_THAT(json["time"].get<std::string>(),
              ::testing::MatchesRegex("([0-9]+ h )?([0-9]+ min)?( ?[0-9]+ s)?"));
}

TEST_F(CommandLine, DescribePrintsEverySettingWithItsSource) {
  EXPECT_THAT(fool({"describe"}).out,
              AllOf(HasSubstr("encoding.cppn"), HasSubstr("search.map-elites")));
  EXPECT_THAT(fool({"describe", "search.map-elites"}).out,
              AllOf(HasSubstr("batch_size"), HasSubstr("released code")));
  const Json json = Json::parse(fool({"describe", "--json"}).out);
  for (const Json& component : json) EXPECT_FALSE(component["help"].get<std::string>().empty());
}

TEST_F(CommandLine, CompletionScriptsParse) {
  const Result bash = fool({"completion", "bash"});
  ASSERT_EQ(bash.code, 0);
  write_file(folder_ / "c.bash", bash.out);
  EXPECT_EQ(std::system(("bash -n " + path("c.bash")).c_str()), 0);
  fs::create_directories(folder_ / "here" / "a run");
  write_file(folder_ / "here" / "a b.png", "");
  // What is offered for the last word, in a folder with "a run" and "a b.png".
  const auto offered = [&](const std::string& words) {
    write_file(folder_ / "ask.bash",
               "cd " + path("here") + "; source " + path("c.bash") + "; COMP_WORDS=(fool " + words +
                   "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fool\n"
                   "for reply in \"${COMPREPLY[@]}\"; do printf '<%s>' \"$reply\"; done > " +
                   path("reply.txt"));
    EXPECT_EQ(std::system(("bash " + path("ask.bash")).c_str()), 0);
    return read_file(folder_ / "reply.txt");
  };
  EXPECT_EQ(offered("evolve --enc"), "<--encoding>");
  EXPECT_EQ(offered("evolve --encoding di"), "<direct>");
  EXPECT_EQ(offered("evolve --encoding = di"), "<direct>");
  EXPECT_EQ(offered("evolve --seed ''"), "");
  EXPECT_EQ(offered("evolve --resume ''"), "<a run>");
  EXPECT_EQ(offered("evolve --model lenet-m"), "<lenet-mnist>");
  EXPECT_EQ(offered("models check lenet-m"), "<lenet-mnist>");
  EXPECT_EQ(offered("models che"), "<check>");
  EXPECT_EQ(offered("verify ''"), "<a run>");
  EXPECT_EQ(offered("render ''"), "<a b.png><a run>");
  EXPECT_EQ(offered("completion z"), "<zsh>");
  EXPECT_EQ(offered("describe search.r"), "<search.random>");
  EXPECT_EQ(offered("data fetch m"), "<mnist>");
  EXPECT_EQ(offered("data fetch --mirror ''"), "");
  EXPECT_EQ(offered("ev"), "<evolve>");
  EXPECT_EQ(offered("a"), "<ablate><ascend>");
  EXPECT_EQ(offered("q"), "");
  EXPECT_THAT(fool({"completion", "zsh"}).out, HasSubstr("bashcompinit"));
  EXPECT_THAT(fool({"completion", "fish"}).out, HasSubstr("complete -c fool"));
}

TEST_F(CommandLine, EnvSaysWhereThingsAre) {
  const Result result = fool({"env", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  for (const char* key : {"fool", "numeric_library", "host", "models", "model_folders"})
    EXPECT_TRUE(json.contains(key));
}

}  // namespace
}  // namespace fool::e2e
