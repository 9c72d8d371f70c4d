#include "fool/core/json_error.h"

namespace fool {

std::string complaint_of(const Json::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.rfind("[json.", 0) == 0 ? text.find("] ") : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace fool
