// Bad input: one clear line on stderr, the documented exit code, and nothing lost or half-written.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "e2e/run_fool.h"
#include "model/archive_writer.h"

namespace fool::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BadInput : public EndToEnd {
 protected:
  Result evolve(const std::string& model, const std::string& out = "run",
                const Options& options = {}) const {
    return fool({"evolve", "--model", model, "--out", path(out), "--generations", "2",
                 "--batch-size", "10", "--init-size", "10"},
                options);
  }

  static void expect_error(const Result& result, int code, const std::string& text) {
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
    EXPECT_TRUE(one_line(result.err)) << result.err;
  }
};

TEST_F(BadInput, NetworksThatCannotBeTrusted) {
  expect_error(evolve(fake_card(12, 16, {{"emit", "nan"}}, "nan")), 4, "nan");
  expect_error(evolve(fake_card(12, 16, {{"emit", "constant"}}, "constant")), 4, "same output");
  expect_error(evolve(fake_card(12, 16, {{"emit", "fewer classes"}}, "wrong")), 4, "classes");
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(BadInput, UnknownModelSaysWhereItLooked) {
  const Result result = evolve("no_such_network");
  expect_error(result, 4, "no_such_network");
  EXPECT_THAT(result.err, HasSubstr("FOOL_MODEL_PATH"));
}

TEST_F(BadInput, MissingWeightsSayWhichFileAndHash) {
  const Json card{{"name", "net"},
                  {"architecture", "squeezenet1_1"},
                  {"format", "safetensors"},
                  {"weights", "net.safetensors"},
                  {"sha256", std::string(64, 'a')},
                  {"classes", 1000},
                  {"input",
                   {{"height", 227},
                    {"width", 227},
                    {"channels", "BGR"},
                    {"range", "0..255"},
                    {"mean", {104, 117, 123}},
                    {"std", {1, 1, 1}}}},
                  {"output", "logits"}};
  write_file(folder_ / "net.json", card.dump());
  const Result missing = evolve(path("net.json"));
  expect_error(missing, 4, "net.safetensors");
  EXPECT_THAT(missing.err, AllOf(HasSubstr(std::string(64, 'a')), HasSubstr(folder_.string())));

  write_file(folder_ / "net.safetensors", "not these");
  expect_error(evolve(path("net.json")), 4, "sha256");
}

TEST_F(BadInput, ImageNetWithoutWeightsSaysHowToGetThem) {
  const Result result = fool({"evolve", "--dataset", "imagenet", "--out", path("run")},
                             {{{"FOOL_MODEL_PATH", ""}}, 0});
  expect_error(result, 4, "squeezenet1_1");
  EXPECT_THAT(result.err, HasSubstr("FOOL_MODEL_PATH"));
}

// What torch.save(model) writes: a pickle that would have Python import and call things.
TEST_F(BadInput, APickledProgramIsRefusedByName) {
  PickleWriter pickle;
  pickle.global("torchvision.models.resnet", "ResNet").raw(")").raw("\x81");
  write_file(path("whole.pt"), zip_of({{"archive/data.pkl", pickle.stop()}}));
  const std::string file = path("whole.pt");
  expect_error(evolve(file), 4, "torchvision.models.resnet.ResNet");
  expect_error(fool({"models", "info", file}), 4, "torchvision.models.resnet.ResNet");
  expect_error(fool({"models", "check", file}), 4, "torchvision.models.resnet.ResNet");
}

TEST_F(BadInput, DamagedCardsAreNamed) {
  write_file(folder_ / "bad.json", "{\"name\": ");
  expect_error(evolve(path("bad.json")), 4, "bad.json");
  write_file(folder_ / "empty.json", "{}");
  expect_error(evolve(path("empty.json")), 4, "empty.json");
}

TEST_F(BadInput, AUsedFolderIsLeftAlone) {
  const std::string card = fake_card();
  ASSERT_EQ(evolve(card).code, 0);
  const auto results = [&] {
    auto files = files_in(folder_ / "run");
    files.erase(".lock");  // names the process that asked last
    return files;
  };
  const auto before = results();
  const Result again = evolve(card);
  expect_error(again, 6, path("run"));
  EXPECT_THAT(again.err, HasSubstr("--resume"));
  EXPECT_TRUE(results() == before);
}

TEST_F(BadInput, AFolderThatCannotBeMadeIsFoundBeforeTheFirstForwardPass) {
  write_file(folder_ / "file", "in the way");
  expect_error(evolve(fake_card(), "file/run"), 6, path("file"));
}

TEST_F(BadInput, AFullDiskLosesNoFile) {
  const std::string card = fake_card(12, 64);
  const Result result = fool({"evolve", "--model", card, "--out", path("run"), "--generations",
                              "40", "--encoding", "direct", "--checkpoint-every", "1"},
                             {{}, 60000});
  EXPECT_EQ(result.code, 6) << result.err;
  EXPECT_THAT(result.err, HasSubstr("cannot write"));
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run")) {
    EXPECT_EQ(entry.path().string().find("partial"), std::string::npos) << entry.path();
  }
  const Result resumed = fool({"evolve", "--resume", path("run"), "--generations", "3", "--json"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(BadInput, ClosedStandardStreamsAreNotTheRunsFiles) {
  Options options;
  options.closed_streams = true;
  ASSERT_EQ(evolve(fake_card(), "run", options).code, 0);
  for (const auto& [name, bytes] : files_in(folder_ / "run")) {
    EXPECT_EQ(bytes.find("confidence\n"), std::string::npos) << name;  // the printed table
    if (name == ".lock") {
      EXPECT_THAT(bytes, ::testing::MatchesRegex("[0-9]+\n"));
    }
  }
  const Result resumed = fool({"evolve", "--resume", path("run"), "--generations", "3"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(BadInput, RenderReplacesNothingUnasked) {
  const std::string card = fake_card();
  ASSERT_EQ(evolve(card).code, 0);
  const std::string source =
      path("run/images/" + files_in(folder_ / "run" / "images").begin()->first);
  const std::string before = read_file(source);
  const auto render = [&](const std::string& out, bool force = false) {
    std::vector<std::string> arguments{"render", source, "--out", out};
    if (force) arguments.push_back("--force");
    return fool(arguments);
  };
  expect_error(render(path("x.jpg")), 2, "x.jpg: expected a name that ends in .png");
  expect_error(render("/dev/full", true), 2, "/dev/full");
  ASSERT_EQ(::mkfifo(path("pipe.png").c_str(), 0600), 0);
  expect_error(render(path("pipe.png"), true), 6, "pipe.png: it is not a regular file");
  EXPECT_TRUE(fs::is_fifo(path("pipe.png")));
  fs::create_directory(path("folder.png"));
  expect_error(render(path("folder.png"), true), 6, "folder.png: it is not a regular file");

  expect_error(render(source), 6, "is already there; choose another --out, or --force");
  EXPECT_EQ(read_file(source), before);

  write_file(folder_ / "target.png", "old");
  fs::create_symlink("target.png", folder_ / "link.png");
  expect_error(render(path("link.png")), 6, "--force");
  ASSERT_EQ(render(path("link.png"), true).code, 0);
  EXPECT_TRUE(fs::is_symlink(path("link.png")));
  EXPECT_EQ(read_file(folder_ / "target.png"), before);
}

TEST_F(BadInput, ResumeAndVerifyNeedARun) {
  expect_error(fool({"evolve", "--resume", path("nowhere")}), 6, path("nowhere"));
  expect_error(fool({"verify", path("nowhere")}), 6, path("nowhere"));
  write_file(folder_ / "run.json", "{\"config\": 3");
  expect_error(fool({"verify", folder_.string()}), 5, "run.json");
}

TEST_F(BadInput, RenderNeedsAGenome) {
  write_file(folder_ / "a.txt", "hello");
  expect_error(fool({"render", path("a.txt")}), 5, "a.txt");
  expect_error(fool({"render", path("missing.png")}), 6, "missing.png");
  write_file(folder_ / "a.png", std::string("\x89PNG\r\n\x1a\n", 8));
  expect_error(fool({"render", path("a.png")}), 5, "a.png");
  write_file(folder_ / "g.json",
             R"({"shape":[8,8,3],"encoding":{"type":"cppn"},"genome":{"nodes":[]}})");
  expect_error(fool({"render", path("g.json")}), 5, "g");
}

}  // namespace
}  // namespace fool::e2e
