// A sub-command of the program: one file in src/app/commands, registered in its last line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "fool/core/registry.h"
#include "fool/eval/communicator.h"

namespace fool {

// What a command may touch of the outside world; tests hand in their own.
struct Console {
  std::ostream& out;                   // results
  std::ostream& err;                   // talk and progress
  std::vector<std::string> arguments;  // as typed, without the program's name
  Communicator& ranks = one_rank();
};

// The exit code of a check that ran and found a difference (verify, models check).
inline constexpr int kCheckFailed = 1;

class Command {
 public:
  virtual ~Command() = default;

  // Declares flags and arguments. Called once, before parsing; the command keeps the variables they
  // fill.
  virtual void declare(CLI::App& app) = 0;

  // Returns the exit code: 0, kCheckFailed, or 128 + the signal that interrupted the work. Throws
  // Error.
  virtual int run(Console& console) = 0;

  // Whether several processes started together share its work; if so, run() is called in each of
  // them, and only rank 0 is given streams that lead anywhere.
  virtual bool runs_on_ranks() const { return false; }
};

using CommandRegistry = Registry<Command>;

// Registers a command: FOOL_REGISTER_COMMAND("evolve", EvolveCommand, "Search for fooling images").
// "models list" is the command "list" in the group "models".;
#define FOOL_REGISTER_COMMAND(name, type, help)                                       \
  FOOL_REGISTER(CommandRegistry, {name, help, ParameterTable(), {}, [](const Json&) { \
                                    return std::make_unique<type>();                  \
                                  }})

}  // namespace fool
