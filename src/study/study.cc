#include "fool/study/study.h"

#include <algorithm>
#include <set>

#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/study/metrics_file.h"

namespace fool {
namespace {

constexpr double kLargestSeed = 9007199254740992.0;  // as fool evolve takes them
constexpr std::size_t kMostSeeds = 100000;

const ParameterTable kTop{
    param("name", "", "What the study is called; the name of its file if it is not given."),
    param("metrics",
          Json::array(
              {"median", "mean", "classes_at_99", "classes_at_9999", "evaluations", "seconds"}),
          "What is compared; all but evaluations, equivalents (gradients counting for 3) and "
          "seconds is of the classes' confidences.")
        .one_of(study_metric_names()),
    param("level", 0.95, "Of the bootstrap intervals of the medians.").range(0.5, 0.999),
    param("resamples", 2000, "Samples drawn for each bootstrap interval.").range(100, 1000000),
};

const ParameterTable kSeeds{
    param("first", 1, "The first seed.").range(0, kLargestSeed),
    param("count", 5, "How many, one after the other.").range(1, static_cast<double>(kMostSeeds)),
};

const ParameterTable kCheckpoints{
    param("every", 10, "Every so many generations; 0 = at the end only.").range(0, 1e9),
    param("generations", Json::array(), "At these generations instead."),
    param("evaluations", Json::array(),
          "At the last generations that cost no more than these numbers of evaluations instead, a "
          "gradient counting for 3."),
};

std::string known_keys() {
  return "name, base, settings, seeds, checkpoints, metrics, level, resamples";
}

// Reads one study; `where_` begins every message.
class StudyParser {
 public:
  explicit StudyParser(const std::filesystem::path& file) : file_(file) {}

  Study parse(const Json& json) const {
    require_object(json, "the study");
    Json own = Json::object();
    for (const auto& [key, value] : json.items()) {
      if (is_section(key)) continue;
      if (kTop.find(key) == nullptr) refuse_key(key);
      own[key] = value;
    }
    const Json top = resolve(kTop, own, "");
    Study study;
    study.name = top.at("name");
    if (study.name.empty()) study.name = file_.stem().string();
    require_file_name(study.name, "name");
    study.metrics = top.at("metrics").get<std::vector<std::string>>();
    require_different(study.metrics, "metrics");
    study.level = top.at("level");
    study.resamples = top.at("resamples");
    study.seeds = seeds(json.value("seeds", Json::object()));
    study.checkpoints = checkpoints(json.value("checkpoints", Json::object()));
    study.settings = settings(json);
    return study;
  }

 private:
  static bool is_section(const std::string& key) {
    return key == "base" || key == "settings" || key == "seeds" || key == "checkpoints";
  }

  std::string where() const { return file_.string(); }

  [[noreturn]] void refuse_key(const std::string& key) const {
    std::vector<std::string> known{"base", "settings", "seeds", "checkpoints"};
    for (const Parameter& p : kTop.parameters()) known.push_back(p.key);
    fail(ErrorKind::kConfig,
         "{}: there is no \"{}\" in a study{}; known: {}; what fool evolve takes belongs into base "
         "or a setting",
         where(), key, did_you_mean(key, known), known_keys());
  }

  void require_object(const Json& json, const std::string& what) const {
    if (json.is_object()) return;
    fail(ErrorKind::kConfig, "{}: {}: expected an object {{...}}, found {:.40}", where(), what,
         json.dump());
  }

  Json resolve(const ParameterTable& table, const Json& given, const std::string& section) const {
    try {
      return table.resolve(given, section);
    } catch (const Error& error) {
      fail(error.kind(), "{}: {}", where(), error.what());
    }
  }

  void require_file_name(const std::string& name, const std::string& what) const {
    const auto fits = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             c == '.' || c == '-' || c == '_';
    };
    if (!name.empty() && name.size() <= 80 && name.front() != '.' && name.front() != '-' &&
        std::all_of(name.begin(), name.end(), fits)) {
      return;
    }
    fail(ErrorKind::kConfig,
         "{}: {}: expected a name of letters, digits, '.', '-' and '_', as it becomes a folder's; "
         "found \"{}\"",
         where(), what, name);
  }

  template <typename T>
  void require_different(std::vector<T> values, const std::string& what) const {
    std::sort(values.begin(), values.end());
    const auto twice = std::adjacent_find(values.begin(), values.end());
    if (twice == values.end()) return;
    fail(ErrorKind::kConfig, "{}: {}: {} is there twice", where(), what, *twice);
  }

  // A list of whole numbers from `least` on, each once.
  template <typename T>
  std::vector<T> numbers(const Json& list, double least, const std::string& what) const {
    std::vector<T> result;
    for (const Json& item : list) {
      if (!item.is_number_integer() || item.get<double>() < least ||
          item.get<double>() > (sizeof(T) == 4 ? 1e9 : kLargestSeed)) {
        fail(ErrorKind::kConfig, "{}: {}: expected whole numbers of at least {}, found {:.40}",
             where(), what, least, item.dump());
      }
      result.push_back(item.get<T>());
    }
    require_different(result, what);
    return result;
  }

  std::vector<std::uint64_t> seeds(const Json& given) const {
    if (given.is_array()) {
      if (given.empty()) {
        fail(ErrorKind::kConfig, "{}: seeds: expected at least one, found none", where());
      }
      return numbers<std::uint64_t>(given, 0, "seeds");
    }
    if (!given.is_object()) {
      fail(ErrorKind::kConfig,
           "{}: seeds: expected a list such as [1, 2, 3] or {{\"first\": 1, \"count\": 5}}, found "
           "{:.40}",
           where(), given.dump());
    }
    const Json range = resolve(kSeeds, given, "seeds");
    std::vector<std::uint64_t> result(range.at("count").get<std::size_t>());
    std::uint64_t seed = range.at("first");
    for (std::uint64_t& value : result) value = seed++;
    return result;
  }

  StudyCheckpoints checkpoints(const Json& given) const {
    const Json resolved = resolve(kCheckpoints, given, "checkpoints");
    if (given.size() > 1) {
      fail(ErrorKind::kConfig,
           "{}: checkpoints: expected one of every, generations and evaluations, found {}", where(),
           given.dump());
    }
    StudyCheckpoints result;
    result.generations = numbers<int>(resolved.at("generations"), 0, "checkpoints.generations");
    result.evaluations =
        numbers<std::uint64_t>(resolved.at("evaluations"), 1, "checkpoints.evaluations");
    std::sort(result.generations.begin(), result.generations.end());
    std::sort(result.evaluations.begin(), result.evaluations.end());
    if (result.generations.empty() && result.evaluations.empty()) result.every = resolved["every"];
    return result;
  }

  std::vector<StudySetting> settings(const Json& json) const {
    StudySetting base;
    lay_over(base, json.value("base", Json::object()), "base");
    const Json given = json.value("settings", Json::object());
    require_object(given, "settings");
    if (given.empty()) {
      fail(ErrorKind::kConfig,
           "{}: settings: expected at least one, such as {{\"direct\": {{\"encoding\": "
           "\"direct\"}}, \"cppn\": {{\"encoding\": \"cppn\"}}}}; found none",
           where());
    }
    std::vector<StudySetting> result;
    for (const auto& [name, overrides] : given.items()) {
      require_file_name(name, "settings");
      StudySetting setting = base;
      setting.name = name;
      lay_over(setting, overrides, "settings." + name);
      result.push_back(setting);
    }
    return result;
  }

  // Keys as --set takes them ("encoding.preset") or sections, and "config": files below them.
  void lay_over(StudySetting& setting, const Json& overrides, const std::string& what) const {
    require_object(overrides, what);
    for (const auto& [key, value] : overrides.items()) {
      if (key == "config") {
        add_files(setting, value, what);
        continue;
      }
      if (key == "seed") {
        fail(ErrorKind::kConfig, "{}: {}.seed: seeds are the study's; see \"seeds\"", where(),
             what);
      }
      merge_config(setting.config, nested(key, value, what));
    }
  }

  // {"a.b": v} as {"a": {"b": v}}; "encoding": "direct" as {"encoding": {"type": "direct"}}.
  Json nested(const std::string& key, const Json& value, const std::string& what) const {
    if (value.is_null()) {
      fail(ErrorKind::kConfig, "{}: {}.{}: expected a value, found null", where(), what, key);
    }
    const std::size_t dot = key.find('.');
    if (key.empty() || dot == 0 || dot + 1 == key.size()) {
      fail(ErrorKind::kConfig, "{}: {}: \"{}\" is not a setting: expected NAME or SECTION.NAME",
           where(), what, key);
    }
    Json result = Json::object();
    if (dot != std::string::npos) {
      result[key.substr(0, dot)] = nested(key.substr(dot + 1), value, what);
    } else if ((key == "encoding" || key == "search") && value.is_string()) {
      result[key]["type"] = value;
    } else {
      result[key] = value;
    }
    return result;
  }

  void add_files(StudySetting& setting, const Json& value, const std::string& what) const {
    for (const Json& file : value.is_array() ? value : Json::array({value})) {
      if (!file.is_string()) {
        fail(ErrorKind::kConfig, "{}: {}.config: expected a file's name, found {:.40}", where(),
             what, file.dump());
      }
      const std::filesystem::path path = file_.parent_path() / file.get<std::string>();
      if (!std::filesystem::is_regular_file(path)) {
        fail(ErrorKind::kConfig, "{}: {}.config: there is no file {}", where(), what,
             path.string());
      }
      setting.files.push_back(path.lexically_normal());
    }
  }

  std::filesystem::path file_;
};

}  // namespace

const ParameterTable& study_parameters(const std::string& section) {
  if (section.empty()) return kTop;
  return section == "seeds" ? kSeeds : kCheckpoints;
}

Study parse_study(const Json& json, const std::filesystem::path& file) {
  return StudyParser(file).parse(json);
}

Study read_study(const std::filesystem::path& file) { return parse_study(read_config(file), file); }

}  // namespace fool
