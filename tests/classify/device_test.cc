#include "fool/classify/device.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> names(const std::string& text) {
  std::vector<std::string> result;
  for (const Device& device : parse_devices(text)) result.push_back(device.name());
  return result;
}

TEST(Device, IsTheProcessorOrOneOrMoreOfNvidias) {
  using ::testing::ElementsAre;
  EXPECT_THAT(names("cpu"), ElementsAre("cpu"));
  EXPECT_THAT(names("cuda"), ElementsAre("cuda:0"));
  EXPECT_THAT(names("cuda:3"), ElementsAre("cuda:3"));
  EXPECT_THAT(names("cuda:1,0,12"), ElementsAre("cuda:1", "cuda:0", "cuda:12"));
  EXPECT_FALSE(parse_devices("cpu").front().is_cuda);
  EXPECT_TRUE(parse_devices("cuda").front().is_cuda);
}

TEST(Device, OtherWordsAreAnError) {
  for (const char* text : {"", "gpu", "cuda:", "cuda:x", "cuda:1,", "cuda:,1", "cuda:-1",
                           "cuda:1,1", "cuda:0 ", "CUDA", "cuda:99999999999"}) {
    EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { parse_devices(text); }),
                HasSubstr(std::string("found \"") + text + "\""));
  }
}

TEST(Device, OnesThatAreNotThereAreADeviceError) {
  expect_devices(parse_devices("cpu"));
  const std::string message =
      error_message(ErrorKind::kDevice, [] { expect_devices(parse_devices("cuda:77")); });
  EXPECT_THAT(message, HasSubstr("device cuda:77: "));
  EXPECT_THAT(
      error_message(
          ErrorKind::kDevice,
          [] {
            open_classifier(fakes::fake_model(2, {2, 2, 1}), {"auto", "cuda:77", "float32"});
          }),
      HasSubstr("cuda:77"));
}

TEST(Device, Float16IsForDevices) {
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [] {
                      open_classifier(fakes::fake_model(2, {2, 2, 1}), {"auto", "cpu", "float16"});
                    }),
      HasSubstr("float16 is for --device cuda"));
}

}  // namespace
}  // namespace fool
