// What LibTorch throws becomes Error(kModel) with one line of text.
#pragma once

#include <c10/util/Exception.h>

#include <string>

#include "fool/core/error.h"

namespace fool {

// The line of LibTorch's message that says what went wrong; the rest is traces of its own code.
std::string telling_line(const std::string& message);

// Runs the action; `name` (of the model or file) begins the message.
template <typename Action>
auto translate_torch_errors(const std::string& name, Action&& action) {
  try {
    return action();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& e) {
    fail(ErrorKind::kModel, "{}: LibTorch: {}", name, telling_line(e.what_without_backtrace()));
  } catch (const std::exception& e) {
    fail(ErrorKind::kModel, "{}: LibTorch: {}", name, telling_line(e.what()));
  }
}

}  // namespace fool
