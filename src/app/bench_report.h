// What `fool bench` found, as JSON, in words, and side by side with what it found another time.
#pragma once

#include <iosfwd>
#include <string>

#include "fool/core/json.h"

namespace fool {

// Changes whenever a figure gets another meaning.
inline constexpr const char* kBenchSchema = "fool-bench-2";

// "12.3", "12,345": four digits or more, for people.
std::string figure_text(double value);

void print_bench(const Json& bench, std::ostream& out);

// Reads what `fool bench --json` printed. Throws Error(kIo, kData).
Json read_bench(const std::string& path);

// Throws Error(kUsage) if the two are about different things: model, encoding, search or images.
// `name` is the old one's file.
void require_comparable(const Json& old, const Json& now, const std::string& name);

// Every figure that both have: then, now, and how much better it has become.
void print_comparison(const Json& old, const Json& now, std::ostream& out);

}  // namespace fool
