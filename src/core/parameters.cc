#include "fool/core/parameters.h"

#include <algorithm>
#include <limits>

#include "fool/core/error.h"

namespace fool {
namespace {

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("+-.0123456789") == std::string::npos;
}

std::string range_text(const Parameter& parameter) {
  if (parameter.min && parameter.max) return fmt::format("{}..{}", *parameter.min, *parameter.max);
  if (parameter.min) return fmt::format("at least {}", *parameter.min);
  return fmt::format("at most {}", *parameter.max);
}

}  // namespace

Parameter& Parameter::range(double low, double high) {
  min = low;
  max = high;
  return *this;
}

Parameter& Parameter::at_least(double low) {
  min = low;
  return *this;
}

Parameter& Parameter::one_of(std::vector<std::string> values) {
  choices = std::move(values);
  return *this;
}

Parameter& Parameter::cite(std::string text) {
  source = std::move(text);
  return *this;
}

std::string Parameter::type_name() const {
  if (default_value.is_number_integer()) return "integer";
  if (default_value.is_number()) return "number";
  if (default_value.is_boolean()) return "boolean";
  if (default_value.is_array()) return "list";
  return "string";
}

void Parameter::check(const Json& value, const std::string& where) const {
  const std::string name = where.empty() ? key : where + "." + key;
  const std::string type = type_name();
  const bool fits = type == "integer"   ? value.is_number_integer()
                    : type == "number"  ? value.is_number()
                    : type == "boolean" ? value.is_boolean()
                    : type == "list"    ? value.is_array()
                                        : value.is_string();
  if (!fits)
    fail(ErrorKind::kConfig, "{}: expected {} {}, found {}", name, type == "integer" ? "an" : "a",
         type, value.dump());
  if (value.is_number()) {
    const double number = value.get<double>();
    if (!(number >= min.value_or(-std::numeric_limits<double>::infinity())) ||
        !(number <= max.value_or(std::numeric_limits<double>::infinity()))) {
      fail(ErrorKind::kConfig, "{}: expected {}, found {}", name, range_text(*this), value.dump());
    }
  }
  if (!choices.empty()) {
    const auto check_choice = [&](const Json& item) {
      const std::string text = item.is_string() ? item.get<std::string>() : item.dump();
      if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
        fail(ErrorKind::kConfig, "{}: there is no choice \"{}\"{}; known: {}", name, text,
             did_you_mean(text, choices), fmt::join(choices, ", "));
      }
    };
    if (value.is_array()) {
      if (value.empty())
        fail(ErrorKind::kConfig, "{}: expected at least one of: {}", name,
             fmt::join(choices, ", "));
      for (const Json& item : value) check_choice(item);
    } else {
      check_choice(value);
    }
  }
}

const Parameter* ParameterTable::find(const std::string& key) const {
  const auto it = std::find_if(parameters_.begin(), parameters_.end(),
                               [&](const Parameter& p) { return p.key == key; });
  return it == parameters_.end() ? nullptr : &*it;
}

Json ParameterTable::resolve(const Json& given, const std::string& where) const {
  if (!given.is_object()) {
    fail(ErrorKind::kConfig, "{}: expected an object of settings, found {}", where, given.dump());
  }
  Json result = Json::object();
  for (const Parameter& parameter : parameters_) result[parameter.key] = parameter.default_value;
  for (const auto& [key, value] : given.items()) {
    const Parameter* parameter = find(key);
    if (parameter == nullptr) {
      std::vector<std::string> known;
      for (const Parameter& p : parameters_) known.push_back(p.key);
      fail(ErrorKind::kConfig, "there is no setting \"{}{}{}\"{}; known here: {}", where,
           where.empty() ? "" : ".", key, did_you_mean(key, known), fmt::join(known, ", "));
    }
    parameter->check(value, where);
    // A whole number given for a real one is stored as a real one, so that resolved configurations
    // compare equal.
    if (parameter->default_value.is_number_float()) {
      result[key] = value.get<double>();
    } else {
      result[key] = value;
    }
  }
  return result;
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2);
  for (const std::string& candidate : candidates) {
    // The beginning of a longer name is a near miss, however much is missing.
    const bool begins = word.size() >= 3 && candidate.compare(0, word.size(), word) == 0;
    const std::size_t distance = begins ? 1 : edit_distance(word, candidate);
    if (distance < best_distance || (distance == best_distance && best.empty())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  if (is_number(word)) return "";  // who writes 5 does not mean 1
  const std::string best = nearest(word, candidates);
  return best.empty() ? "" : fmt::format(", did you mean \"{}\"?", best);
}

}  // namespace fool
