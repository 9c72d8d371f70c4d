// Runs a command line within the test's own process: quicker than the real binary, same code but
// for main().
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "app/program.h"
#include "fakes/hermetic.h"

namespace fool {

struct InProcess {
  int code = 0;
  std::string out;
  std::string err;
};

inline InProcess run_program(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, arguments};
  Program program;
  const int code = program.run(console);
  return {code, out.str(), err.str()};
}

}  // namespace fool
