// The one exception type of fool. Its kind decides the exit code that a failed command ends with.
// Third-party exceptions are translated into it in the file that calls the library.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace fool {

enum class ErrorKind : int {
  kUsage = 2,      // a wrong flag or argument
  kConfig = 3,     // a wrong key or value in the configuration
  kModel = 4,      // weights or a model card that cannot be used
  kData = 5,       // a dataset, image or genome that cannot be read
  kIo = 6,         // a file or directory that cannot be written or read
  kDevice = 7,     // a device or rank that failed
  kInternal = 70,  // a defect of fool itself
};

class Error : public std::runtime_error {
 public:
  // The message is for the user: what was expected, what was seen, where, and what to do.
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  ErrorKind kind() const { return kind_; }
  int exit_code() const { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

// Throws Error with a message formatted as fmt::format does.
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace fool
