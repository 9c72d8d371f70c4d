// Gradient ascent from end to end, with the bundled network.
#include <gmock/gmock.h>

#include "e2e/run_fool.h"

namespace fool::e2e {
namespace {

using ::testing::HasSubstr;

class Ascend : public EndToEnd {};

TEST_F(Ascend, MakesImagesThatVerifyConfirms) {
  const Result result = fool({"ascend", "--dataset", "mnist", "--setting", "none,clip", "--classes",
                              "3,8", "--iterations", "60", "--out", path("run"), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("complete"), 4);
  EXPECT_EQ(files_in(folder_ / "run" / "images").size(), 4U);
  for (const char* name :
       {"run.json", "results.csv", "contact_sheet_none.png", "contact_sheet_clip.png"}) {
    EXPECT_TRUE(fs::exists(folder_ / "run" / name)) << name;
  }
  EXPECT_EQ(fool({"verify", path("run")}).code, 0);
  const Result one = fool({"verify", path("run/images/0008_8-clip-start0.png")});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("1 images scored again by lenet-mnist"));
}

TEST_F(Ascend, InterruptedItKeepsWhatItHasAndResumedItIsTheSameRun) {
  const auto arguments = [&](const std::string& out) -> std::vector<std::string> {
    // Steps so short that no image gets to where it stops by itself.
    return {"ascend",
            "--dataset",
            "mnist",
            "--iterations",
            "300",
            "--set",
            "ascend.early_progress=1e-6",
            "--block",
            "5",
            "--workers",
            "1",
            "--progress",
            "json",
            "--out",
            path(out)};
  };
  Process process(arguments("run"), folder_);
  process.wait_until([&] {  // the first iteration is told of
    const fs::path told = folder_ / "stderr.txt";
    return fs::exists(told) && fs::file_size(told) > 0;
  });
  process.signal(SIGINT);
  const Result stopped = process.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("of 10 images have had all their iterations"));
  EXPECT_FALSE(files_in(folder_ / "run" / "images").empty());
  const Result verified = fool({"verify", path("run")});
  EXPECT_EQ(verified.code, 0) << verified.err << verified.out;

  const Result refused = fool({"ascend", "--resume", path("run"), "--seed", "2"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--resume takes its settings from the run"));
  const Result resumed = fool({"ascend", "--resume", path("run"), "--workers", "2"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  ASSERT_EQ(fool(arguments("whole")).code, 0);
  EXPECT_EQ(read_file(folder_ / "run" / "results.csv"),
            read_file(folder_ / "whole" / "results.csv"));
  EXPECT_EQ(files_in(folder_ / "run" / "images"), files_in(folder_ / "whole" / "images"));
}

TEST_F(Ascend, AnImageThatWasChangedIsFound) {
  ASSERT_EQ(fool({"ascend", "--dataset", "mnist", "--classes", "3", "--iterations", "60", "--out",
                  path("run")})
                .code,
            0);
  const fs::path image = folder_ / "run" / "images" / "0003_3-none-start0.png";
  ASSERT_EQ(fool({"ascend", "--dataset", "mnist", "--classes", "3", "--iterations", "5", "--out",
                  path("other")})
                .code,
            0);
  fs::copy_file(folder_ / "other" / "images" / "0003_3-none-start0.png", image,
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(fool({"verify", path("run")}).code, 1);
  fs::remove(image);
  const Result missing = fool({"verify", path("run")});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.out, HasSubstr("is missing: results.csv logs class 3"));
}

}  // namespace
}  // namespace fool::e2e
