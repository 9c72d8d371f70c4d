// fool describe: the components and their settings, printed from the tables that also check them.
#include <algorithm>
#include <ostream>

#include "app/command.h"
#include "app/components.h"
#include "fool/core/error.h"

namespace fool {
namespace {

std::string range_of(const Parameter& parameter) {
  if (!parameter.choices.empty()) return fmt::format("{}", fmt::join(parameter.choices, " | "));
  if (parameter.min && parameter.max) return fmt::format("{}..{}", *parameter.min, *parameter.max);
  if (parameter.min) return fmt::format(">= {}", *parameter.min);
  if (parameter.max) return fmt::format("<= {}", *parameter.max);
  return parameter.type_name();
}

// Described when asked for, but nothing to offer.
bool for_tests(const Component& component) { return component.path() == "classifier.fake"; }

void print_component(const Component& component, std::ostream& out) {
  out << component.path() << "\n  " << component.help << "\n\n";
  for (const Parameter& p : component.parameters.parameters()) {
    out << fmt::format("  {:<28} {} (default {})\n      {}\n", p.key, range_of(p),
                       p.default_value.dump(), p.help);
    if (!p.source.empty()) out << "      source: " << p.source << "\n";
  }
  if (component.parameters.parameters().empty()) out << "  no settings\n";
  for (const auto& [name, settings] : component.presets) {
    out << fmt::format("\n  preset \"{}\"\n", name);
    for (const auto& [key, value] : settings.items())
      out << fmt::format("      {} = {}\n", key, value.dump());
  }
}

Json component_json(const Component& component) {
  Json parameters = Json::array();
  for (const Parameter& p : component.parameters.parameters()) {
    Json row{
        {"key", p.key}, {"type", p.type_name()}, {"default", p.default_value}, {"help", p.help}};
    if (p.min) row["min"] = *p.min;
    if (p.max) row["max"] = *p.max;
    if (!p.choices.empty()) row["choices"] = p.choices;
    if (!p.source.empty()) row["source"] = p.source;
    parameters.push_back(std::move(row));
  }
  Json presets = Json::object();
  for (const auto& [name, settings] : component.presets) presets[name] = settings;
  return {{"component", component.path()},
          {"help", component.help},
          {"parameters", parameters},
          {"presets", presets}};
}

class DescribeCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("component", name_,
                   "A kind (encoding) or a component (encoding.cppn); none = a list of all")
        ->type_name("COMPONENT");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Example: fool describe encoding.cppn\nAny setting is given as --set encoding.KEY=VALUE, "
        "in a --config "
        "file, or as FOOL_ENCODING_KEY.");
  }

  int run(Console& console) override {
    const std::vector<Component> all = all_components();
    std::vector<Component> chosen;
    for (const Component& c : all) {
      if (name_.empty() ? !for_tests(c) : c.kind == name_ || c.path() == name_ || c.name == name_)
        chosen.push_back(c);
    }
    if (chosen.empty()) {
      std::vector<std::string> known;
      for (const Component& c : all) known.push_back(c.path());
      fail(ErrorKind::kUsage, "describe: there is no component \"{}\"{}; known: {}", name_,
           did_you_mean(name_, known), fmt::join(known, ", "));
    }
    if (json_) {
      Json list = Json::array();
      for (const Component& c : chosen) list.push_back(component_json(c));
      console.out << list.dump(2) << "\n";
    } else if (name_.empty()) {
      for (const Component& c : chosen) console.out << fmt::format("{:<28} {}\n", c.path(), c.help);
    } else {
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (i > 0) console.out << "\n";
        print_component(chosen[i], console.out);
      }
    }
    return 0;
  }

 private:
  std::string name_;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("describe", DescribeCommand,
                      "Explain components and every setting, with range and source");

}  // namespace
}  // namespace fool
