#include "fool/core/digest.h"

#include <gtest/gtest.h>

#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

// FIPS 180-2, appendices A and B; RFC 1321, appendix A.5.
TEST(Digest, KnownAnswers) {
  const ScratchFolder folder;
  write_file(folder / "abc", "abc");
  EXPECT_EQ(hash_file(folder / "abc", HashKind::kSha256), sha256_hex("abc"));
  EXPECT_EQ(hash_file(folder / "abc", HashKind::kSha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hash_file(folder / "abc", HashKind::kMd5), "900150983cd24fb0d6963f7d28e17f72");
  write_file(folder / "empty", "");
  EXPECT_EQ(hash_file(folder / "empty", HashKind::kMd5), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_THROW(hash_file(folder / "none", HashKind::kMd5), Error);
}

TEST(Digest, MatchesByItsFirstDigits) {
  const std::string found = "900150983cd24fb0d6963f7d28e17f72";
  EXPECT_TRUE((Digest{HashKind::kMd5, found}.matches(found)));
  EXPECT_TRUE((Digest{HashKind::kMd5, "90015098"}.matches(found)));
  EXPECT_FALSE((Digest{HashKind::kMd5, "90015099"}.matches(found)));
  EXPECT_FALSE((Digest{HashKind::kMd5, found + "0"}.matches(found)));
  EXPECT_TRUE(Digest{}.matches(found));
}

TEST(Digest, SaysHowMuchIsKnown) {
  EXPECT_EQ((Digest{HashKind::kSha256, "b8a52dc0"}.text()), "sha256 beginning with b8a52dc0");
  EXPECT_EQ((Digest{HashKind::kSha1, std::string(40, 'a')}.text()), "sha1 " + std::string(40, 'a'));
  EXPECT_EQ((Digest{HashKind::kMd5, ""}.text()), "md5 not known");
}

}  // namespace
}  // namespace fool
