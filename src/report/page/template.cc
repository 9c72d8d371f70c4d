#include "report/page/template.h"

#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

constexpr std::string_view kData = "{{data}}";
constexpr std::string_view kTitle = "{{title}}";

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

bool ends_with(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// Puts in the files that the text names; what is in them names none.
std::string with_files(const std::string& text, const std::filesystem::path& folder) {
  std::string result;
  std::size_t at = 0;
  while (true) {
    const std::size_t start = text.find("{{", at);
    const std::size_t end = start == std::string::npos ? start : text.find("}}", start);
    if (end == std::string::npos) return result + text.substr(at);
    const std::string name = text.substr(start + 2, end - start - 2);
    result += text.substr(at, start - at);
    if (ends_with(name, ".css") || ends_with(name, ".js")) {
      result += read_file(folder / name);
    } else {
      result += text.substr(start, end + 2 - start);
    }
    at = end + 2;
  }
}

}  // namespace

PageTemplate::PageTemplate(const std::filesystem::path& sources) {
  const std::filesystem::path path = sources / "report.html";
  const std::string whole = with_files(read_file(path), sources);
  if (whole.compare(0, kPageMark.size(), kPageMark) != 0) {
    fail(ErrorKind::kData, "{}: expected it to begin with {}", path.string(), kPageMark);
  }
  const std::size_t data = whole.find(kData);
  if (data == std::string::npos) {
    fail(ErrorKind::kData, "{}: there is no {}", path.string(), kData);
  }
  head_ = whole.substr(0, data);
  tail_ = whole.substr(data + kData.size());
}

std::string PageTemplate::head(const std::string& title) const {
  std::string text = head_;
  replace_all(text, kTitle, html_text(title));
  return text;
}

std::string html_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace fool
