#include "app/provide_model.h"

#include <gmock/gmock.h>

#include <sstream>

#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/hermetic.h"
#include "fakes/http_server.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using fakes::HttpAnswer;
using fakes::HttpRequest;
using fakes::HttpServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A card with an address, of weights that are in no folder yet.
class Provide : public ::testing::Test {
 protected:
  Provide() {
    fs::create_directory(folder_ / "cards");
    write_card(card());
  }

  Json card() const {
    return {{"name", "net"},
            {"format", "pytorch"},
            {"weights", "net.pth"},
            {"sha256", sha256_hex(weights_)},
            {"bytes", weights_.size()},
            {"urls", {server_.url("/gone/net.pth"), server_.url("/net.pth")}},
            {"classes", 2},
            {"labels", "two.txt"},
            {"labels_urls", {server_.url("/two.txt")}},
            {"input",
             {{"height", 8},
              {"width", 8},
              {"channels", "RGB"},
              {"range", "0..1"},
              {"mean", {0, 0, 0}},
              {"std", {1, 1, 1}}}},
            {"output", "logits"}};
  }
  void write_card(const Json& json) const { write_file(folder_ / "cards/net.json", json.dump()); }

  ModelSpec provide(Thoroughness thoroughness = Thoroughness::kMissing) {
    Console console{out_, err_, {}};
    return provide_model("net", thoroughness, flags_, console);
  }
  std::string said() {
    std::string text = err_.str();
    err_.str("");
    return text;
  }

  ScratchFolder folder_;
  const std::string weights_ = "these are the weights";
  std::string labels_ = "cat\ndog\n";
  HttpServer server_{[this](const HttpRequest& r) {
    if (r.path == "/two.txt" && !labels_.empty()) return HttpAnswer{200, labels_, {}};
    if (r.path == "/net.pth") return with_ranges(r, weights_);
    return HttpAnswer{404, "", {}};
  }};
  const fs::path cache_ = folder_ / "cache/fool/models";
  ScopedVariable variable_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
  ScopedVariable torch_{"TORCH_HOME", (folder_ / "torch").string()};
  ScopedVariable path_{"FOOL_MODEL_PATH", (folder_ / "cards").string()};
  ScopedVariable no_proxy_{"no_proxy", "127.0.0.1"};
  DownloadFlags flags_{false, "off"};
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Provide, DownloadsWhatIsNowhereWithLabels) {
  const ModelSpec spec = provide();
  EXPECT_EQ(spec.weights, cache_ / "net.pth");
  EXPECT_EQ(read_file(spec.weights), weights_);
  EXPECT_THAT(spec.labels, ElementsAre("cat", "dog"));
  EXPECT_THAT(said(), AllOf(HasSubstr("net.pth, 21 bytes, from 127.0.0.1:"),
                            HasSubstr(cache_.string()), HasSubstr("HTTP 404")));
  // The next time all is there, for whoever asks.
  const std::size_t asked = server_.requests().size();
  provide();
  EXPECT_EQ(said(), "");
  EXPECT_EQ(server_.requests().size(), asked);
  const ModelSpec found = ModelFinder::from_environment().find("net");
  EXPECT_EQ(found.weights, cache_ / "net.pth");
  EXPECT_EQ(found.label(1), "dog");
}

TEST_F(Provide, UsesWhatAnotherProgramDownloaded) {
  fs::create_directories(folder_ / "torch/hub/checkpoints");
  const fs::path theirs = folder_ / "torch/hub/checkpoints/net.pth";
  write_file(theirs, weights_);
  EXPECT_EQ(provide().weights, theirs);
  EXPECT_EQ(said(), "fool: net: using " + theirs.string() + ", where another program keeps it\n");
  EXPECT_THAT(server_.requests(), IsEmpty());
  // Who names the file knows where it is.
  Console console{out_, err_, {}};
  provide_model(theirs.string(), Thoroughness::kMissing, flags_, console);
  EXPECT_EQ(said(), "");
}

TEST_F(Provide, ADamagedDownloadIsReplacedIfAllIsAskedFor) {
  fs::create_directories(cache_);
  write_file(cache_ / "net.pth", "these are THE weights");
  provide();
  EXPECT_THAT(server_.requests(), IsEmpty());
  provide(Thoroughness::kAll);
  EXPECT_EQ(read_file(cache_ / "net.pth"), weights_);
}

TEST_F(Provide, AbsentLabelsStopNothing) {
  labels_.clear();
  EXPECT_EQ(provide().label(1), "1");
  EXPECT_THAT(said(), HasSubstr("net: no labels, so that classes go by their numbers"));
  labels_ = "only one\n";
  EXPECT_THAT(provide(Thoroughness::kAll).labels, IsEmpty());
  EXPECT_THAT(said(), HasSubstr("has 1 labels for a network of 2 classes"));
  EXPECT_FALSE(fs::exists(cache_ / "two.txt"));
  labels_ = "cat\ndog\n";
  EXPECT_THAT(provide(Thoroughness::kAll).labels, ElementsAre("cat", "dog"));
}

TEST_F(Provide, TriesTheOtherFilesOfTheCard) {
  Json json = card();
  json["other_files"] = {{{"file", "net.safetensors"},
                          {"format", "safetensors"},
                          {"sha256_prefix", sha256_hex(weights_).substr(0, 8)},
                          {"urls", {server_.url("/net.pth")}}}};
  json["urls"] = {server_.url("/gone/net.pth")};
  write_card(json);
  const ModelSpec spec = provide();
  EXPECT_EQ(spec.weights, cache_ / "net.safetensors");
  EXPECT_EQ(spec.format, "safetensors");
}

TEST_F(Provide, SaysWhatIsMissingAndWhyItDidNotCome) {
  flags_.offline = true;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { provide(); }),
              AllOf(HasSubstr("net needs the weights file net.pth (sha256 " + sha256_hex(weights_)),
                    HasSubstr("looked in: " + (folder_ / "cards").string()),
                    HasSubstr("; net.pth (sha256 "), HasSubstr("put it by hand at"),
                    Not(HasSubstr("models fetch"))));
  EXPECT_THAT(server_.requests(), IsEmpty());
  flags_.offline = false;
  Json json = card();
  json["urls"] = {server_.url("/gone/net.pth")};
  write_card(json);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { provide(); }),
              AllOf(HasSubstr("net needs the weights file net.pth"),
                    HasSubstr("cannot download net.pth: " + server_.url("/gone/net.pth") +
                              " answers HTTP 404")));
  json.erase("urls");
  write_card(json);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { provide(); }),
              HasSubstr("net needs the weights file net.pth"));
  const ScopedVariable nowhere("XDG_CACHE_HOME", "");
  const ScopedVariable homeless("HOME", "");
  write_card(card());
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { provide(); }),
              HasSubstr("there is no folder for downloads"));
}

}  // namespace
}  // namespace fool
