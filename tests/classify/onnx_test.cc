#include <gmock/gmock.h>

#include "classify/onnx_network.h"

namespace fool {
namespace {

using onnx::kClasses;
using onnx::kSize;
using testing::AllOf;
using testing::HasSubstr;

class Onnx : public onnx::OnnxNetwork {};

TEST_F(Onnx, AgreesWithTheSameNetworkInLibTorch) {
  write_usual();
  expect_logits(random_images(3, spec_.input.shape()));
  expect_logits(random_images(1, spec_.input.shape()));
}

TEST_F(Onnx, RefusesOtherFilesAndOtherShapes) {
  write_usual();
  spec_.classes = 7;
  spec_.card = "net.json";
  EXPECT_THAT(message(), HasSubstr("the network gave an output of shape [1, 5] for 1 image; "
                                   "expected [1, 7]"));
  spec_.classes = kClasses;
  write_file(spec_.weights, "{}");
  EXPECT_THAT(message(), HasSubstr("a JSON file"));
  write_safetensors(spec_.weights, {});
  EXPECT_THAT(message(), HasSubstr("\"format\": \"onnx\", but the file is a safetensors file"));
  write(onnx::node("NoSuchLayer", {"images"}, "scores") +
        onnx::input("images", {1, 3, kSize, kSize}) + onnx::output("scores", {1, kClasses}));
  EXPECT_THAT(message(), HasSubstr("net.onnx: OpenCV: "));
}

}  // namespace
}  // namespace fool
