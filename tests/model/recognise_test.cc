#include "fool/model/recognise.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

// The signatures of the built-in networks are tested where these are.
namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

class Recognise : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Signatures::instance().add({"small",
                                {{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {0, 7}}},
                                {"conv2.weight"},
                                "fc.weight",
                                torchvision_input(64)});
    Signatures::instance().add(
        {"large",
         {{"conv.weight", {4, 3, 3, 3}}, {"conv2.weight", {4, 4, 3, 3}}, {"fc.weight", {0, 7}}},
         {},
         "fc.weight",
         torchvision_input(96)});
  }

  NamedTensors weights(const Shapes& shapes) {
    NamedTensors result;
    for (const auto& [key, shape] : shapes) {
      TensorView view{DType::kF32, shape, {}};
      view.bytes =
          std::string_view(zeros_).substr(0, 4 * static_cast<std::size_t>(view.elements()));
      result.tensors[key] = view;
    }
    return result;
  }

  std::string zeros_ = std::string(40'000, '\0');
  ScratchFolder folder_;
};

TEST_F(Recognise, ByTheNameOfACaffeModelWhereShapesAreTheSame) {
  Signatures::instance().add({"twin",
                              {{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {0, 7}}},
                              {},
                              "fc.weight",
                              torchvision_input(64),
                              "Twin"});
  NamedTensors both = weights({{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {5, 7}}});
  EXPECT_EQ(recognise(both, "a.caffemodel", "caffe").architecture, "small");
  both.metadata["network"] = "Twin";
  EXPECT_EQ(recognise(both, "a.caffemodel", "caffe").architecture, "twin");
}

TEST_F(Recognise, ByTheShapesThatOneNetworkHas) {
  const Shapes small = {{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {5, 7}}, {"fc.bias", {5}}};
  const ModelSpec spec = recognise(weights(small), "/where/mine.pth", "pytorch");
  EXPECT_EQ(spec.name, "mine");
  EXPECT_EQ(spec.architecture, "small");
  EXPECT_EQ(spec.format, "pytorch");
  EXPECT_EQ(spec.weights, "/where/mine.pth");
  EXPECT_EQ(spec.classes, 5);
  EXPECT_EQ(spec.input.height, 64);
  EXPECT_EQ(spec.input.channels, ChannelOrder::kRgb);
  EXPECT_TRUE(spec.raw.at("recognised").get<bool>());
  EXPECT_EQ(spec.raw.at("input").at("range"), "0..1");
  EXPECT_EQ(spec.raw.at("output"), "logits");
  EXPECT_THAT(warning_of_guess(spec),
              HasSubstr("mine.pth: no card says how its input is made; taken for small, with"));
  EXPECT_EQ(warning_of_guess(ModelSpec()), "");
  Shapes large = small;
  large["conv2.weight"] = {4, 4, 3, 3};
  EXPECT_EQ(recognise(weights(large), "mine.pth", "pytorch").architecture, "large");
}

TEST_F(Recognise, SaysWhatTheNearestNetworkHas) {
  const auto message = [&](const Shapes& shapes) {
    return error_message(ErrorKind::kModel,
                         [&] { recognise(weights(shapes), "mine.pth", "pytorch"); });
  };
  EXPECT_THAT(message({{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {5, 8}}}),
              AllOf(HasSubstr("mine.pth: no built-in network has such weights (2 tensors: "
                              "conv.weight [4, 3, 3, 3], fc.weight [5, 8], ...); the nearest is "
                              "small: fc.weight expected [any, 7], found [5, 8]; write a card "
                              "mine.json beside"),
                    HasSubstr("\"sequential\"")));
  EXPECT_THAT(
      message({{"conv.weight", {4, 3, 3, 3}}, {"conv2.weight", {1}}, {"fc.weight", {5, 7}}}),
      HasSubstr("conv2.weight"));
  EXPECT_THAT(Signatures().nearest({}), "no built-in network is known");
}

TEST_F(Recognise, ReadsTheFileAndTheLabelsBesideIt) {
  const auto file = folder_ / "net.safetensors";
  const NamedTensors tensors = weights({{"conv.weight", {4, 3, 3, 3}}, {"fc.weight", {1000, 7}}});
  write_safetensors(file, tensors.tensors);
  EXPECT_TRUE(open_without_card(file, {}).labels.empty());
  std::string labels;
  for (int k = 0; k < 1000; ++k) labels += "label " + std::to_string(k) + "\n";
  std::filesystem::create_directory(folder_ / "models");
  write_file(folder_ / "models" / "imagenet_classes.txt", labels);
  const ModelSpec spec = open_without_card(file, {folder_ / "models"});
  EXPECT_EQ(spec.format, "safetensors");
  EXPECT_EQ(spec.classes, 1000);
  EXPECT_EQ(spec.label(7), "label 7");
  write_file(folder_ / "imagenet_classes.txt", "another " + labels);
  EXPECT_EQ(open_without_card(file, {folder_ / "models"}).label(0), "another label 0");
}

TEST_F(Recognise, OtherKindsOfFilesNeedACard) {
  const auto file = folder_ / "net.npy";
  write_file(file, std::string("\x93NUMPY\x01\x00", 8) + std::string(120, ' '));
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { open_without_card(file, {"/models"}); }),
      AllOf(HasSubstr("net.npy: is "),
            HasSubstr("expected a card net.json beside it or in one of: "),
            HasSubstr(", /models; a card holds \"name\", \"format\", \"weights\", \"classes\", "
                      "\"input\" (\"height\"")));
}

}  // namespace
}  // namespace fool
