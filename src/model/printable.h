// Text from a file of unknown origin as an error message shows it: one line, printable, not too
// long.
#pragma once

#include <string>
#include <string_view>

namespace fool {

// The text with control characters and invalid UTF-8 replaced by \xNN, cut to about 80 bytes.
std::string printable(std::string_view text);

// Whether the bytes are UTF-8: shortest forms only, no surrogates.
bool is_utf8(std::string_view text);

}  // namespace fool
