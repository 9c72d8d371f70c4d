#include "classify/native_weights.h"

#include <gmock/gmock.h>

#include "classify/networks/lenet.h"
#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "model/protobuf_writer.h"

namespace fool {
namespace {

using testing::HasSubstr;

CaffeLayerMessage layer(const std::string& name, const TensorView& weight, const TensorView& bias) {
  return {name,
          weight.shape.size() == 4 ? "Convolution" : "InnerProduct",
          {{weight.shape, std::string(weight.bytes)}, {bias.shape, std::string(bias.bytes)}}};
}

class NativeWeights : public testing::Test {
 protected:
  std::vector<CaffeLayerMessage> caffe_layers() const {
    const auto& views = weights_.views;
    return {layer("conv1", views.at("conv1.weight"), views.at("conv1.bias")),
            layer("conv2", views.at("conv2.weight"), views.at("conv2.bias")),
            layer("ip1", views.at("fc1.weight"), views.at("fc1.bias")),
            layer("ip2", views.at("fc2.weight"), views.at("fc2.bias"))};
  }
  NamedTensors read(const std::string& bytes) const {
    write_file(file_, bytes);
    return read_native_weights(file_, LeNetImpl(7));
  }
  void expect_weights(const NamedTensors& found) const {
    ASSERT_EQ(found.tensors.size(), weights_.views.size());
    for (const auto& [key, view] : weights_.views) {
      EXPECT_EQ(found.tensors.at(key).shape, view.shape) << key;
      EXPECT_EQ(found.tensors.at(key).bytes, view.bytes) << key;
    }
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "weights";
  RandomWeights weights_ = lenet_weights(7);
};

TEST_F(NativeWeights, AreReadByContent) {
  write_safetensors(file_, weights_.views);
  expect_weights(read_native_weights(file_, LeNetImpl(7)));
  expect_weights(read(caffe_model("LeNet", caffe_layers())));
  expect_weights(read(old_caffe_model("LeNet", caffe_layers())));
}

TEST_F(NativeWeights, RefuseCaffeLayersThatDoNotFit) {
  std::vector<CaffeLayerMessage> layers = caffe_layers();
  const CaffeLayerMessage last = layers.back();
  layers.pop_back();
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read(caffe_model("LeNet", layers)); }),
              HasSubstr("weights: expected 8 blobs for the network's parameters, found 6"));
  const RandomWeights larger = lenet_weights(8);
  layers.push_back(layer("ip2", larger.views.at("fc2.weight"), larger.views.at("fc2.bias")));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read(caffe_model("LeNet", layers)); }),
              HasSubstr("ip2.weight cannot be fc2.weight: expected [7, 500], found [8, 500]"));
}

}  // namespace
}  // namespace fool
