// Runs something that must fail with one kind of error, and gives its message for a closer look.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "fool/core/error.h"

namespace fool {

template <typename Action>
std::string error_message(ErrorKind kind, Action&& action) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

}  // namespace fool
