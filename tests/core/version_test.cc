#include "fool/core/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fool/core/files.h"

namespace fool {
namespace {

TEST(Version, IsThatOfTheBuildFiles) {
  EXPECT_THAT(read_file(FOOL_SOURCE_DIR "/CMakeLists.txt"),
              ::testing::HasSubstr("project(fool VERSION " + std::string(kVersion) + " "));
}

}  // namespace
}  // namespace fool
