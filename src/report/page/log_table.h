// A table of a run whose fields hold numbers or nothing.
#pragma once

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"

namespace fool {

// Everything throws Error(kData) naming the file for a column that is not there and for a field
// that is no number.
class LogTable {
 public:
  explicit LogTable(const std::filesystem::path& path)
      : path_(path.string()), table_(read_file(path), path_) {}

  std::size_t size() const { return table_.size(); }

  const std::string& text(std::size_t row, const std::string& column) const {
    return table_.at(row, table_.column(column));
  }

  template <typename Number>
  Number number(std::size_t row, const std::string& column, Number if_empty = Number{}) const {
    const std::string& field = text(row, column);
    return field.empty() ? if_empty : parse<Number>(field, column);
  }

  // Numbers with blanks between them.
  std::vector<ItemId> ids(std::size_t row, const std::string& column) const {
    std::vector<ItemId> result;
    std::string_view rest = text(row, column);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.push_back(parse<ItemId>(rest.substr(0, end), column));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result;
  }

 private:
  template <typename Number>
  Number parse(std::string_view text, const std::string& column) const {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(ErrorKind::kData, "{}: {}: expected a number, found \"{:.40}\"", path_, column, text);
    }
    return value;
  }

  std::string path_;
  CsvTable table_;
};

}  // namespace fool
