// A run of the bundled network as a page, and the page in a browser.
#include <gmock/gmock.h>

#include "e2e/run_fool.h"
#include "fakes/python.h"

namespace fool::e2e {
namespace {

using ::testing::HasSubstr;

class Report : public EndToEnd {
 protected:
  void evolve(const std::string& name, const std::string& seed) const {
    const Result result =
        fool({"evolve", "--dataset", "mnist", "--generations", "8", "--batch-size", "40", "--seed",
              seed, "--out", path(name), "--progress", "off"});
    ASSERT_EQ(result.code, 0) << result.err;
  }
};

TEST_F(Report, ShowsAnMnistRunInABrowser) {
  evolve("one", "1");
  evolve("two", "2");
  const Result one = fool({"report", path("one"), "--out", path("one.html"), "--json"});
  ASSERT_EQ(one.code, 0) << one.err;
  const Json summary = Json::parse(one.out);
  EXPECT_EQ(summary.at("classes"), 10);
  EXPECT_EQ(summary.at("bytes"), fs::file_size(path("one.html")));
  EXPECT_GT(summary.at("ancestors"), 0);
  EXPECT_EQ(summary.at("notes"), Json::array());
  const Result two = fool({"report", path("one"), path("two"), "--out", path("two.html")});
  ASSERT_EQ(two.code, 0) << two.err;
  EXPECT_THAT(two.out, HasSubstr("2 runs"));
  const Result ascent = fool({"ascend", "--dataset", "mnist", "--setting", "none,l2",
                              "--iterations", "8", "--out", path("ascent"), "--progress", "off"});
  ASSERT_EQ(ascent.code, 0) << ascent.err;
  ASSERT_EQ(fool({"report", path("ascent"), "--out", path("ascent.html")}).code, 0);

  const std::string python = python_with("websocket");
  if (python.empty()) GTEST_SKIP() << "no Python with the module websocket (python3-websocket)";
  if (std::system("command -v chromium chromium-browser google-chrome >/dev/null") != 0) {
    GTEST_SKIP() << "no Chromium in the path";
  }
  const std::string script = FOOL_SOURCE_DIR "/tests/e2e/report_page.py";
  struct Page {
    const char* name;
    const char* runs;  // and how many of them have evolved
  };
  for (const auto& [page, runs] :
       {Page{"one.html", "1 1"}, Page{"two.html", "2 2"}, Page{"ascent.html", "2 0"}}) {
    const std::string said = path("said.txt");
    const std::string command = "PYTHONDONTWRITEBYTECODE=1 " + python + " " + script + " " +
                                path(page) + " 10 " + runs + " >" + said + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << read_file(said);
  }
}

TEST_F(Report, ARunThatWasKilledIsShownWithItsNetworksShape) {
  evolve("run", "1");
  // As a killed run is found: nothing at the end was written.
  Json record = Json::parse(read_file(path("run/run.json")));
  record["ended"] = false;
  write_file(path("run/run.json"), record.dump());
  fs::remove_all(path("run/images"));
  fs::remove_all(path("run/checkpoint"));
  const Result result = fool({"report", path("run"), "--out", path("run.html"), "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("images"), 10);
}

TEST_F(Report, ReplacesPagesOnly) {
  evolve("run", "1");
  ASSERT_EQ(fool({"report", path("run"), "--out", path("page.html")}).code, 0);
  EXPECT_EQ(fool({"report", path("run"), "--out", path("page.html")}).code, 0);
  write_file(path("notes.txt"), "mine");
  const Result refused = fool({"report", path("run"), "--out", path("notes.txt")});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.err, HasSubstr("notes.txt is already there and no page of fool report"));
  EXPECT_EQ(read_file(path("notes.txt")), "mine");
  EXPECT_EQ(fool({"report", path("run"), "--out", path("notes.txt"), "--force"}).code, 0);
}

TEST_F(Report, WhatIsNoRunIsRefusedAndNothingIsLeft) {
  const Result result = fool({"report", path("nowhere"), "--out", path("page.html")});
  EXPECT_EQ(result.code, 6);
  EXPECT_TRUE(one_line(result.err));
  EXPECT_THAT(result.err, HasSubstr("is not a run folder"));
  EXPECT_FALSE(fs::exists(path("page.html")));
  EXPECT_EQ(fool({"report"}).code, 2);
}

}  // namespace
}  // namespace fool::e2e
