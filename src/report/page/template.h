// The page's own sources: report.html with its styles and scripts put in where it names them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fool {

// What every page begins with, so that a page may be replaced by a newer one and nothing else is.
inline constexpr std::string_view kPageMark = "<!DOCTYPE html>\n<!-- made by fool report -->\n";

class PageTemplate {
 public:
  // In report.html, {{NAME.css}} and {{NAME.js}} stand for the files beside it, {{title}} for the
  // title, and {{data}}, which is there once, for the blocks of data. Throws Error(kIo) for a file
  // that is not there, Error(kData) for a page that does not begin with the mark or has no
  // {{data}}.
  explicit PageTemplate(const std::filesystem::path& sources);

  std::string head(const std::string& title) const;  // what stands in front of the data
  std::string tail() const { return tail_; }

 private:
  std::string head_;
  std::string tail_;
};

// Text as HTML shows it.
std::string html_text(const std::string& text);

}  // namespace fool
