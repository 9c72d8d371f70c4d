// Checks of numbers given on the command line, with messages for people: "expected 1 or more, found
// -3". Not a number, infinities and numbers that do not fit are found here too.
#pragma once

#include <CLI/CLI.hpp>

namespace fool {

// The largest number of threads that any command takes.
inline constexpr int kMostWorkers = 1024;

CLI::Validator at_least(int low);
CLI::Validator from_to(int low, int high);

// A text: an empty one is a shell variable that was not set.
CLI::Validator not_empty();

CLI::Validator number_at_least(double low);
CLI::Validator number_from_to(double low, double high);

}  // namespace fool
