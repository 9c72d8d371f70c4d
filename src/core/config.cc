#include "fool/core/config.h"

#include <algorithm>
#include <cctype>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"

namespace fool {

namespace {

// Other text could be kept in no file and shown in no message.
void require_utf8(const std::string& text, const std::string& key) {
  try {
    (void)Json(text).dump();
  } catch (const Json::exception&) {
    fail(ErrorKind::kConfig, "{}: expected text in UTF-8, found \"{}\"", key, text);
  }
}

}  // namespace

Json parse_config(const std::string& text, const std::string& name) {
  try {
    return Json::parse(text, nullptr, /*allow_exceptions=*/true, /*ignore_comments=*/true);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(text.size(), error.byte > 0 ? error.byte - 1 : 0);
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    const std::size_t start = text.rfind('\n', end > 0 ? end - 1 : 0);
    const std::size_t column = start == std::string::npos ? end + 1 : end - start;
    std::string why = error.what();
    const std::size_t colon = why.find(": ", why.find("column"));
    if (colon != std::string::npos) why = why.substr(colon + 2);
    fail(ErrorKind::kConfig, "{}:{}:{}: not valid JSON: {}", name, line, column, why);
  } catch (const Json::exception& error) {  // of a number that no double holds: has no place
    fail(ErrorKind::kConfig, "{}: not valid JSON: {}", name, complaint_of(error));
  }
}

Json read_config(const std::filesystem::path& path) {
  return parse_config(read_file(path), path.string());
}

void merge_config(Json& base, const Json& top) {
  for (const auto& [key, value] : top.items()) {
    const auto it = base.find(key);
    if (it != base.end() && it->is_object() && value.is_object()) {
      const bool other_type =
          value.contains("type") && it->contains("type") && value["type"] != (*it)["type"];
      if (other_type) {
        *it = value;
      } else {
        merge_config(*it, value);
      }
    } else {
      base[key] = value;
    }
  }
}

namespace {

// JSON, or else a word; JSON's numbers have a digit before the point, people's need not.
Json value_of(const std::string& text, const std::string& dotted_key) {
  std::string number = text;
  const std::size_t point = text.find_first_not_of('-');
  if (point <= 1 && text[point] == '.') number.insert(point, "0");
  Json parsed = Json::parse(number, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_discarded()) return parsed;
  require_utf8(text, dotted_key);
  return text;
}

}  // namespace

void set_config(Json& config, const std::string& dotted_key, const std::string& value) {
  Json* place = &config;
  std::size_t start = 0;
  while (true) {
    const std::size_t dot = dotted_key.find('.', start);
    const std::string part = dotted_key.substr(start, dot - start);
    if (part.empty())
      fail(ErrorKind::kConfig, "\"{}\" is not a setting: expected NAME or SECTION.NAME",
           dotted_key);
    if (dot == std::string::npos) {
      (*place)[part] = value_of(value, dotted_key);
      return;
    }
    place = &(*place)[part];
    if (place->is_null()) *place = Json::object();
    if (!place->is_object())
      fail(ErrorKind::kConfig, "\"{}\": {} is not a section", dotted_key, part);
    start = dot + 1;
  }
}

std::vector<std::string> leaf_keys(const Json& config) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : config.items()) {
    if (value.is_object()) {
      for (const std::string& below : leaf_keys(value)) keys.push_back(key + "." + below);
    } else {
      keys.push_back(key);
    }
  }
  return keys;
}

Json environment_layer(const std::vector<std::string>& known_keys,
                       const std::function<const char*(const char*)>& lookup) {
  Json layer = Json::object();
  for (const std::string& key : known_keys) {
    std::string variable = "FOOL_" + key;
    for (char& c : variable)
      c = c == '.' || c == '-' ? '_'
                               : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (const char* value = lookup(variable.c_str())) set_config(layer, key, value);
  }
  return layer;
}

}  // namespace fool
