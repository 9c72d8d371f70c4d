// The version of fool, written into every file that it makes. CMake reads it from here.
#pragma once

namespace fool {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace fool
