#include "app/bench_report.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"

namespace fool {
namespace {

std::string text_of(const Json& bench, const char* key) {
  const Json value = bench.value(key, Json());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The figure at a JSON pointer, if it is there.
std::optional<double> figure(const Json& bench, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!bench.contains(place) || !bench.at(place).is_number()) return std::nullopt;
  return bench.at(place).get<double>();
}

std::string spread_text(const Json& bench, const char* key) {
  const auto rounds = bench["rounds"][key].get<std::vector<double>>();
  const auto [low, high] = std::minmax_element(rounds.begin(), rounds.end());
  return fmt::format("({} .. {})", figure_text(*low), figure_text(*high));
}

// The libraries' multiply-adds per second, and what the network makes of the best one.
void print_arithmetic(const Json& bench, std::ostream& out) {
  out << "\nmultiply-adds   (thousand millions per second, all workers)\n";
  for (const auto& [library, rate] : bench["matrix_products"].items()) {
    out << fmt::format("  products of matrices, {:<8} {:8.1f}\n", library,
                       rate.get<double>() / 1e9);
  }
  const double per_image = bench["multiply_adds"];
  if (per_image <= 0) {
    out << "  the network                    not known for this kind of network\n";
    return;
  }
  out << fmt::format("  the network                    {:8.1f}   {} million an image",
                     per_image * bench["forward_per_second"].get<double>() / 1e9,
                     figure_text(per_image / 1e6));
  if (bench.contains("forward_efficiency")) {
    out << fmt::format("; {:.1f} % of the best", 100 * bench["forward_efficiency"].get<double>());
  }
  out << "\n";
}

void print_stages(const Json& bench, std::ostream& out) {
  out << "\nthe loop          share   us/image   images/s if it were all\n";
  for (const auto& [name, stage] : bench["stages"].items()) {
    out << fmt::format("  {:<12} {:7.2f} %", name, 100 * stage["share"].get<double>());
    if (name == "idle") {
      out << fmt::format(" {:10.1f}\n", stage["microseconds_per_image"].get<double>());
      continue;
    }
    out << fmt::format(" {:10.1f} {:>14}\n", stage["microseconds_per_image"].get<double>(),
                       figure_text(stage["per_second"].get<double>()));
  }
  out << fmt::format("  The {} workers had {:.0f} % of the processor time that they could use.\n",
                     bench["workers"].get<int>(), 100 * bench["processor_share"].get<double>());
}

// A line of the comparison. Of times, less is better.
struct Line {
  std::string name;
  std::string pointer;
  bool time = false;
};

std::vector<Line> lines_of(const Json& now) {
  std::vector<Line> lines{{"bare forward, images/s", "/forward_per_second"},
                          {"whole loop, images/s", "/loop_per_second"},
                          {"whole loop / bare forward", "/loop_over_forward"},
                          {"share of matrix products", "/forward_efficiency"}};
  for (const auto& [library, rate] : now["matrix_products"].items())
    lines.push_back({"multiply-adds/s, " + library, "/matrix_products/" + library});
  if (now.contains("stages")) {
    for (const auto& [name, stage] : now["stages"].items())
      lines.push_back({name + ", us/image", "/stages/" + name + "/microseconds_per_image", true});
  }
  if (now.contains("render")) {
    for (const auto& [name, rate] : now["render"].items())
      lines.push_back({"renderer " + name + ", images/s", "/render/" + name});
  }
  return lines;
}

}  // namespace

std::string figure_text(double value) {
  if (!std::isfinite(value)) return "-";
  if (value >= 1e9) return fmt::format("{:.3e}", value);
  if (value < 1000) return fmt::format("{:.{}f}", value, value < 10 ? 3 : 1);
  std::string digits = fmt::format("{:.0f}", value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

void print_bench(const Json& bench, std::ostream& out) {
  out << fmt::format("{} with {}, {} workers, blocks of {}, drawn by {}\n{}; run by {}\n\n",
                     text_of(bench, "model"), text_of(bench, "encoding"), text_of(bench, "workers"),
                     text_of(bench, "block"), text_of(bench, "renderer"), text_of(bench, "library"),
                     text_of(bench, "engine"))
      << fmt::format("bare forward   {:>10} images/s  {}\n",
                     figure_text(bench["forward_per_second"]), spread_text(bench, "forward"));
  if (bench.contains("loop_per_second")) {
    out << fmt::format("whole loop     {:>10} images/s  {}  {:.3f} of bare forward\n",
                       figure_text(bench["loop_per_second"]), spread_text(bench, "loop"),
                       bench["loop_over_forward"].get<double>());
  }
  print_arithmetic(bench, out);
  if (!bench.contains("stages")) return;
  print_stages(bench, out);
  out << "\nrendering on one thread\n";
  const double reference = bench["render"]["reference"];
  for (const auto& [name, rate] : bench["render"].items()) {
    out << fmt::format("  {:<16} {:>10} images/s   {:6.1f} x reference\n", name,
                       figure_text(rate.get<double>()), rate.get<double>() / reference);
  }
}

Json read_bench(const std::string& path) {
  Json bench;
  try {
    bench = Json::parse(read_file(path));
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "{}: expected what `fool bench --json` prints: {}", path,
         complaint_of(error));
  }
  const std::string schema = bench.is_object() ? text_of(bench, "schema") : "none";
  if (schema != kBenchSchema) {
    fail(ErrorKind::kData,
         "{}: expected figures of the schema {}, found {}; measure again with the old program's "
         "sources and this bench",
         path, kBenchSchema, schema);
  }
  if (!figure(bench, "/forward_per_second")) {
    fail(ErrorKind::kData,
         "{}: expected what `fool bench --json` prints; it has no rate of the bare "
         "forward pass",
         path);
  }
  return bench;
}

void require_comparable(const Json& old, const Json& now, const std::string& name) {
  for (const char* key : {"model", "encoding", "search", "image"}) {
    if (text_of(old, key) == text_of(now, key)) continue;
    fail(ErrorKind::kUsage, "{}: cannot be compared: its {} is {}, here it is {}", name, key,
         text_of(old, key), text_of(now, key));
  }
}

void print_comparison(const Json& old, const Json& now, std::ostream& out) {
  out << fmt::format("{} with {}: then and now\n", text_of(now, "model"), text_of(now, "encoding"));
  for (const char* key : {"fool", "library", "engine", "device", "precision", "screening",
                          "workers", "block", "renderer", "grown"}) {
    if (text_of(old, key) == text_of(now, key)) continue;
    out << fmt::format("  {:<9} {} -> {}\n", key, text_of(old, key), text_of(now, key));
  }
  // The machine may have been faster or slower; products of matrices say how much.
  std::optional<double> machine;
  for (const auto& [library, rate] : now["matrix_products"].items()) {
    const auto then = figure(old, "/matrix_products/" + library);
    if (then && *then > 0) machine = std::max(machine.value_or(0), rate.get<double>() / *then);
  }
  out << fmt::format("\n{:<34} {:>12} {:>12} {:>9} {:>14}\n", "", "then", "now", "better by",
                     "of the machine");
  for (const Line& line : lines_of(now)) {
    const auto a = figure(old, line.pointer);
    const auto b = figure(now, line.pointer);
    if (!a || !b) continue;
    const double ratio = line.time ? *a / *b : *b / *a;
    const bool relative = line.pointer == "/loop_over_forward" ||
                          line.pointer == "/forward_efficiency" ||
                          line.pointer.rfind("/matrix_products", 0) == 0;
    out << fmt::format("{:<34} {:>12} {:>12} {:>9}", line.name, figure_text(*a), figure_text(*b),
                       std::isfinite(ratio) ? fmt::format("{:.3f}", ratio) : "-");
    if (machine && !relative && std::isfinite(ratio))
      out << fmt::format(" {:>14.3f}", ratio / *machine);
    out << "\n";
  }
  out << "\nbetter by: of rates now / then, of times then / now. of the machine: the same at "
         "equal\n"
         "rates of matrix products.\n";
}

}  // namespace fool
