// Weights from the network, by the real program: fetched once, resumed after an interruption, and
// never without being asked where that is forbidden.
#include <gmock/gmock.h>

#include <csignal>

#include "e2e/run_fool.h"
#include "fakes/http_server.h"

namespace fool::e2e {
namespace {

using fakes::HttpAnswer;
using fakes::HttpRequest;
using fakes::HttpServer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Fetch : public EndToEnd {
 protected:
  Fetch() {
    Json card = Json::parse(read_file(fs::path(FOOL_SOURCE_DIR) / "models/lenet-mnist.json"));
    card["name"] = "net";
    card["weights"] = "net.safetensors";
    card["urls"] = {server_.url("/net.safetensors")};
    write_file(folder_ / "net.json", card.dump());
  }

  // Another cache, no other place to look, and the network is allowed.
  Options online() const {
    return {{{"FOOL_OFFLINE", ""},
             {"XDG_CACHE_HOME", path("cache")},
             {"FOOL_MODEL_PATH", folder_.string()},
             {"no_proxy", "127.0.0.1"}},
            0};
  }

  std::vector<std::string> evolve() const {
    return {"evolve", "--model",      "net", "--out",       path("run"), "--generations",
            "1",      "--batch-size", "10",  "--init-size", "10",        "--progress",
            "off"};
  }

  const std::string weights_ =
      read_file(fs::path(FOOL_SOURCE_DIR) / "models/lenet-mnist.safetensors");
  std::atomic<bool> stalls_{false};
  HttpServer server_{[this](const HttpRequest& request) {
    HttpAnswer answer = with_ranges(request, weights_);
    answer.stall = stalls_;
    if (stalls_) answer.sent = 100'000;
    return answer;
  }};
  const fs::path cache_ = folder_ / "cache/fool/models";
};

TEST_F(Fetch, ModelsFetchPrintsWhereTheWeightsAre) {
  const Result first = fool({"models", "fetch", "net"}, online());
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, (cache_ / "net.safetensors").string() + "\n");
  EXPECT_THAT(first.err, HasSubstr("1.7 MB, from 127.0.0.1:"));
  EXPECT_EQ(read_file(cache_ / "net.safetensors"), weights_);
  const Result again = fool({"models", "fetch", path("net.json")}, online());
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Fetch, EvolveFetchesWhatItNeeds) {
  Json card = Json::parse(read_file(folder_ / "net.json"));
  card["sha256_prefix"] = card["sha256"].get<std::string>().substr(0, 8);
  card.erase("sha256");
  write_file(folder_ / "net.json", card.dump());
  const Result result = fool(evolve(), online());
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fool: fetching net.safetensors, 1.7 MB, from 127.0.0.1:"));
  EXPECT_EQ(Json::parse(read_file(folder_ / "run/run.json")).at("model").at("weights_sha256"),
            sha256_hex(weights_));
  EXPECT_EQ(fool({"verify", path("run")}, online()).code, 0);
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Fetch, OfflineTouchesNoNetwork) {
  std::vector<std::string> flag = evolve();
  flag.push_back("--offline");
  Options variable = online();
  variable.environment["FOOL_OFFLINE"] = "1";
  for (const Result& result : {fool(flag, online()), fool(evolve(), variable),
                               fool({"models", "fetch", "net", "--offline"}, online())}) {
    EXPECT_EQ(result.code, 4);
    EXPECT_TRUE(one_line(result.err)) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("net.safetensors"), HasSubstr("sha256 69f1bfa5"),
                                  HasSubstr("FOOL_MODEL_PATH"), HasSubstr("FOOL_OFFLINE"),
                                  HasSubstr(server_.url("/net.safetensors"))));
  }
  EXPECT_THAT(server_.requests(), IsEmpty());
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(Fetch, WhatDoesNotComeIsStillExplained) {
  Json card = Json::parse(read_file(folder_ / "net.json"));
  card["sha256"] = std::string(64, '0');
  write_file(folder_ / "net.json", card.dump());
  const Result result = fool(evolve(), online());
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.err, AllOf(HasSubstr("net needs the weights file net.safetensors"),
                                HasSubstr("expected sha256 " + std::string(64, '0')),
                                HasSubstr("seen 69f1bfa5")));
  EXPECT_FALSE(fs::exists(cache_ / "net.safetensors"));
  EXPECT_FALSE(fs::exists(cache_ / "net.safetensors.part"));
}

TEST_F(Fetch, AnInterruptedDownloadGoesOnTheNextTime) {
  const fs::path part = cache_ / "net.safetensors.part";
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGKILL, 128 + SIGKILL}}) {
    fs::remove_all(cache_);
    stalls_ = true;
    Process process({"models", "fetch", "net"}, folder_, online());
    process.wait_until([&] {
      std::error_code error;
      return fs::file_size(part, error) == 100'000 && !error;
    });
    process.signal(signal);
    EXPECT_EQ(process.wait().code, code);
    EXPECT_EQ(fs::file_size(part), 100'000U);
    stalls_ = false;
    const Result result = fool({"models", "fetch", "net"}, online());
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(read_file(cache_ / "net.safetensors"), weights_);
    EXPECT_EQ(server_.requests().back().range_start(), 100'000U);
  }
}

TEST_F(Fetch, ADiskThatIsFullLosesNothing) {
  Options small = online();
  small.file_size_limit = 100'000;
  const Result full = fool({"models", "fetch", "net"}, small);
  EXPECT_EQ(full.code, 6);
  EXPECT_THAT(full.err, HasSubstr("cannot write " + (cache_ / "net.safetensors.part").string()));
  EXPECT_EQ(fool({"models", "fetch", "net"}, online()).code, 0);
  EXPECT_EQ(server_.requests().back().range_start(), 100'000U);
}

}  // namespace
}  // namespace fool::e2e
