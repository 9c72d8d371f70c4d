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
