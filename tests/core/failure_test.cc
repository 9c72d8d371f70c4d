#include "fool/core/failure.h"

#include <gtest/gtest.h>

#include <new>

namespace fool {
namespace {

template <typename Exception>
Error as_error(const Exception& exception) {
  try {
    throw exception;
  } catch (...) {
    return current_error();
  }
}

TEST(Error, IsWhatAnyExceptionBecomes) {
  EXPECT_EQ(as_error(Error(ErrorKind::kData, "no image")).kind(), ErrorKind::kData);
  EXPECT_STREQ(as_error(Error(ErrorKind::kData, "no image")).what(), "no image");
  EXPECT_EQ(as_error(std::bad_alloc()).kind(), ErrorKind::kDevice);
  EXPECT_EQ(as_error(std::runtime_error("oops")).kind(), ErrorKind::kInternal);
  EXPECT_STREQ(as_error(std::runtime_error("oops")).what(), "internal error: oops");
  EXPECT_EQ(as_error(7).kind(), ErrorKind::kInternal);
}

}  // namespace
}  // namespace fool
