#include "fool/data/csv.h"

#include <charconv>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/parameters.h"

namespace fool {
namespace {

// Cuts text into rows of fields.
class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
  }

  bool done() const { return at_ == text_.size(); }
  int line() const { return line_; }

  std::vector<std::string> row() {
    std::vector<std::string> fields;
    do {
      fields.push_back(!done() && text_[at_] == '"' ? quoted() : plain());
    } while (take(','));
    if (take('\r') && !done() && text_[at_] != '\n') broken("a carriage return that ends no line");
    if (!done()) {
      if (!take('\n')) broken("text behind a closing quote");
      ++line_;
    }
    return fields;
  }

 private:
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string plain() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const std::size_t begin = std::exchange(at_, end);
    return std::string(text_.substr(begin, end - begin));
  }

  std::string quoted() {
    const int first_line = line_;
    std::string field;
    ++at_;
    while (true) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) {
        line_ = first_line;
        broken("a quotation that never ends");
      }
      for (; at_ < end; ++at_) {
        field += text_[at_];
        if (text_[at_] == '\n') ++line_;
      }
      ++at_;
      if (!take('"')) return field;
      field += '"';
    }
  }

  [[noreturn]] void broken(const char* what) const {
    fail(ErrorKind::kData, "{}, line {}: {}", name_, line_, what);
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

CsvTable::CsvTable(std::string_view text, std::string name) : name_(std::move(name)) {
  Reader reader(text, name_);
  if (reader.done())
    fail(ErrorKind::kData, "{} is empty; expected a first row of column names", name_);
  columns_ = reader.row();
  while (!reader.done()) {
    const int line = reader.line();
    std::vector<std::string> fields = reader.row();
    if (fields.size() != columns_.size()) {
      fail(ErrorKind::kData, "{}, line {}: expected {} fields as in the first row, found {}", name_,
           line, columns_.size(), fields.size());
    }
    rows_.push_back({line, std::move(fields)});
  }
}

std::size_t CsvTable::column(const std::string& column) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] == column) return i;
  }
  fail(ErrorKind::kData, "{} has no column \"{}\"{}; its columns are {}", name_, column,
       did_you_mean(column, columns_), fmt::join(columns_, ", "));
}

int CsvTable::integer_at(std::size_t row, std::size_t column) const {
  const std::string& text = at(row, column);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail(ErrorKind::kData, "{}, line {}: {}: expected a whole number, found \"{}\"", name_,
         rows_[row].line, columns_[column], text);
  }
  return value;
}

}  // namespace fool
