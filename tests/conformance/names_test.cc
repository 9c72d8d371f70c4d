// Two types of one name are two meanings for one symbol, and the linker takes either: only a whole
// program shows it, by crashing. So every type in a header has a name of its own.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "fool/core/files.h"

namespace fool {
namespace {

// Namespace-qualified names of the types that a header defines outside of other types.
std::vector<std::string> types_in(const std::string& text) {
  static const std::regex space(R"(^namespace ([\w:]+) \{)");
  static const std::regex type(R"(^(?:struct|class|enum class) (\w+)[^;]*\{)");
  std::vector<std::string> names;
  std::string prefix;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, space)) prefix = match[1].str() + "::";
    if (std::regex_search(line, match, type)) names.push_back(prefix + match[1].str());
  }
  return names;
}

TEST(Names, TypesOfHeadersAreUnique) {
  std::map<std::string, std::filesystem::path> seen;
  for (const char* folder : {"include", "src"}) {
    const auto root = std::filesystem::path(FOOL_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".h") continue;
      for (const std::string& name : types_in(read_file(entry.path()))) {
        const auto [first, is_new] = seen.emplace(name, entry.path());
        EXPECT_TRUE(is_new) << name << " is in " << first->second << " and in " << entry.path();
      }
    }
  }
  EXPECT_GT(seen.size(), 100U);
  EXPECT_EQ(seen.count("fool::Classifier"), 1U);
}

}  // namespace
}  // namespace fool
