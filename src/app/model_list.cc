#include "app/model_list.h"

#include <algorithm>
#include <filesystem>

#include "fool/core/error.h"

namespace fool {
namespace {

bool is_file(const std::string& name) {
  std::error_code none;
  return std::filesystem::is_regular_file(name, none);
}

}  // namespace

std::vector<std::string> model_list(const std::string& text) {
  std::vector<std::string> names;
  if (text.find(',') == std::string::npos || is_file(text)) return {text};
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string name = text.substr(start, end - start);
    if (name.empty()) {
      fail(ErrorKind::kConfig,
           "model: expected networks with commas between them, such as a,b,c; found \"{}\"", text);
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      fail(ErrorKind::kConfig, "model: {} is named twice in \"{}\"; expected it once", name, text);
    }
    names.push_back(name);
    start = end + 1;
  }
  return names;
}

std::string with_absolute_files(const std::string& text) {
  std::string result;
  for (const std::string& name : model_list(text)) {
    if (!result.empty()) result += ',';
    result += is_file(name) ? std::filesystem::absolute(name).string() : name;
  }
  return result;
}

}  // namespace fool
