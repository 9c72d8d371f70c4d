// Images for one network seen by another, and images for several at once, from end to end.
#include <gmock/gmock.h>

#include "e2e/run_fool.h"
#include "fool/data/csv.h"

namespace fool::e2e {
namespace {

using ::testing::HasSubstr;

class Transfer : public EndToEnd {
 protected:
  Result evolve(const std::string& out, const std::string& model,
                const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{
        "evolve", "--dataset", "mnist", "--encoding",    "direct",     "--model", model,
        "--out",  path(out),   "--set", "generations=8", "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return fool(arguments);
  }

  // The bundled network with another mean on its card, which makes it another network.
  std::string shifted_lenet() const {
    const fs::path models = fs::path(FOOL_SOURCE_DIR) / "models";
    Json card = Json::parse(read_file(models / "lenet-mnist.json"));
    card["name"] = "shifted";
    card["input"]["mean"] = {0.2};
    fs::copy_file(models / "lenet-mnist.safetensors", folder_ / "lenet-mnist.safetensors",
                  fs::copy_options::skip_existing);
    return write_fake_card(folder_, card);
  }
};

TEST_F(Transfer, TheNetworkOfTheImagesKnowsThemAndAHashDoesNot) {
  ASSERT_EQ(evolve("run", "lenet-mnist").code, 0);
  Json card = fool::fake_card(10, 32, {{"seed", 4}}, "hash");
  card["input"]["channels"] = "GRAY";
  card["input"]["mean"] = {0};
  card["input"]["std"] = {1};
  const std::string hash = write_fake_card(folder_, card);
  const Result result = fool({"transfer", path("run"), "--model", "lenet-mnist," + hash, "--out",
                              path("t"), "--progress", "off"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("lenet-mnist"));
  EXPECT_THAT(result.err, HasSubstr("10 of the 10 images"));
  const CsvTable rows(read_file(folder_ / "t" / "transfer.csv"), "transfer.csv");
  ASSERT_EQ(rows.size(), 20U);
  for (std::size_t row = 0; row < rows.size(); row += 2) {
    EXPECT_NEAR(std::stod(rows.at(row, rows.column("target_confidence"))),
                std::stod(rows.at(row, rows.column("evolved_confidence"))), 1e-5);
    EXPECT_EQ(rows.at(row, rows.column("source_model")), "lenet-mnist");
  }
  for (const char* name : {"matrix.csv", "matrix.json", "per_class.csv", "matrix.png"}) {
    EXPECT_TRUE(fs::exists(folder_ / "t" / name)) << name;
  }
}

TEST_F(Transfer, WorkersChangeNothing) {
  ASSERT_EQ(evolve("run", "lenet-mnist").code, 0);
  for (const char* workers : {"1", "3"}) {
    const Result result = fool({"transfer", path("run"), "--out", path(workers), "--workers",
                                workers, "--progress", "off"});
    ASSERT_EQ(result.code, 0) << result.err;
  }
  EXPECT_EQ(files_in(folder_ / "1"), files_in(folder_ / "3"));
}

TEST_F(Transfer, InterruptedItLeavesWhatIsDone) {
  const std::string card = fake_card(400, 16);
  ASSERT_EQ(
      fool({"evolve", "--model", card, "--encoding", "direct", "--generations", "1", "--init-size",
            "5", "--batch-size", "5", "--out", path("run"), "--progress", "off"})
          .code,
      0);
  Process process(
      {"transfer", path("run"), "--model", card + "," + fake_card(400, 600, Json::object(), "slow"),
       "--workers", "1", "--out", path("t"), "--progress", "json"},
      folder_);
  process.wait_until([&] {
    const fs::path told = folder_ / "stderr.txt";
    return fs::exists(told) && read_file(told).find("slow") != std::string::npos;
  });
  process.signal(SIGINT);
  const Result result = process.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stopped: 1 of 2 networks are done"));
  const CsvTable rows(read_file(folder_ / "t" / "transfer.csv"), "transfer.csv");
  EXPECT_EQ(rows.size(), 400U);
}

TEST_F(Transfer, AnEnsembleEvolvesVerifiesAndResumes) {
  const std::string both = "lenet-mnist," + shifted_lenet();
  for (const std::string rule : {"mean", "min"}) {
    const Result evolved = evolve(rule, both, {"--ensemble", rule});
    ASSERT_EQ(evolved.code, 0) << evolved.err;
    const Result verified = fool({"verify", path(rule)});
    EXPECT_EQ(verified.code, 0) << verified.err << verified.out;
    EXPECT_THAT(verified.out, HasSubstr("by " + rule + " of lenet-mnist+shifted"));

    const Result changed =
        fool({"evolve", "--resume", path(rule), "--ensemble", rule == "min" ? "mean" : "min"});
    EXPECT_EQ(changed.code, 2);
    EXPECT_THAT(changed.err, HasSubstr("--resume: ensemble was"));
    const Result resumed =
        fool({"evolve", "--resume", path(rule), "--generations", "10", "--progress", "off"});
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    ASSERT_EQ(evolve(rule + "-whole", both, {"--ensemble", rule, "--generations", "10"}).code, 0);
    EXPECT_EQ(read_file(folder_ / rule / "classes.csv"),
              read_file(folder_ / (rule + "-whole") / "classes.csv"));
  }
  // Without --model, the members are those to score with.
  const Result transfer =
      fool({"transfer", path("min"), "--out", path("t"), "--progress", "off", "--json"});
  ASSERT_EQ(transfer.code, 0) << transfer.err;
  const Json matrix = Json::parse(transfer.out).at("matrix");
  ASSERT_EQ(matrix.size(), 2U);
  EXPECT_EQ(matrix.at(0).at("source_model"), "min of lenet-mnist+shifted");
  EXPECT_EQ(matrix.at(1).at("network"), "shifted");
  EXPECT_LE(matrix.at(0).at("median_drop"), 1e-5);  // no member is less sure than the ensemble
  EXPECT_LE(matrix.at(1).at("median_drop"), 1e-5);
}

TEST_F(Transfer, ImagesAreScoredWithTheirCopies) {
  const Result evolved = evolve("run", "lenet-mnist", {"--transforms", "jpeg,shift"});
  ASSERT_EQ(evolved.code, 0) << evolved.err;
  const Result verified = fool({"verify", path("run")});
  EXPECT_EQ(verified.code, 0) << verified.err << verified.out;
  const Result climbed = fool({"ascend", "--transforms", "mirror", "--ensemble", "min", "--classes",
                               "3", "--iterations", "20", "--out", path("climbed")});
  ASSERT_EQ(climbed.code, 0) << climbed.err;
  EXPECT_EQ(fool({"verify", path("climbed")}).code, 0);
  EXPECT_EQ(fool({"verify", path("climbed/images/0003_3-none-start0.png")}).code, 0);
}

TEST_F(Transfer, AnEnsembleCanBeClimbed) {
  const std::string both = "lenet-mnist," + shifted_lenet();
  const Result result =
      fool({"ascend", "--dataset", "mnist", "--model", both, "--ensemble", "min", "--classes", "3",
            "--iterations", "40", "--out", path("run"), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
  const Result one = fool({"verify", path("run/images/0003_3-none-start0.png")});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("min of lenet-mnist+shifted"));
  const Result logits =
      fool({"ascend", "--model", both, "--objective", "logit", "--out", path("logits")});
  EXPECT_EQ(logits.code, 2);
  EXPECT_THAT(logits.err, HasSubstr("an ensemble has no logits"));
}

}  // namespace
}  // namespace fool::e2e
