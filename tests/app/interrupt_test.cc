#include "app/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace fool {
namespace {

// In processes of their own: a signal that was seen stays seen.
TEST(InterruptDeathTest, TheFirstSignalIsRememberedAndDoesNotKill) {
  EXPECT_EXIT(
      {
        handle_interrupts();
        const bool quiet = interrupt_signal() == 0;
        std::raise(SIGTERM);
        std::_Exit(quiet && interrupt_signal() == SIGTERM ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(InterruptDeathTest, CtrlCSaysOnceWhatItDoes) {
  EXPECT_EXIT(
      {
        handle_interrupts();
        std::raise(SIGINT);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0),
      "^fool: finishing the block; press Ctrl-C again to stop at once\n$");
  EXPECT_EXIT(
      {
        handle_interrupts();
        std::raise(SIGTERM);
        std::raise(SIGINT);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "^$");
}

TEST(InterruptDeathTest, AClosedTerminalAsksToStopToo) {
  EXPECT_EXIT(
      {
        handle_interrupts();
        std::raise(SIGHUP);
        std::_Exit(interrupt_signal() == SIGHUP ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(InterruptDeathTest, WhatWasIgnoredStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        std::signal(SIGHUP, SIG_IGN);
        handle_interrupts();
        for (int i = 0; i < 2; ++i) {
          std::raise(SIGINT);
          std::raise(SIGHUP);
        }
        std::_Exit(interrupt_signal() == 0 ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "^$");
}

TEST(InterruptDeathTest, TheSecondOneEndsTheProcess) {
  EXPECT_EXIT(
      {
        handle_interrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace fool
