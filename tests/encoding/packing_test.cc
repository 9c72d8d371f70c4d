#include "encoding/packing.h"

#include <gmock/gmock.h>

#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

using testing::HasSubstr;

std::string random_bytes(std::size_t size) {
  RngStream rng(1, "test.packing", 0, static_cast<std::uint32_t>(size));
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(rng.next_u32());
  return bytes;
}

std::string error_of(const std::string& text, std::size_t size) {
  try {
    unpack_text(text, size, "thing");
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData);
    return e.what();
  }
  return "";
}

TEST(Packing, ComesBack) {
  for (const std::size_t size : {0, 1, 2, 3, 4, 100, 784, 10007}) {
    const std::string bytes = random_bytes(size);
    const std::string text = pack_text(bytes);
    EXPECT_EQ(unpack_text(text, size, "thing"), bytes);
    EXPECT_THAT(text, testing::MatchesRegex("[A-Za-z0-9+/]*=*"));
  }
}

TEST(Packing, IsStandardBase64OfZlib) {
  EXPECT_EQ(pack_text("hello"),
            "eJzLSM3JyQcABiwCFQ==");  // python3: b64encode(zlib.compress(b"hello"))
}

TEST(Packing, NamesWhatIsWrong) {
  const std::string text = pack_text(random_bytes(50));
  EXPECT_THAT(error_of(text, 49), HasSubstr("thing: the data is damaged, or not 49 bytes long"));
  EXPECT_THAT(error_of(text, 51), HasSubstr("not 51 bytes long"));
  EXPECT_THAT(error_of(text.substr(0, 40), 50), HasSubstr("damaged"));
  EXPECT_THAT(error_of(text.substr(0, 41), 50), HasSubstr("expected a multiple of 4"));
  EXPECT_THAT(error_of("AAAA", 50), HasSubstr("damaged"));
  EXPECT_THAT(error_of("", 50), HasSubstr("thing: "));
  std::string odd = text;
  odd[5] = '*';
  EXPECT_THAT(error_of(odd, 50), HasSubstr("character 5 is not base64"));
  odd[5] = '=';
  EXPECT_THAT(error_of(odd, 50), HasSubstr("character 5 is not base64"));
}

// A short text that claims to hold very much.
TEST(Packing, ABombDoesNotGoOff) {
  const std::string text = pack_text(std::string(50'000'000, 'x'));
  EXPECT_LT(text.size(), 100'000U);
  EXPECT_THAT(error_of(text, 784), HasSubstr("not 784 bytes long"));
}

TEST(Packing, DamageIsAnErrorOrHarmless) {
  const std::string bytes = random_bytes(300);
  const std::string text = pack_text(bytes);
  RngStream rng(2, "test.packing", 0, 0);
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = text;
    const std::uint32_t at = rng.uniform_int(static_cast<std::uint32_t>(text.size()));
    damaged[at] = static_cast<char>(rng.next_u32());
    try {
      EXPECT_EQ(unpack_text(damaged, 300, "thing"), bytes);  // zlib's checksum sees to that
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kData);
    }
  }
}

}  // namespace
}  // namespace fool
