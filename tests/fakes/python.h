// Python programs that a test may ask what other libraries write or compute.
#pragma once

#include <cstdlib>
#include <string>

namespace fool {

// A Python that has the module: FOOL_PYTHON, the first in the path, or the system's; empty
// if none can.
inline std::string python_with(const std::string& module) {
  const char* chosen = std::getenv("FOOL_PYTHON");
  for (const std::string& python : {std::string(chosen == nullptr ? "" : chosen),
                                    std::string("python3"), std::string("/usr/bin/python3")}) {
    if (python.empty()) continue;
    const std::string command = python +
                                " -c 'import importlib.util, sys; sys.exit(importlib.util."
                                "find_spec(\"" +
                                module + "\") is None)' >/dev/null 2>&1";
    if (std::system(command.c_str()) == 0) return python;
  }
  return "";
}

}  // namespace fool
