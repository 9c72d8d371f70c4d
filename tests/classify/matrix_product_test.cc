#include "fool/classify/matrix_product.h"

#include <gtest/gtest.h>

#include "fakes/expect_error.h"

namespace fool {
namespace {

TEST(MatrixProduct, EveryLibraryMultiplies) {
  for (const std::string& library : matrix_libraries()) {
    const auto product = make_matrix_product(library);
    EXPECT_EQ(product->multiply(), 512 * 0.5F * 0.25F) << library;
    EXPECT_GE(product->multiply_adds(), 512.0 * 512 * 512) << library;
  }
}

TEST(MatrixProduct, AnotherLibraryIsADefect) {
  error_message(ErrorKind::kInternal, [] { make_matrix_product("abacus"); });
}

}  // namespace
}  // namespace fool
