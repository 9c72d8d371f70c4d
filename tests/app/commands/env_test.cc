#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/in_process.h"
#include "fakes/environment.h"
#include "fool/core/version.h"

namespace fool {
namespace {

TEST(Env, SaysVersionsAndPlaces) {
  const ScopedVariable path("FOOL_MODEL_PATH", "/nowhere/in/particular");
  const InProcess result = run_program({"env", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["fool"], kVersion);
  EXPECT_EQ(json["FOOL_MODEL_PATH"], "/nowhere/in/particular");
  EXPECT_THAT(json["numeric_library"].get<std::string>(), ::testing::HasSubstr("LibTorch"));
  EXPECT_THAT(run_program({"env"}).out, ::testing::HasSubstr("/nowhere/in/particular"));
}

}  // namespace
}  // namespace fool
