#include <gmock/gmock.h>

#include "app/in_process.h"
#include "fakes/environment.h"
#include "fakes/http_server.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/dataset.h"
#include "fool/data/known_data.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class DataFetch : public testing::Test {
 protected:
  InProcess fetch(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"data", "fetch", "mnist", "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  const fs::path real_ =
      fs::path(std::getenv("FOOL_DATA_PATH") == nullptr ? "" : std::getenv("FOOL_DATA_PATH")) /
      "mnist";
  ScratchFolder folder_;
  ScopedVariable home_{"HOME", (folder_ / "home").string()};
  ScopedVariable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
  ScopedVariable data_{"FOOL_DATA_PATH", ""};
  ScopedVariable offline_{"FOOL_OFFLINE", ""};
};

TEST_F(DataFetch, GetsMnistToWhereItIsFound) {
  if (!fs::exists(real_ / find_known_data("mnist")->files[0].name)) {
    GTEST_SKIP() << "no MNIST files in FOOL_DATA_PATH";
  }
  const fakes::HttpServer server([&](const fakes::HttpRequest& request) {
    return fakes::with_ranges(request, read_file(real_ / fs::path(request.path).filename()));
  });
  const InProcess result = fetch({"--mirror", server.url("/folder")});
  ASSERT_EQ(result.code, 0) << result.err;
  const fs::path folder = folder_ / "cache/fool/data/mnist";
  EXPECT_EQ(result.out, folder.string() + "\n");
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("fetching train-images-idx3-ubyte.gz, 9.9 MB, from 127.0.0.1:"),
                    HasSubstr(" into " + folder.string())));
  EXPECT_EQ(find_data("mnist", ""), folder);
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_EQ(server.requests()[0].path, "/folder/train-images-idx3-ubyte.gz");

  // The second time there is nothing to do, network or not.
  const InProcess again = fetch({"--offline"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.err, "");
}

TEST_F(DataFetch, OfflineItSaysWhatIsMissingAndWhereItGoes) {
  const InProcess result = fetch({"--offline", "--out", (folder_ / "x").string()});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, AllOf(HasSubstr("md5 f68b3c2dcbeaaa9fbdd348bbdeb94873"),
                                HasSubstr((folder_ / "x/train-images-idx3-ubyte.gz").string()),
                                HasSubstr("--offline")));
}

TEST_F(DataFetch, TheVariableForbidsTheNetworkToo) {
  const ScopedVariable offline("FOOL_OFFLINE", "1");
  EXPECT_EQ(fetch({}).code, 5);
}

TEST_F(DataFetch, WithoutAHomeItAsksForAFolder) {
  const ScopedVariable home("HOME", "");
  const ScopedVariable cache("XDG_CACHE_HOME", "");
  const InProcess result = fetch({"--offline"});
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("--out FOLDER"));
}

TEST_F(DataFetch, NamesTheNearestDataSet) {
  const InProcess result = run_program({"data", "fetch", "mnits"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"mnist\""));
}

}  // namespace
}  // namespace fool
