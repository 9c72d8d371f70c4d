#include "app/child_processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// All that came of all children, by their numbers.
struct Heard {
  std::map<int, std::vector<std::string>> lines;
  std::map<int, int> codes;
};

Heard hear_all(ChildProcesses& children, std::size_t count) {
  Heard heard;
  while (heard.codes.size() < count) {
    for (const ProcessNews& news : children.wait(10)) {
      auto& lines = heard.lines[news.id];
      lines.insert(lines.end(), news.lines.begin(), news.lines.end());
      if (news.exit_code) heard.codes[news.id] = *news.exit_code;
    }
  }
  return heard;
}

TEST(ChildProcesses, SayWhatTheyHaveToSay) {
  ChildProcesses children("/bin/sh");
  const int a = children.start({"-c", "echo one >&2; echo no; printf 'two\\nthree' >&2"});
  const int b = children.start({"-c", "echo \"$0 $FOOL_RANKS\" >&2; cat; exit 3", "word"});
  const Heard heard = hear_all(children, 2);
  EXPECT_THAT(heard.lines.at(a), ElementsAre("one", "two", "three"));
  EXPECT_THAT(heard.lines.at(b), ElementsAre("word off"));
  EXPECT_EQ(heard.codes.at(a), 0);
  EXPECT_EQ(heard.codes.at(b), 3);
  EXPECT_TRUE(children.wait(0).empty());
}

TEST(ChildProcesses, GetSignals) {
  ChildProcesses children("/bin/sh");
  const int careful =
      children.start({"-c", "trap 'exit 5' TERM; echo ready >&2; while :; do sleep 0.01; done"});
  const int careless = children.start({"-c", "echo ready >&2; exec sleep 1000"});
  std::size_t ready = 0;
  while (ready < 2) {
    for (const ProcessNews& news : children.wait(10)) ready += news.lines.size();
  }
  children.signal(SIGTERM);
  const Heard heard = hear_all(children, 2);
  EXPECT_EQ(heard.codes.at(careful), 5);
  EXPECT_EQ(heard.codes.at(careless), 128 + SIGTERM);
}

// Ctrl-C at a terminal goes to the foreground's process group.
TEST(ChildProcesses, HaveGroupsOfTheirOwn) {
  ChildProcesses children("/bin/sh");
  const int id = children.start({"-c", "cut -d' ' -f5 /proc/$$/stat >&2; echo $$ >&2"});
  const Heard heard = hear_all(children, 1);
  ASSERT_EQ(heard.lines.at(id).size(), 2U);
  EXPECT_EQ(std::stoi(heard.lines.at(id)[0]), std::stoi(heard.lines.at(id)[1]));
  EXPECT_NE(std::stoi(heard.lines.at(id)[0]), ::getpgrp());
}

TEST(ChildProcesses, EndWithTheirOwner) {
  pid_t process = 0;
  {
    ChildProcesses children("/bin/sh");
    children.start({"-c", "echo $$ >&2; exec sleep 1000"});
    while (process == 0) {
      for (const ProcessNews& news : children.wait(10)) {
        if (!news.lines.empty()) process = std::stoi(news.lines[0]);
      }
    }
  }
  EXPECT_EQ(::kill(process, 0), -1);
}

TEST(ChildProcesses, ThatCannotBeStartedSaySo) {
  ChildProcesses children("/nonexistent/program");
  const int id = children.start({});
  const Heard heard = hear_all(children, 1);
  EXPECT_EQ(heard.codes.at(id), 127);
  EXPECT_THAT(heard.lines.at(id).at(0), HasSubstr("cannot start the program"));
}

TEST(ChildProcesses, KnowTheirOwnProgram) { EXPECT_EQ(own_program().filename(), "app_test"); }

}  // namespace
}  // namespace fool
