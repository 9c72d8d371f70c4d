// Bytes as text for JSON: base64 (RFC 4648) of a zlib stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

std::string pack_text(std::string_view bytes);

// Throws Error(kData), beginning with `what`, unless the text holds exactly `size` bytes. Never
// allocates more than the text and `size` bytes, whatever the text claims.
std::string unpack_text(std::string_view text, std::size_t size, std::string_view what);

}  // namespace fool
