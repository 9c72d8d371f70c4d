#include "app/option_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

namespace fool {
namespace {

template <typename Number>
CLI::Validator check(Number low, Number high, const std::string& expected) {
  CLI::Validator validator;
  validator.operation([=](std::string& text) {
    Number value{};
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    const bool fits = error == std::errc() && end == last && value >= low && value <= high &&
                      std::isfinite(static_cast<double>(value));
    return fits ? std::string() : fmt::format("expected {}, found {}", expected, text);
  });
  return validator;
}

}  // namespace

CLI::Validator at_least(int low) {
  return check(low, std::numeric_limits<int>::max(), fmt::format("{} or more", low));
}

CLI::Validator from_to(int low, int high) {
  return check(low, high, fmt::format("{} to {}", low, high));
}

CLI::Validator not_empty() {
  CLI::Validator validator;
  validator.operation([](const std::string& text) {
    return text.empty() ? std::string("expected a value, found an empty one") : std::string();
  });
  return validator;
}

CLI::Validator number_at_least(double low) {
  return check(low, std::numeric_limits<double>::max(), fmt::format("{} or more", low));
}

CLI::Validator number_from_to(double low, double high) {
  return check(low, high, fmt::format("{} to {}", low, high));
}

}  // namespace fool
