// A component's settings as a table: the table drives defaults, parsing, range errors, `fool
// describe` and the reference documentation, so that none of them can disagree.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fool/core/json.h"

namespace fool {

struct Parameter {
  std::string key;
  Json default_value;  // its JSON type is the parameter's type
  std::string help;    // one sentence, with the unit where there is one
  std::optional<double> min;
  std::optional<double> max;
  std::vector<std::string> choices;  // for strings: the allowed values, or empty
  std::string source;                // where a value of the paper or its code comes from

  Parameter& range(double low, double high);
  Parameter& at_least(double low);
  Parameter& one_of(std::vector<std::string> values);
  Parameter& cite(std::string text);

  std::string type_name() const;  // "integer", "number", "string", "boolean", "list"
  // Throws Error(kConfig) naming `where` (the section, such as "encoding") if the value does not
  // fit.
  void check(const Json& value, const std::string& where) const;
};

class ParameterTable {
 public:
  ParameterTable() = default;
  ParameterTable(std::initializer_list<Parameter> parameters) : parameters_(parameters) {}
  explicit ParameterTable(std::vector<Parameter> parameters) : parameters_(std::move(parameters)) {}

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const Parameter* find(const std::string& key) const;

  // All parameters with the given values laid over the defaults. Throws Error(kConfig) for an
  // unknown key (naming the nearest one), a wrong type, or a value out of range. A whole number is
  // accepted where a number is expected; null is not accepted anywhere.
  Json resolve(const Json& given, const std::string& where) const;

 private:
  std::vector<Parameter> parameters_;
};

inline Parameter param(std::string key, Json default_value, std::string help) {
  Parameter p;
  p.key = std::move(key);
  p.default_value = std::move(default_value);
  p.help = std::move(help);
  return p;
}

// The candidate with the smallest edit distance to `word`, or an empty string if none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

// ", did you mean \"x\"?" or an empty string: the ending of an error about an unknown name.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace fool
