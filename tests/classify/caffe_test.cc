#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"
#include "model/protobuf_writer.h"

namespace fool {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kClasses = 7;

std::string input_layer(const ImageShape& shape) {
  return fmt::format(
      "name: \"net\"\ninput: \"data\"\ninput_dim: 1\ninput_dim: {}\ninput_dim: {}\ninput_dim: {}\n",
      shape.channels, shape.height, shape.width);
}

// One layer after another, each with what the one before gives.
class Prototxt {
 public:
  explicit Prototxt(const ImageShape& shape) : text_(input_layer(shape)) {}

  Prototxt& layer(const std::string& name, const std::string& type, const std::string& settings) {
    text_ += fmt::format("layer {{ name: \"{}\" type: \"{}\" bottom: \"{}\" top: \"{}\" {} }}\n",
                         name, type, last_, name, settings);
    last_ = name;
    return *this;
  }
  Prototxt& conv(const std::string& name, int outputs, int kernel, const std::string& more = "") {
    return layer(name, "Convolution",
                 fmt::format("convolution_param {{ num_output: {} kernel_size: {} {} }}", outputs,
                             kernel, more));
  }
  Prototxt& relu(const std::string& name) { return layer(name, "ReLU", ""); }
  Prototxt& pool(const std::string& name, int kernel) {
    return layer(name, "Pooling",
                 fmt::format("pooling_param {{ pool: MAX kernel_size: {} stride: 2 }}", kernel));
  }
  Prototxt& norm(const std::string& name) {
    return layer(name, "LRN", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }");
  }
  Prototxt& linear(const std::string& name, int outputs) {
    return layer(name, "InnerProduct",
                 fmt::format("inner_product_param {{ num_output: {} }}", outputs));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string last_ = "data";
};

std::string lenet_prototxt() {
  return Prototxt({28, 28, 1})
      .conv("conv1", 20, 5)
      .pool("pool1", 2)
      .conv("conv2", 50, 5)
      .pool("pool2", 2)
      .linear("ip1", 500)
      .relu("relu1")
      .linear("ip2", kClasses)
      .text();
}

std::string caffenet_prototxt(bool pool_first) {
  Prototxt net({227, 227, 3});
  const auto pool_and_norm = [&](const std::string& number) {
    if (pool_first) net.pool("pool" + number, 3);
    net.norm("norm" + number);
    if (!pool_first) net.pool("pool" + number, 3);
  };
  net.conv("conv1", 96, 11, "stride: 4").relu("relu1");
  pool_and_norm("1");
  net.conv("conv2", 256, 5, "pad: 2 group: 2").relu("relu2");
  pool_and_norm("2");
  net.conv("conv3", 384, 3, "pad: 1").relu("relu3");
  net.conv("conv4", 384, 3, "pad: 1 group: 2").relu("relu4");
  net.conv("conv5", 256, 3, "pad: 1 group: 2").relu("relu5").pool("pool5", 3);
  net.linear("fc6", 4096).relu("relu6").linear("fc7", 4096).relu("relu7");
  return net.linear("fc8", kClasses).text();
}

CaffeLayerMessage layer_of(const std::string& name, const std::vector<std::int64_t>& shape) {
  RandomWeights weights;
  weights.add(name + ".weight", shape);
  weights.add(name + ".bias", {shape.front()});
  const auto blob = [&](const char* key) {
    const TensorView& view = weights.views.at(name + key);
    return CaffeBlob{view.shape, std::string(view.bytes)};
  };
  return {
      name, shape.size() == 4 ? "Convolution" : "InnerProduct", {blob(".weight"), blob(".bias")}};
}

std::vector<CaffeLayerMessage> lenet_layers() {
  return {layer_of("conv1", {20, 1, 5, 5}), layer_of("conv2", {50, 20, 5, 5}),
          layer_of("ip1", {500, 800}), layer_of("ip2", {kClasses, 500})};
}

class Caffe : public ::testing::Test {
 protected:
  Caffe() {
    spec_ = lenet_spec(folder_ / "net.caffemodel", kClasses);
    spec_.format = "caffe";
  }

  std::vector<float> logits(const ModelSpec& spec) const {
    const ImageBatch images = random_images(2, spec.input.shape());
    std::vector<float> result(2 * kClasses);
    open_classifier(spec)->logits(images, result);
    return result;
  }

  // What OpenCV computes from the same weights and a prototxt.
  std::vector<float> by_opencv(const std::string& prototxt) const {
    write_file(folder_ / "deploy.prototxt", prototxt);
    ModelSpec spec = spec_;
    spec.architecture.clear();
    spec.options = {{"prototxt", "deploy.prototxt"}};
    return logits(spec);
  }

  static void expect_near(const std::vector<float>& found, const std::vector<float>& expected) {
    float largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], expected[i], 1e-4F) << i;
      largest = std::max(largest, std::abs(expected[i]));
    }
    EXPECT_GT(largest, 0.1F) << "too small to tell anything";
  }

  std::string message(const ModelSpec& spec) const {
    return error_message(ErrorKind::kModel, [&] { logits(spec); });
  }

  ScratchFolder folder_;
  ModelSpec spec_;
};

TEST_F(Caffe, LeNetAgreesWithOpenCv) {
  write_file(spec_.weights, caffe_model("LeNet", lenet_layers()));
  const std::vector<float> expected = by_opencv(lenet_prototxt());
  expect_near(logits(spec_), expected);
  write_file(spec_.weights, old_caffe_model("LeNet", lenet_layers()));
  expect_near(logits(spec_), expected);
  EXPECT_TRUE(open_classifier(spec_)->info().differentiable);
}

TEST_F(Caffe, CaffeNetAndAlexNetAgreeWithOpenCv) {
  spec_.architecture = "caffenet";
  spec_.input = colour_spec(spec_.weights, 227, kClasses).input;
  write_file(
      spec_.weights,
      old_caffe_model("CaffeNet",
                      {layer_of("conv1", {96, 3, 11, 11}), layer_of("conv2", {256, 48, 5, 5}),
                       layer_of("conv3", {384, 256, 3, 3}), layer_of("conv4", {384, 192, 3, 3}),
                       layer_of("conv5", {256, 192, 3, 3}), layer_of("fc6", {4096, 9216}),
                       layer_of("fc7", {4096, 4096}), layer_of("fc8", {kClasses, 4096})}));
  const std::vector<float> pooled_first = logits(spec_);
  expect_near(pooled_first, by_opencv(caffenet_prototxt(true)));
  spec_.architecture = "bvlc_alexnet";
  const std::vector<float> normalised_first = logits(spec_);
  expect_near(normalised_first, by_opencv(caffenet_prototxt(false)));
  EXPECT_NE(pooled_first, normalised_first);

  // Without a card.
  const ModelSpec guess = ModelFinder({}).find(spec_.weights.string());
  EXPECT_EQ(guess.architecture, "caffenet");
  EXPECT_EQ(guess.format, "caffe");
  EXPECT_EQ(guess.classes, kClasses);
}

TEST_F(Caffe, SaysWhatACardNeeds) {
  write_file(spec_.weights, caffe_model("LeNet", lenet_layers()));
  spec_.architecture.clear();
  EXPECT_THAT(message(spec_), AllOf(HasSubstr("lenet.json: a Caffe model needs \"architecture\""),
                                    HasSubstr("{\"prototxt\": \"deploy.prototxt\"}")));
  spec_.options = {{"prototxt", "missing.prototxt"}};
  EXPECT_THAT(message(spec_),
              AllOf(HasSubstr("the card's prototxt: "), HasSubstr("missing.prototxt")));
  write_file(folder_ / "bad.prototxt", "layer {");
  spec_.options = {{"prototxt", "bad.prototxt"}};
  EXPECT_THAT(message(spec_), HasSubstr("net.caffemodel: OpenCV: "));
  write_safetensors(spec_.weights, {});
  EXPECT_THAT(message(spec_), HasSubstr("\"format\": \"caffe\", but the file is a safetensors"));
}

}  // namespace
}  // namespace fool
