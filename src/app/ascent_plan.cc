#include "app/ascent_plan.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/parameters.h"
#include "fool/model/model_spec.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "ascend_";
constexpr int kFewClasses = 100;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::string without_prefix(const std::string& stem) {
  const std::string prefix = kPrefix;
  return stem.rfind(prefix, 0) == 0 ? stem.substr(prefix.size()) : stem;
}

}  // namespace

const std::vector<int>& published_classes() {
  static const std::vector<int> classes{200, 207, 215, 279, 366, 367, 390, 414, 445, 500,
                                        509, 580, 643, 657, 704, 713, 782, 805, 826, 906};
  return classes;
}

std::vector<int> parse_classes(const std::string& text, int classes, const std::string& model) {
  std::vector<int> wanted;
  if (text == "all") {
    for (int k = 0; k < classes; ++k) wanted.push_back(k);
    return wanted;
  }
  std::set<int> seen;
  const auto want = [&](int k) {
    if (k >= classes) {
      fail(ErrorKind::kUsage, "--classes: there is no class {}; {} has 0 to {}", k, model,
           classes - 1);
    }
    if (seen.insert(k).second) wanted.push_back(k);
  };
  for (const std::string& part : split(text)) {
    if (part == "published") {
      for (const int k : published_classes()) want(k);
      continue;
    }
    const std::size_t dash = part.find('-');
    const auto first = number(part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : number(part.substr(dash + 1));
    if (!first || !last || *last < *first) {
      fail(
          ErrorKind::kUsage,
          "--classes: expected all, published, or numbers and ranges such as 0,3,5-7, found \"{}\"",
          part);
    }
    want(*last);  // before counting up to it
    for (int k = *first; k <= *last; ++k) want(k);
  }
  std::sort(wanted.begin(), wanted.end());
  return wanted;
}

std::string default_classes(int classes) {
  const std::vector<int>& published = published_classes();
  const bool has_published = *std::max_element(published.begin(), published.end()) < classes;
  return classes > kFewClasses && has_published ? "published" : "all";
}

std::vector<std::string> ascent_presets() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(resource_folder("configs"))) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".json" && stem.rfind(kPrefix, 0) == 0) {
      names.push_back(without_prefix(stem));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<NamedAscent> parse_settings(const std::string& text) {
  const std::vector<std::string> presets = ascent_presets();
  std::vector<NamedAscent> settings;
  for (const std::string& part : split(text)) {
    NamedAscent setting;
    if (fs::path(part).extension() == ".json") {
      setting = {file_safe(without_prefix(fs::path(part).stem().string())), part};
    } else if (std::find(presets.begin(), presets.end(), part) != presets.end()) {
      setting = {part, (resource_folder("configs") / (kPrefix + part + ".json")).string()};
    } else {
      fail(ErrorKind::kUsage,
           "--setting: there is no setting \"{}\"{}; known: {}, or a configuration file (.json)",
           part, did_you_mean(part, presets), fmt::join(presets, ", "));
    }
    for (const NamedAscent& other : settings) {
      if (other.name == setting.name) {
        fail(ErrorKind::kUsage, "--setting: \"{}\" is there twice", setting.name);
      }
    }
    settings.push_back(setting);
  }
  return settings;
}

std::vector<AscentTask> plan_tasks(const std::vector<int>& classes, int starts) {
  std::vector<AscentTask> tasks;
  for (const int k : classes) {
    for (int start = 0; start < starts; ++start) tasks.push_back({k, start});
  }
  return tasks;
}

}  // namespace fool
