// The main job from end to end: run, verify, draw again, interrupt, kill, resume, and get the same
// bits every time.
#include <gmock/gmock.h>

#include "e2e/run_fool.h"

namespace fool::e2e {
namespace {

using ::testing::HasSubstr;

class Evolve : public EndToEnd {
 protected:
  // A short run on the fake network; returns the summary that it prints.
  Json evolve(const std::string& out, const std::vector<std::string>& extra = {}) const {
    std::vector<std::string> arguments{
        "evolve", "--model",     card_, "--out",   path(out), "--generations", "12", "--batch-size",
        "30",     "--init-size", "20",  "--block", "8",       "--json"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const Result result = fool(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    return Json::parse(result.out);
  }

  void expect_same_run(const std::string& a, const std::string& b) const {
    EXPECT_EQ(read_file(folder_ / a / "classes.csv"), read_file(folder_ / b / "classes.csv"));
    EXPECT_EQ(read_file(folder_ / a / "lineage.jsonl"), read_file(folder_ / b / "lineage.jsonl"));
    EXPECT_EQ(read_file(folder_ / a / "contact_sheet.png"),
              read_file(folder_ / b / "contact_sheet.png"));
    EXPECT_EQ(files_in(folder_ / a / "images"), files_in(folder_ / b / "images"));
  }

  // metrics.jsonl without what the clock says.
  std::vector<Json> metrics(const std::string& run) const {
    std::istringstream lines(read_file(folder_ / run / "metrics.jsonl"));
    std::vector<Json> rows;
    for (std::string line; std::getline(lines, line);) {
      Json row = Json::parse(line);
      Json kept = Json::object();
      for (const char* key : {"generation", "evaluations", "median", "mean", "min", "max", "p10",
                              "p90", "at_least_99", "at_least_9999", "qd_score", "replacements"}) {
        kept[key] = row.at(key);
      }
      rows.push_back(kept);
    }
    return rows;
  }

  std::string card_ = fake_card();
};

TEST_F(Evolve, FillsTheRunFolder) {
  const Json summary = evolve("run");
  EXPECT_EQ(summary.at("evaluations"), 20 + 13 * 30);
  for (const char* name :
       {"run.json", "metrics.jsonl", "classes.csv", "lineage.jsonl", "contact_sheet.png"}) {
    EXPECT_TRUE(fs::exists(folder_ / "run" / name)) << name;
  }
  EXPECT_EQ(files_in(folder_ / "run" / "images").size(), 12U);
  const auto rows = metrics("run");
  ASSERT_EQ(rows.size(), 14U);
  EXPECT_EQ(rows.front()["generation"], -1);
  EXPECT_EQ(rows.back()["generation"], 12);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_GE(rows[i]["median"], rows[i - 1]["median"]);
  for (const auto& [name, bytes] : files_in(folder_ / "run"))
    EXPECT_EQ(name.find("partial"), std::string::npos);
}

TEST_F(Evolve, BothEncodingsAndBothSearchesRun) {
  for (const char* encoding : {"cppn", "direct"}) {
    for (const char* preset : {"default", "paper", "released-code"}) {
      for (const char* search : {"map-elites", "random"}) {
        const std::string name = std::string(encoding) + preset + search;
        const Result result = fool({"evolve", "--model", card_, "--out", path(name), "--encoding",
                                    encoding, "--preset", preset, "--search", search,
                                    "--batch-size", "20", "--generations", "3", "--json"});
        ASSERT_EQ(result.code, 0) << name << ": " << result.err;
        const Result verified = fool({"verify", path(name)});
        EXPECT_EQ(verified.code, 0) << verified.err << verified.out;
      }
    }
  }
}

TEST_F(Evolve, WorkersChangeNothing) {
  const Json one = evolve("one", {"--workers", "1"});
  const Json two = evolve("two", {"--workers", "2"});
  const Json five = evolve("five", {"--workers", "5"});
  EXPECT_EQ(one.at("archive"), two.at("archive"));
  EXPECT_EQ(one.at("archive"), five.at("archive"));
  expect_same_run("one", "two");
  EXPECT_EQ(metrics("one"), metrics("two"));
}

// With the bundled network, which knows low precision.
TEST_F(Evolve, ScreeningIsTheSameRunForAnyWorkersAndAfterAnInterruption) {
  const auto run = [&](const std::string& name, const std::string& workers,
                       const std::string& generations) {
    return fool({"evolve", "--dataset", "mnist", "--set", "evaluate.screening=bfloat16",
                 "--workers", workers, "--generations", generations, "--out", path(name),
                 "--progress", "off", "--json"});
  };
  const Result one = run("one", "1", "6");
  if (one.code == 3) GTEST_SKIP() << one.err;
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.err, HasSubstr("fool: screened 1600 images in bfloat16: "));
  ASSERT_EQ(run("three", "3", "6").code, 0);
  expect_same_run("one", "three");
  ASSERT_EQ(run("parts", "2", "3").code, 0);
  ASSERT_EQ(fool({"evolve", "--resume", path("parts"), "--generations", "6"}).code, 0);
  EXPECT_EQ(read_file(folder_ / "one" / "classes.csv"),
            read_file(folder_ / "parts" / "classes.csv"));
  // What is stored is float32's.
  EXPECT_EQ(fool({"verify", path("one")}).code, 0);
}

// Gradients come in blocks of their own, and what a search has learned of them is in the
// checkpoint.
TEST_F(Evolve, ASearchWithGradientsIsTheSameRunForAnyWorkersAndAfterAnInterruption) {
  const auto run = [&](const std::string& search, const std::string& name,
                       const std::string& workers, const std::string& generations) {
    return fool({"evolve",
                 "--dataset",
                 "mnist",
                 "--search",
                 search,
                 "--encoding",
                 "dense-cppn",
                 "--init-size",
                 "60",
                 "--batch-size",
                 "60",
                 "--block",
                 "10",
                 "--workers",
                 workers,
                 "--generations",
                 generations,
                 "--out",
                 path(search + name),
                 "--progress",
                 "off",
                 "--json"});
  };
  for (const std::string search : {"memetic", "gradient-cppn"}) {
    const Result one = run(search, "one", "1", "6");
    ASSERT_EQ(one.code, 0) << one.err;
    const Json summary = Json::parse(one.out);
    EXPECT_GT(summary.at("equivalents"), summary.at("evaluations"));
    ASSERT_EQ(run(search, "three", "3", "6").code, 0);
    expect_same_run(search + "one", search + "three");
    ASSERT_EQ(run(search, "parts", "2", "3").code, 0);
    ASSERT_EQ(fool({"evolve", "--resume", path(search + "parts"), "--generations", "6"}).code, 0);
    expect_same_run(search + "one", search + "parts");
    EXPECT_EQ(metrics(search + "one"), metrics(search + "parts"));
    EXPECT_EQ(fool({"verify", path(search + "one")}).code, 0);
  }
}

TEST_F(Evolve, TheRendererChangesNothing) {
  EXPECT_EQ(evolve("a", {"--set", "evaluate.renderer=reference"}).at("archive"),
            evolve("b").at("archive"));
}

TEST_F(Evolve, AnotherSeedIsAnotherRun) {
  EXPECT_NE(evolve("a", {"--seed", "1"}).at("archive"), evolve("b", {"--seed", "2"}).at("archive"));
}

TEST_F(Evolve, KilledAtAnyMomentAndResumedIsTheSameRun) {
  const Json whole = evolve("whole", {"--checkpoint-every", "2", "--images-every", "3"});
  // Kill after so many lines of metrics, at no particular point of the work.
  for (const int lines : {0, 3, 6, 9}) {
    const std::string name = "killed" + std::to_string(lines);
    const fs::path metrics_file = folder_ / name / "metrics.jsonl";
    Process process({"evolve", "--model", card_, "--out", path(name), "--generations", "12",
                     "--batch-size", "30", "--init-size", "20", "--block", "8", "--json",
                     "--checkpoint-every", "2", "--images-every", "3"},
                    folder_);
    process.wait_until([&] {
      if (!fs::exists(folder_ / name / "run.json")) return false;
      if (lines == 0) return true;
      std::ifstream file(metrics_file);
      return std::count(std::istreambuf_iterator<char>(file), {}, '\n') >= lines;
    });
    process.signal(SIGKILL);
    process.wait();
    const Result resumed = fool({"evolve", "--resume", path(name), "--json"});
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(Json::parse(resumed.out).at("archive"), whole.at("archive")) << lines;
    expect_same_run("whole", name);
    EXPECT_EQ(metrics("whole"), metrics(name));
  }
}

TEST_F(Evolve, InterruptedItWritesACheckpointAndExits130) {
  const Json whole = evolve("whole");
  Process process({"evolve", "--model", card_, "--out", path("run"), "--generations", "100000",
                   "--batch-size", "30", "--init-size", "20", "--block", "8"},
                  folder_);
  process.wait_until([&] {
    return fs::exists(folder_ / "run" / "metrics.jsonl") &&
           fs::file_size(folder_ / "run" / "metrics.jsonl") > 0;
  });
  process.signal(SIGINT);
  const Result stopped = process.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("finishing the block; press Ctrl-C again to stop at once\n"));
  EXPECT_FALSE(files_in(folder_ / "run" / "checkpoint").empty());
  EXPECT_EQ(files_in(folder_ / "run" / "images").size(), 12U);
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
  EXPECT_THAT(stopped.err + stopped.out, HasSubstr("--resume"));
}

TEST_F(Evolve, AClosedTerminalLeavesARunToResume) {
  Process process({"evolve", "--model", card_, "--out", path("run"), "--generations", "100000",
                   "--batch-size", "30", "--init-size", "20", "--block", "8"},
                  folder_);
  process.wait_until([&] {
    return fs::exists(folder_ / "run" / "metrics.jsonl") &&
           fs::file_size(folder_ / "run" / "metrics.jsonl") > 0;
  });
  process.signal(SIGHUP);
  EXPECT_EQ(process.wait().code, 129);
  EXPECT_FALSE(files_in(folder_ / "run" / "checkpoint").empty());
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
}

TEST_F(Evolve, AResumedRunMayGoFurther) {
  evolve("short");
  const Result longer =
      fool({"evolve", "--resume", path("short"), "--generations", "20", "--json"});
  ASSERT_EQ(longer.code, 0) << longer.err;
  const Json whole = evolve("whole", {"--generations", "20"});
  EXPECT_EQ(Json::parse(longer.out).at("archive"), whole.at("archive"));
  expect_same_run("whole", "short");
}

TEST_F(Evolve, ResumedItStillSaysWhoStartedItAndWhen) {
  evolve("run");
  const Json before = Json::parse(read_file(folder_ / "run" / "run.json"));
  ASSERT_EQ(fool({"evolve", "--resume", path("run"), "--generations", "13"}).code, 0);
  const Json after = Json::parse(read_file(folder_ / "run" / "run.json"));
  EXPECT_EQ(after["started"], before["started"]);
  EXPECT_EQ(after["command"], before["command"]);
  EXPECT_EQ(after["config"]["generations"], 13);
}

TEST_F(Evolve, ResumeRefusesWhatWouldMixResults) {
  evolve("run");
  const Result seed = fool({"evolve", "--resume", path("run"), "--seed", "2"});
  EXPECT_EQ(seed.code, 2);
  EXPECT_THAT(seed.err, HasSubstr("seed was 1 in this run and cannot become 2"));
  EXPECT_EQ(fool({"evolve", "--resume", path("run"), "--out", path("x")}).code, 2);
  const Result fewer = fool({"evolve", "--resume", path("run"), "--generations", "5"});
  EXPECT_EQ(fewer.code, 2);
  EXPECT_THAT(fewer.err, HasSubstr("has done generation 12 already; expected --generations 12"));
}

TEST_F(Evolve, ADamagedCheckpointFallsBackToTheOneBefore) {
  const Json whole = evolve("whole", {"--checkpoint-every", "5"});
  evolve("run", {"--checkpoint-every", "5"});
  std::vector<fs::path> checkpoints;
  for (const auto& entry : fs::directory_iterator(folder_ / "run" / "checkpoint"))
    checkpoints.push_back(entry.path());
  std::sort(checkpoints.begin(), checkpoints.end());
  ASSERT_EQ(checkpoints.size(), 2U);
  std::string bytes = read_file(checkpoints.back());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(checkpoints.back(), bytes);
  const Result resumed = fool({"evolve", "--resume", path("run"), "--json"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr(checkpoints.back().filename().string()));
  EXPECT_EQ(Json::parse(resumed.out).at("archive"), whole.at("archive"));

  for (const fs::path& file : checkpoints) write_file(file, "nothing");
  const Result hopeless = fool({"evolve", "--resume", path("run")});
  EXPECT_EQ(hopeless.code, 5);
  EXPECT_TRUE(one_line(hopeless.err)) << hopeless.err;
}

TEST_F(Evolve, VerifyFindsAChangedImage) {
  evolve("run");
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
  const auto images = files_in(folder_ / "run" / "images");
  // The picture of one class under the name and text of another.
  const Result drawn = fool({"render", path("run/images/" + images.begin()->first), "--size", "8",
                             "--out", path("x.png")});
  ASSERT_EQ(drawn.code, 0) << drawn.err;
  write_file(folder_ / "run" / "images" / images.begin()->first, read_file(folder_ / "x.png"));
  const Result wrong_size = fool({"verify", path("run")});
  EXPECT_EQ(wrong_size.code, 5);
  EXPECT_THAT(wrong_size.out, HasSubstr("expected 16 x 16 pixels"));
  write_file(folder_ / "run" / "images" / images.begin()->first, "no image");
  const Result no_image = fool({"verify", path("run")});
  EXPECT_EQ(no_image.code, 5);
  EXPECT_THAT(no_image.out, HasSubstr(images.begin()->first));
  EXPECT_THAT(no_image.out, HasSubstr("11 images scored again"));
  EXPECT_THAT(no_image.err, HasSubstr("1 of the images cannot be read"));
}

TEST_F(Evolve, VerifyComparesTheImagesWithTheTable) {
  evolve("run");
  const fs::path folder = folder_ / "run" / "images";
  const auto images = files_in(folder);
  const auto first = images.begin();
  const auto second = std::next(first);
  const auto expect = [&](const std::string& message) {
    const Result result = fool({"verify", path("run")});
    EXPECT_EQ(result.code, 1) << result.err;
    EXPECT_THAT(result.out, HasSubstr(message));
    write_file(folder / first->first, first->second);
  };
  fs::remove(folder / first->first);
  expect(first->first + " is missing: classes.csv logs class 0");
  write_file(folder / first->first, second->second);
  expect(first->first + ": expected the image of class 0, found that of class 1");
  for (const std::string& extra : {first->second, std::string("\x89PNG"), std::string()}) {
    write_file(folder / "foo.png", extra);
    expect("foo.png is not in classes.csv");
  }
  fs::remove(folder / "foo.png");
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);

  const std::string table = read_file(folder_ / "run" / "classes.csv");
  const std::size_t start = table.find(',', table.find(',', table.find("\n0,")) + 1) + 1;
  write_file(folder_ / "run" / "classes.csv",
             table.substr(0, start) + "0.123" + table.substr(table.find(',', start)));
  expect(first->first + ": logged 0.123, in the file 0.");
}

TEST_F(Evolve, VerifyTakesAKilledRunForWhatItIs) {
  Process process({"evolve", "--model", card_, "--out", path("run"), "--generations", "100000",
                   "--batch-size", "30", "--init-size", "20", "--images-every", "1"},
                  folder_);
  process.wait_until([&] {
    if (!fs::is_directory(folder_ / "run" / "images")) return false;
    fs::directory_iterator images(folder_ / "run" / "images");
    return std::count_if(begin(images), end(images), [](const fs::directory_entry& entry) {
             return entry.path().extension() == ".png";
           }) >= 5;
  });
  process.signal(SIGKILL);
  process.wait();
  const Result killed = fool({"verify", path("run"), "--progress", "off"});
  EXPECT_EQ(killed.code, 0) << killed.out << killed.err;
  EXPECT_THAT(killed.err, HasSubstr("was killed or still goes on"));
  ASSERT_EQ(fool({"evolve", "--resume", path("run"), "--generations", "3"}).code, 0);
  const Result whole = fool({"verify", path("run"), "--progress", "off"});
  EXPECT_EQ(whole.code, 0) << whole.out;
  EXPECT_THAT(whole.out, HasSubstr("12 images scored again"));
  EXPECT_EQ(whole.err, "");
}

TEST_F(Evolve, VerifyFailsOnAnotherNetwork) {
  evolve("run");
  const Result result =
      fool({"verify", path("run"), "--model", fake_card(12, 16, {{"seed", 7}}, "other")});
  EXPECT_EQ(result.code, 1) << result.err;
}

TEST_F(Evolve, RenderDrawsTheSavedImageAgain) {
  evolve("run");
  const auto images = files_in(folder_ / "run" / "images");
  const std::string image = path("run/images/" + images.begin()->first);
  ASSERT_EQ(fool({"render", image, "--out", path("again.png")}).code, 0);
  EXPECT_EQ(read_file(folder_ / "again.png"), images.begin()->second);
  const Result json = fool({"render", image, "--json"});
  write_file(folder_ / "genome.json", json.out);
  EXPECT_EQ(fool({"render", path("genome.json"), "--size", "64", "--out", path("large.png")}).code,
            0);
}

TEST_F(Evolve, DirectImagesHaveNoOtherSize) {
  evolve("run", {"--encoding", "direct"});
  const auto images = files_in(folder_ / "run" / "images");
  const Result result =
      fool({"render", path("run/images/" + images.begin()->first), "--size", "99"});
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(one_line(result.err)) << result.err;
}

TEST_F(Evolve, TenCropsScoreALargerCanvas) {
  const Json summary = evolve("run", {"--crops", "10"});
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
  EXPECT_GT(summary.at("stats").at("median"), 0.0);
}

// The bundled network, as the README's first command uses it.
TEST_F(Evolve, TheBundledMnistNetworkIsFooled) {
  const Result result =
      fool({"evolve", "--dataset", "mnist", "--out", path("run"), "--generations", "30", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json summary = Json::parse(result.out);
  EXPECT_GT(summary.at("stats").at("median"), 0.9);
  EXPECT_EQ(files_in(folder_ / "run" / "images").size(), 10U);
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
}

TEST_F(Evolve, AnImageNetNetworkFillsAThousandCells) {
  if (model_path() == nullptr ||
      !fs::exists(fs::path(model_path()) / "squeezenet1_1.safetensors")) {
    GTEST_SKIP() << "needs squeezenet1_1.safetensors in FOOL_MODEL_PATH";
  }
  for (const char* encoding : {"cppn", "direct"}) {
    const Result result =
        fool({"evolve", "--dataset", "imagenet", "--encoding", encoding, "--out", path(encoding),
              "--generations", "0", "--init-size", "40", "--batch-size", "40", "--json"});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(files_in(folder_ / encoding / "images").size(), 1000U);
    EXPECT_EQ(fool({"verify", path(encoding)}).code, 0);
  }
}

}  // namespace
}  // namespace fool::e2e
