// Runs of several processes: the same bytes as one process writes, whatever happens to one of them.
#include <gmock/gmock.h>

#include <cstdlib>

#include "e2e/run_fool.h"
#include "fool/eval/communicator.h"
#include "fool/model/safetensors.h"

namespace fool::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kAnyGenerations = 100000;  // more than a test waits for

class Ranks : public EndToEnd {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer knows nothing of what MPI's own threads do";
#endif
    if (mpi_library() == "none") GTEST_SKIP() << "this build has no MPI";
    if (std::system("mpirun --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs mpirun";
  }

  // mpirun kills what does not end within a second, and a machine may be slower than that.
  static Options on(int ranks) {
    Options options;
    options.launcher = {"mpirun", "--oversubscribe", "-n", std::to_string(ranks)};
    options.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                           {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                           {"OMPI_MCA_odls_base_sigkill_timeout", "4"},
                           {"ASAN_OPTIONS", "detect_leaks=0"}};  // MPI's
    return options;
  }

  std::vector<std::string> evolve(const std::string& out, int generations) const {
    return {"evolve",
            "--model",
            card_,
            "--out",
            path(out),
            "--generations",
            std::to_string(generations),
            "--batch-size",
            "30",
            "--init-size",
            "20",
            "--block",
            "8",
            "--checkpoint-every",
            "3",
            "--json"};
  }

  Result resume(const std::string& run, int generations, const Options& options = {}) const {
    return fool(
        {"evolve", "--resume", path(run), "--generations", std::to_string(generations), "--json"},
        options);
  }

  // Waits until a run has finished so many generations.
  void wait_for(Process& process, const std::string& run, int generations) const {
    const fs::path metrics = folder_ / run / "metrics.jsonl";
    process.wait_until([&] {
      std::ifstream file(metrics);
      return std::count(std::istreambuf_iterator<char>(file), {}, '\n') > generations;
    });
  }

  // The process of a rank that mpirun has started.
  static pid_t rank_process(const Process& mpirun, int rank) {
    const std::string wanted = "OMPI_COMM_WORLD_RANK=" + std::to_string(rank);
    const std::string parent = std::to_string(mpirun.pid());
    std::ifstream children("/proc/" + parent + "/task/" + parent + "/children");
    for (pid_t child = 0; children >> child;) {
      std::ifstream variables("/proc/" + std::to_string(child) + "/environ");
      for (std::string variable; std::getline(variables, variable, '\0');) {
        if (variable == wanted) return child;
      }
    }
    ADD_FAILURE() << "mpirun has no rank " << rank;
    return -1;
  }

  int generations_done(const std::string& run) const {
    std::istringstream lines(read_file(folder_ / run / "metrics.jsonl"));
    int done = 0;
    for (std::string line; std::getline(lines, line);) done = Json::parse(line).at("generation");
    return done;
  }

  // Every file but for what a clock says.
  void expect_same_run(const std::string& a, const std::string& b) const {
    for (const char* name : {"classes.csv", "lineage.jsonl", "contact_sheet.png"}) {
      EXPECT_EQ(read_file(folder_ / a / name), read_file(folder_ / b / name)) << name;
    }
    EXPECT_EQ(files_in(folder_ / a / "images"), files_in(folder_ / b / "images"));
    EXPECT_EQ(metrics(a), metrics(b));
    EXPECT_EQ(newest_checkpoint(a), newest_checkpoint(b));
  }

  std::vector<Json> metrics(const std::string& run) const {
    std::istringstream lines(read_file(folder_ / run / "metrics.jsonl"));
    std::vector<Json> rows;
    for (std::string line; std::getline(lines, line);) {
      rows.push_back(Json::parse(line));
      for (const char* key : {"seconds", "evaluations_per_second", "stage_seconds"})
        rows.back().erase(key);
    }
    return rows;
  }

  // Name -> contents.
  std::map<std::string, std::string> newest_checkpoint(const std::string& run) const {
    std::map<std::string, std::string> contents;
    const auto files = files_in(folder_ / run / "checkpoint");
    if (files.empty()) return contents;
    const NamedTensors file =
        read_safetensors(folder_ / run / "checkpoint" / files.rbegin()->first);
    for (const auto& [name, tensor] : file.tensors) contents[name] = tensor.bytes;
    for (const char* key : {"archive", "generation", "evaluations", "search", "fingerprint"})
      contents[key] = file.metadata.at(key);
    contents["file"] = files.rbegin()->first;
    return contents;
  }

  std::string card_ = fake_card();
};

TEST_F(Ranks, ChangeNothing) {
  ASSERT_EQ(fool(evolve("alone", 12)).code, 0);
  for (const int ranks : {1, 2, 3}) {
    const std::string name = "ranks" + std::to_string(ranks);
    const Result result = fool(evolve(name, 12), on(ranks));
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(Json::parse(result.out).at("evaluations"), 20 + 13 * 30);  // said once
    expect_same_run("alone", name);
    EXPECT_EQ(fool({"verify", path(name)}).code, 0);
  }
}

TEST_F(Ranks, ChangeNothingForTheDirectEncodingAndManyWorkers) {
  std::vector<std::string> alone = evolve("alone", 5);
  std::vector<std::string> shared = evolve("shared", 5);
  for (auto* arguments : {&alone, &shared})
    arguments->insert(arguments->end(), {"--encoding", "direct"});
  shared.insert(shared.end(), {"--workers", "3"});
  ASSERT_EQ(fool(alone).code, 0);
  const Result result = fool(shared, on(2));
  ASSERT_EQ(result.code, 0) << result.err;
  expect_same_run("alone", "shared");
}

TEST_F(Ranks, ShareGradientsToo) {
  const auto run = [&](const std::string& name) {
    return std::vector<std::string>{"evolve",   "--dataset",     "mnist",      "--search",
                                    "memetic",  "--encoding",    "dense-cppn", "--out",
                                    path(name), "--generations", "5",          "--init-size",
                                    "60",       "--batch-size",  "60",         "--block",
                                    "10",       "--workers",     "1",          "--json"};
  };
  ASSERT_EQ(fool(run("alone")).code, 0);
  for (const int ranks : {2, 3}) {
    const std::string name = "ranks" + std::to_string(ranks);
    const Result result = fool(run(name), on(ranks));
    ASSERT_EQ(result.code, 0) << result.err;
    expect_same_run("alone", name);
  }
}

TEST_F(Ranks, AnyNumberMayContinueWhatAnyOtherBegan) {
  ASSERT_EQ(fool(evolve("whole", 12)).code, 0);
  ASSERT_EQ(fool(evolve("run", 4), on(3)).code, 0);
  ASSERT_EQ(resume("run", 8).code, 0);
  const Result last = resume("run", 12, on(2));
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_run("whole", "run");
}

TEST_F(Ranks, AKilledRankEndsTheJobAndLeavesARunToResume) {
  for (const int victim : {1, 0}) {
    const std::string run = "killed" + std::to_string(victim);
    Process process(evolve(run, kAnyGenerations), folder_, on(2));
    wait_for(process, run, 5);
    ASSERT_TRUE(process.running());
    ::kill(rank_process(process, victim), SIGKILL);
    const Result result = process.wait();
    EXPECT_NE(result.code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("exited on signal 9"));  // says mpirun
    if (victim != 0) {
      EXPECT_THAT(result.err, AllOf(HasSubstr("has lost the others: rank 1, process "),
                                    HasSubstr("The run can be resumed")));
    }
    const int done = generations_done(run);
    const Result resumed = resume(run, done + 2, on(3));
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    const std::string whole = "whole" + std::to_string(victim);
    ASSERT_EQ(fool(evolve(whole, done + 2)).code, 0);
    expect_same_run(whole, run);
  }
}

TEST_F(Ranks, AnInterruptedRankStopsAllOfThem) {
  for (const int rank : {0, 1}) {
    const std::string run = "run" + std::to_string(rank);
    Process process(evolve(run, kAnyGenerations), folder_, on(3));
    wait_for(process, run, 5);
    ASSERT_TRUE(process.running());
    ::kill(rank_process(process, rank), SIGINT);
    const Result result = process.wait();
    EXPECT_EQ(result.code, 130) << result.err;
    EXPECT_TRUE(Json::parse(result.out).at("interrupted")) << result.out;
    EXPECT_EQ(newest_checkpoint(run).at("generation"), std::to_string(generations_done(run)));
    EXPECT_EQ(fool({"verify", path(run)}).code, 0);
  }
}

// mpirun itself then exits with a code of its own.
TEST_F(Ranks, CtrlCLeavesARunToResume) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string run = "run" + std::to_string(signal);
    Process process(evolve(run, kAnyGenerations), folder_, on(2));
    wait_for(process, run, 5);
    process.signal(signal);
    const Result result = process.wait();
    EXPECT_NE(result.code, 0);
    const int done = generations_done(run);
    EXPECT_EQ(newest_checkpoint(run).at("generation"), std::to_string(done));
    ASSERT_EQ(resume(run, done + 1).code, 0);
    const std::string whole = "whole" + std::to_string(signal);
    ASSERT_EQ(fool(evolve(whole, done + 1)).code, 0);
    expect_same_run(whole, run);
  }
}

// One job of two different command lines.
TEST_F(Ranks, ThatDifferDoNotMix) {
  std::vector<std::string> arguments = evolve("run", 5);
  const auto with = [&](const std::vector<std::string>& other) {
    std::vector<std::string> both = arguments;
    both.insert(both.end(), {":", "-n", "1", binary()});
    both.insert(both.end(), other.begin(), other.end());
    return fool(both, on(1));
  };
  std::vector<std::string> other = arguments;
  other.insert(other.end(), {"--seed", "2"});
  const Result seed = with(other);
  EXPECT_EQ(seed.code, 7) << seed.err;
  EXPECT_THAT(seed.err, AllOf(HasSubstr("fool: the ranks do not have the same numerics, so their "
                                        "results would mix: seed is 1 on rank 0 ("),
                              HasSubstr("and 2 on rank 1 (")));
  EXPECT_FALSE(fs::exists(folder_ / "run"));

  other = arguments;
  other[2] = path("nowhere.json");
  const Result model = with(other);
  EXPECT_EQ(model.code, 4) << model.err;
  EXPECT_THAT(model.err, AllOf(HasSubstr("fool: rank 1 of 2 ("), HasSubstr("nowhere.json")));
}

// Rank 0 fails where the others do not expect it: they are in the loop already.
TEST_F(Ranks, AFolderThatCannotBeWrittenEndsTheJob) {
  fs::create_directories(folder_ / "run" / "metrics.jsonl");
  const Result result = fool(evolve("run", kAnyGenerations), on(2));
  EXPECT_EQ(result.code, 6) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("fool: cannot "), HasSubstr("metrics.jsonl")));
  EXPECT_THAT(result.err, Not(HasSubstr("rank 1 of 2")));
}

TEST_F(Ranks, OtherCommandsAreForOneProcess) {
  const Result refused = fool({"describe", "encoding.cppn"}, on(2));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("fool describe is the work of one process, but 2 were started"));
  EXPECT_EQ(refused.out, "");
  Options apart = on(2);
  apart.environment["FOOL_RANKS"] = "off";
  const Result each = fool({"--version"}, apart);
  EXPECT_EQ(each.code, 0) << each.err;
  EXPECT_EQ(std::count(each.out.begin(), each.out.end(), '\n'), 2);
}

// As mpirun of another library, or srun without PMI, would start them.
TEST_F(Ranks, ProcessesThatCannotTalkAreRefused) {
  Options options;
  options.environment = {{"PMI_SIZE", "2"}, {"PMI_RANK", "0"}, {"ASAN_OPTIONS", "detect_leaks=0"}};
  const Result result = fool(evolve("run", 3), options);
  EXPECT_EQ(result.code, 7) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fool: mpiexec has started 2 processes that cannot share one "
                                    "run"));
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

}  // namespace
}  // namespace fool::e2e
