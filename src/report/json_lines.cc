#include "report/json_lines.h"

#include <string>
#include <string_view>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

int generation_of(std::string_view line, const std::filesystem::path& path, int number) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("generation") ||
      !json["generation"].is_number_integer()) {
    fail(ErrorKind::kData,
         "{}, line {}: expected a JSON object with a \"generation\", found {:.40}; mend or remove "
         "the file",
         path.string(), number, line);
  }
  return json["generation"].get<int>();
}

// The lines of earlier generations than `first_generation`.
std::string earlier_lines(std::string_view text, const std::filesystem::path& path,
                          int first_generation) {
  std::string kept;
  int number = 0;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return kept;  // an unfinished line has no end
    const std::string_view line = text.substr(0, end);
    if (generation_of(line, path, ++number) < first_generation) kept.append(text, 0, end + 1);
    text.remove_prefix(end + 1);
  }
}

}  // namespace

JsonLines::JsonLines(const std::filesystem::path& path, int first_generation) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    const std::string text = read_file(path);
    const std::string kept = earlier_lines(text, path, first_generation);
    if (kept.size() != text.size()) write_file(path, kept);
  }
  file_.emplace(path);
}

void JsonLines::append(const std::vector<Json>& lines) {
  std::string text;
  for (const Json& line : lines) text += line.dump() + '\n';
  file_->append(text);
}

}  // namespace fool
