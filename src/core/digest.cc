#include "fool/core/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "fool/core/files.h"

namespace fool {
namespace {

const EVP_MD* algorithm(HashKind kind) {
  switch (kind) {
    case HashKind::kSha1:
      return EVP_sha1();
    case HashKind::kMd5:
      return EVP_md5();
    default:
      return EVP_sha256();
  }
}

std::size_t digits(HashKind kind) {
  return 2 * static_cast<std::size_t>(EVP_MD_size(algorithm(kind)));
}

}  // namespace

std::string hash_name(HashKind kind) {
  return kind == HashKind::kSha256 ? "sha256" : kind == HashKind::kSha1 ? "sha1" : "md5";
}

bool Digest::matches(const std::string& found) const { return found.rfind(hex, 0) == 0; }

std::string Digest::text() const {
  if (!known()) return hash_name(kind) + " not known";
  return fmt::format("{} {}{}", hash_name(kind), hex.size() < digits(kind) ? "beginning with " : "",
                     hex);
}

std::string hash_file(const std::filesystem::path& path, HashKind kind) {
  const MappedFile file(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestInit_ex(context.get(), algorithm(kind), nullptr);
  EVP_DigestUpdate(context.get(), file.bytes().data(), file.bytes().size());
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace fool
