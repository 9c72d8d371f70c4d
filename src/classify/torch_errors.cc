#include "classify/torch_errors.h"

#include <algorithm>

namespace fool {

std::string telling_line(const std::string& message) {
  std::string first;
  std::string last_error;
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t end = std::min(message.find('\n', begin), message.size());
    const std::string line = message.substr(begin, end - begin);
    if (first.empty()) first = line;
    // A failure inside TorchScript ends with "RuntimeError: ..." after the trace.
    const std::size_t colon = line.find("Error: ");
    if (colon != std::string::npos && line.find(' ') > colon) {
      last_error = line.substr(colon + 7);
    }
    begin = end + 1;
  }
  return last_error.empty() ? first : last_error;
}

}  // namespace fool
