// How the name of a random stream becomes a number.
#pragma once

#include <cstdint>
#include <string_view>

namespace fool {

// FNV-1a, folded to 32 bits: a fixed hash.
inline std::uint32_t hash_stream_name(std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace fool
