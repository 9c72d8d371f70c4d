#include "classify/torch_errors.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"

namespace fool {
namespace {

TEST(TorchErrors, TheTellingLine) {
  EXPECT_EQ(telling_line("first\nsecond"), "first");
  EXPECT_EQ(telling_line(""), "");
  EXPECT_EQ(telling_line("The following operation failed in the TorchScript interpreter.\n"
                         "Traceback of TorchScript (most recent call last):\n"
                         "  File \"x\", line 3, in forward\n"
                         "RuntimeError: expected 3 channels\n"),
            "expected 3 channels");
}

TEST(TorchErrors, BecomeModelErrors) {
  EXPECT_EQ(error_message(
                ErrorKind::kModel,
                [] { translate_torch_errors("net", [] { TORCH_CHECK(false, "too", " big"); }); }),
            "net: LibTorch: too big");
  EXPECT_EQ(
      error_message(
          ErrorKind::kModel,
          [] { translate_torch_errors("net", [] { throw std::runtime_error("bad\nworse"); }); }),
      "net: LibTorch: bad");
}

TEST(TorchErrors, OwnErrorsPass) {
  EXPECT_EQ(error_message(
                ErrorKind::kConfig,
                [] { translate_torch_errors("net", [] { fail(ErrorKind::kConfig, "mine"); }); }),
            "mine");
  EXPECT_EQ(translate_torch_errors("net", [] { return 7; }), 7);
}

}  // namespace
}  // namespace fool
