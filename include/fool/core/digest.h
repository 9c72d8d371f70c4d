// What a file's bytes must add up to: a hash, or as many of its first digits as are known. For
// weights and data sets that come from elsewhere.
#pragma once

#include <filesystem>
#include <string>

namespace fool {

enum class HashKind { kSha256, kSha1, kMd5 };

struct Digest {
  HashKind kind = HashKind::kSha256;
  std::string hex;  // lower case; the first digits are enough; empty: nothing is known

  bool known() const { return !hex.empty(); }

  // Whether `found`, a complete hash of this kind, begins like this one. True if nothing is known.
  bool matches(const std::string& found) const;

  // "sha256 b8a5...", "sha256 beginning with b8a52dc0", or "sha256 not known": for messages.
  std::string text() const;
};

// "sha256", "sha1", "md5".
std::string hash_name(HashKind kind);

// The hash of a whole file in lower-case hexadecimal digits. Throws Error(kIo).
std::string hash_file(const std::filesystem::path& path, HashKind kind);

}  // namespace fool
