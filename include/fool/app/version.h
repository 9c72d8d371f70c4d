// The version of fool, as `fool --version` prints it and every run directory records it.
#pragma once

namespace fool {

inline constexpr const char* kVersion = FOOL_VERSION;

}  // namespace fool
