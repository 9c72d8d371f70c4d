#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"

// What the networks compute is tested against reference outputs in golden_test.cc.
namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SqueezeNet, RefusesInputsThatItCannotTake) {
  const ScratchFolder folder;
  const auto file = folder / "w.safetensors";
  write_safetensors(file, {});
  for (const char* version : {"squeezenet1_0", "squeezenet1_1"}) {
    ModelSpec spec = colour_spec(file, 31, 1000);
    spec.format = "safetensors";
    spec.architecture = version;
    EXPECT_THAT(
        error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
        AllOf(HasSubstr(version), HasSubstr("takes colour images of 32x32 or more, the card "
                                            "says colour of 31x31")));
    spec.input.height = spec.input.width = 64;
    spec.options = {{"conv10_padding", 9}};
    EXPECT_THAT(error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
                HasSubstr("options.conv10_padding: expected"));
  }
}

}  // namespace
}  // namespace fool
