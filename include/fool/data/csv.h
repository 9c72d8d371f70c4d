// Comma-separated tables (RFC 4180): quoted fields, doubled quotes, line ends of either kind, a
// first row of column names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

class CsvTable {
 public:
  // `name` is for messages. Throws Error(kData) naming the line for an unfinished quotation, text
  // behind a closing quote, or a row with another number of fields than the first.
  CsvTable(std::string_view text, std::string name);

  std::size_t size() const { return rows_.size(); }  // without the row of names

  // The number of the column called `column`; throws Error(kData) naming the nearest one.
  std::size_t column(const std::string& column) const;

  const std::string& at(std::size_t row, std::size_t column) const {
    return rows_[row].fields[column];
  }
  int integer_at(std::size_t row, std::size_t column) const;  // throws Error(kData) naming the line

 private:
  struct Row {
    int line = 0;  // of the file, from 1
    std::vector<std::string> fields;
  };
  std::string name_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

}  // namespace fool
