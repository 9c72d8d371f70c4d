// The whole program but for main(): builds the option tree from the registry of commands, runs one,
// and turns every failure into one line and an exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/command.h"

namespace fool {

class Program {
 public:
  Program();

  // Runs console.arguments. Returns the exit code; throws nothing.
  int run(Console& console);

  // For shell completion and tests.
  const CLI::App& options() const { return app_; }

 private:
  CLI::App& group(const std::string& name);
  int dispatch(Console& console);
  std::string explain(const CLI::ParseError& error,
                      const std::vector<std::string>& arguments) const;

  CLI::App app_;
  std::map<std::string, std::unique_ptr<Command>> commands_;
};

}  // namespace fool
