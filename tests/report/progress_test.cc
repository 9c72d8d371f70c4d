#include "fool/report/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sstream>

#include "fool/core/json.h"
#include "report/support.h"

namespace fool {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProgressTest : public ::testing::Test {
 protected:
  ProgressOptions options(ProgressStyle style) {
    ProgressOptions options;
    options.style = style;
    options.facts = {true, false, 100};
    options.clock = [this] { return now_; };
    return options;
  }
  // What was written since the last call.
  std::string written() {
    std::string text = stream_.str();
    stream_.str("");
    return text;
  }

  double now_ = 100;
  std::ostringstream stream_;
};

TEST_F(ProgressTest, BarShowsShareRateAndTimeLeft) {
  Progress progress("evolve", 1000, stream_, options(ProgressStyle::kBar));
  now_ += 10;
  progress.update(420, "median 0.5");
  EXPECT_EQ(written(),
            "\revolve  42 % [################........................]  42.0 images/s  ETA 0:14  "
            "median 0.5"
            "\x1b[K");
  now_ += 10;
  progress.update(1000);
  progress.finish("median 0.9");
  EXPECT_THAT(written(),
              EndsWith("evolve 100 % [########################################]  50.0 images/s  "
                       "in 0:20  median 0.9\x1b[K\n"));
}

TEST_F(ProgressTest, BarIsDrawnAtMostTenTimesASecond) {
  Progress progress("evolve", 1000, stream_, options(ProgressStyle::kBar));
  int draws = 0;
  for (int i = 0; i < 1000; ++i) {
    now_ += 0.01;
    progress.update(static_cast<std::uint64_t>(i));
    if (!written().empty()) ++draws;
  }
  EXPECT_LE(draws, 101);
  EXPECT_GE(draws, 80);
}

TEST_F(ProgressTest, BarFitsTheTerminal) {
  for (int width = 0; width < 120; ++width) {
    ProgressOptions narrow = options(ProgressStyle::kBar);
    narrow.facts.width = width;
    Progress progress("evolve", 10, stream_, narrow);
    now_ += 1;
    progress.update(5, "median 0.123456");
    EXPECT_LE(written().size(), static_cast<std::size_t>(width) + 4)
        << width;  // \r, the code, no wrap
    progress.finish();
    written();
  }
}

TEST_F(ProgressTest, ColoursOnlyWhereTheyAreWelcome) {
  ProgressOptions colourful = options(ProgressStyle::kBar);
  colourful.facts.colour = true;
  Progress with("evolve", 10, stream_, colourful);
  now_ += 1;
  with.update(5);
  EXPECT_THAT(written(), HasSubstr("\x1b[32m####################\x1b[0m...................."));
  Progress without("evolve", 10, stream_, options(ProgressStyle::kBar));
  now_ += 1;
  without.update(5);
  EXPECT_THAT(written(), Not(HasSubstr("\x1b[32m")));
}

TEST_F(ProgressTest, AnUnfinishedBarEndsItsLine) {
  {
    Progress progress("evolve", 10, stream_, options(ProgressStyle::kBar));
    progress.update(5);
    written();
  }
  EXPECT_EQ(written(), "\n");
}

TEST_F(ProgressTest, PlainLinesAreRare) {
  Progress progress("evolve", 1000, stream_, options(ProgressStyle::kPlain));
  std::vector<std::string> lines;
  for (int second = 1; second <= 100; ++second) {
    now_ += 1;
    progress.update(static_cast<std::uint64_t>(second));
    const std::string text = written();
    if (!text.empty()) lines.push_back(text);
  }
  ASSERT_EQ(lines.size(), 4U);  // after 3, 33, 63 and 93 seconds
  EXPECT_EQ(lines[1], "evolve   3 %  33 of 1000 images  1.00 images/s  ETA 16:07\n");
  progress.finish("median 1");
  EXPECT_EQ(written(), "evolve  10 %  100 of 1000 images  1.00 images/s  in 1:40  median 1\n");
}

TEST_F(ProgressTest, TheLastLineComesOnce) {
  Progress progress("evolve", 10, stream_, options(ProgressStyle::kPlain));
  now_ += 100;
  progress.update(10);
  EXPECT_EQ(written(), "");
  progress.finish();
  EXPECT_EQ(written(), "evolve 100 %  10 of 10 images  0.10 images/s  in 1:40\n");
}

TEST_F(ProgressTest, JsonLinesForPrograms) {
  Progress progress("evolve", 100, stream_, options(ProgressStyle::kJson));
  progress.update(0);
  EXPECT_TRUE(Json::parse(written()).at("seconds_left").is_null());
  now_ += 0.5;
  progress.update(10);
  EXPECT_EQ(written(), "");
  now_ += 0.5;
  progress.update(20, "note");
  Json second = Json::parse(written());
  EXPECT_NEAR(second.at("per_second").get<double>(), 20, 1e-9);
  EXPECT_NEAR(second.at("seconds_left").get<double>(), 4, 1e-9);
  second.erase("per_second");
  second.erase("seconds_left");
  EXPECT_EQ(second, (Json{{"task", "evolve"},
                          {"done", 20},
                          {"total", 100},
                          {"unit", "images"},
                          {"seconds", 1.0},
                          {"note", "note"},
                          {"finished", false}}));
  progress.finish();
  EXPECT_TRUE(Json::parse(written()).at("finished").get<bool>());
}

TEST_F(ProgressTest, OffSaysNothing) {
  Progress progress("evolve", 100, stream_, options(ProgressStyle::kOff));
  now_ += 100;
  progress.update(50);
  progress.finish();
  EXPECT_EQ(written(), "");
}

TEST_F(ProgressTest, WhatWasDoneBeforeDoesNotCountAsSpeed) {
  ProgressOptions resumed = options(ProgressStyle::kPlain);
  resumed.already = 900;
  Progress progress("evolve", 1000, stream_, resumed);
  now_ += 10;
  progress.update(910);
  EXPECT_THAT(written(), HasSubstr("1.00 images/s  ETA 1:30"));
  progress.finish();
  EXPECT_THAT(written(), HasSubstr("1.00 images/s  in 0:10"));
}

TEST_F(ProgressTest, TheRateFollowsAChangeOfSpeed) {
  Progress progress("evolve", 1000000, stream_, options(ProgressStyle::kJson));
  std::uint64_t done = 0;
  for (int i = 0; i < 60; ++i, now_ += 1) progress.update(done += 100);
  for (int i = 0; i < 120; ++i, now_ += 1) progress.update(done += 10);
  written();
  now_ += 1;
  progress.update(done += 10);
  EXPECT_NEAR(Json::parse(written()).at("per_second").get<double>(), 10, 2);
}

TEST_F(ProgressTest, NothingToDoIsDone) {
  Progress progress("evolve", 0, stream_, options(ProgressStyle::kPlain));
  progress.finish();
  EXPECT_THAT(written(), StartsWith("evolve 100 %"));
}

// Puts a terminal behind stderr for as long as it exists.
class Terminal {
 public:
  explicit Terminal(unsigned short width) : saved_(::dup(STDERR_FILENO)) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) return;
    const int slave = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    const struct winsize size { 24, width, 0, 0 };
    ::ioctl(slave, TIOCSWINSZ, &size);
    ready_ = ::dup2(slave, STDERR_FILENO) >= 0;
    ::close(slave);
  }
  ~Terminal() {
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
    if (master_ >= 0) ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  bool ready() const { return ready_; }

 private:
  int saved_;
  int master_ = -1;
  bool ready_ = false;
};

TEST(StderrFacts, RespectsTheTerminalAndItsOwner) {
  const Terminal terminal(123);
  if (!terminal.ready()) GTEST_SKIP() << "this machine gives no pseudo-terminal";
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  TerminalFacts facts = stderr_facts();
  EXPECT_TRUE(facts.terminal);
  EXPECT_TRUE(facts.colour);
  EXPECT_EQ(facts.width, 123);
  ::setenv("NO_COLOR", "1", 1);
  facts = stderr_facts();
  EXPECT_TRUE(facts.terminal);
  EXPECT_FALSE(facts.colour);
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  facts = stderr_facts();
  EXPECT_FALSE(facts.terminal);
  EXPECT_FALSE(facts.colour);
}

TEST(StderrFacts, AFileIsNoTerminal) {
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(stderr_facts().terminal);
  EXPECT_FALSE(stderr_facts().colour);
  ::testing::internal::GetCapturedStderr();
}

TEST(ProgressStyleNames, AutoAsksTheTerminal) {
  EXPECT_EQ(progress_style("auto", true), ProgressStyle::kBar);
  EXPECT_EQ(progress_style("auto", false), ProgressStyle::kPlain);
  EXPECT_EQ(progress_style("bar", false), ProgressStyle::kBar);
  EXPECT_EQ(progress_style("plain", true), ProgressStyle::kPlain);
  EXPECT_EQ(progress_style("json", true), ProgressStyle::kJson);
  EXPECT_EQ(progress_style("off", true), ProgressStyle::kOff);
  expect_error(ErrorKind::kConfig, "there is no style \"plane\", did you mean \"plain\"?",
               [] { progress_style("plane", true); });
}

TEST(DurationText, HoursMinutesSeconds) {
  EXPECT_EQ(duration_text(0), "0:00");
  EXPECT_EQ(duration_text(42.4), "0:42");
  EXPECT_EQ(duration_text(59.9), "1:00");
  EXPECT_EQ(duration_text(725), "12:05");
  EXPECT_EQ(duration_text(11045), "3:04:05");
}

TEST(RateText, KeepsThreeDigits) {
  EXPECT_EQ(rate_text(0.424), "0.42");
  EXPECT_EQ(rate_text(12.34), "12.3");
  EXPECT_EQ(rate_text(1234.5), "1234");
}

}  // namespace
}  // namespace fool
