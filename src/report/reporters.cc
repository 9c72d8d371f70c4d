#include <algorithm>
#include <array>
#include <string_view>

#include "fool/report/reporter.h"

namespace fool {

std::vector<std::unique_ptr<Reporter>> make_reporters(const Json& settings) {
  constexpr std::array<std::string_view, 2> kLast = {"checkpoint", "console"};
  const auto rank = [&](const std::string& name) {
    const auto* place = std::find(kLast.begin(), kLast.end(), name);
    return place == kLast.end() ? -1 : static_cast<int>(place - kLast.begin());
  };
  const ReporterRegistry& registry = ReporterRegistry::instance();
  std::vector<std::string> names = registry.names();
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  std::vector<std::unique_ptr<Reporter>> reporters;
  reporters.reserve(names.size());
  for (const std::string& name : names) {
    reporters.push_back(registry.find(name, "report").make(settings.at(name)));
  }
  return reporters;
}

}  // namespace fool
