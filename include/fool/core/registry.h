// The components of one kind, by name. A component registers itself in the last line of its file;
// help texts, `fool describe`, configuration checks and the conformance tests run over the
// registry.
//
//   FOOL_REGISTER(EncodingRegistry, {"cppn", "Compositional pattern-producing network", table,
//   presets, make});
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {

template <typename Interface, typename... Args>
class Registry {
 public:
  struct Entry {
    std::string name;
    std::string help;  // one sentence
    ParameterTable parameters;
    std::map<std::string, Json> presets;  // name -> settings laid over the defaults
    // The settings are complete and checked: ParameterTable::resolve has run.
    std::function<std::unique_ptr<Interface>(const Json& settings, Args...)> make;
  };

  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  bool add(Entry entry) {
    const std::string name = entry.name;
    if (!entries_.emplace(name, std::move(entry)).second) {
      fail(ErrorKind::kInternal, "component {} is registered twice", name);
    }
    return true;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& [name, entry] : entries_) result.push_back(name);
    return result;
  }

  bool contains(const std::string& name) const { return entries_.count(name) != 0; }

  // Throws Error(kConfig) naming the nearest component. `where` is the section, such as "encoding".
  const Entry& find(const std::string& name, const std::string& where) const {
    const auto it = entries_.find(name);
    if (it == entries_.end()) {
      fail(ErrorKind::kConfig, "{}: there is no {} \"{}\"{}; known: {}", where, where, name,
           did_you_mean(name, names()), fmt::join(names(), ", "));
    }
    return it->second;
  }

  // Completes a section {"type": NAME, "preset": NAME or "default", KEY: VALUE...}: defaults, then
  // the preset, then the given keys. The result holds "type", "preset" and every parameter.
  Json resolve(const Json& section, const std::string& where) const {
    Json given = section;
    const Entry& entry = find(take(given, "type", "", where), where);
    const std::string preset = take(given, "preset", "default", where);
    Json layered = Json::object();
    if (preset != "default") {
      const auto it = entry.presets.find(preset);
      if (it == entry.presets.end()) {
        std::vector<std::string> known{"default"};
        for (const auto& [name, settings] : entry.presets) known.push_back(name);
        fail(ErrorKind::kConfig, "{}.preset: {} has no preset \"{}\"{}; known: {}", where,
             entry.name, preset, did_you_mean(preset, known), fmt::join(known, ", "));
      }
      layered = it->second;
    }
    layered.update(given);
    Json result{{"type", entry.name}, {"preset", preset}};
    result.update(entry.parameters.resolve(layered, where));
    return result;
  }

  // Makes the component of a section that resolve() has completed.
  std::unique_ptr<Interface> make(const Json& resolved, Args... args) const {
    return find(resolved.at("type"), "type").make(resolved, args...);
  }

 private:
  static std::string take(Json& section, const char* key, const std::string& fallback,
                          const std::string& where) {
    const auto it = section.find(key);
    if (it == section.end()) return fallback;
    if (!it->is_string()) {
      fail(ErrorKind::kConfig, "{}.{}: expected a name, found {}", where, key, it->dump());
    }
    std::string value = it->template get<std::string>();
    section.erase(key);
    return value;
  }

  std::map<std::string, Entry> entries_;
};

}  // namespace fool

#define FOOL_REGISTER_CAT2(a, b) a##b
#define FOOL_REGISTER_CAT(a, b) FOOL_REGISTER_CAT2(a, b)
#define FOOL_REGISTER(registry, ...)                                                 \
  [[maybe_unused]] static const bool FOOL_REGISTER_CAT(fool_registered_, __LINE__) = \
      registry::instance().add(__VA_ARGS__)
