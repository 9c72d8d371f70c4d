#include "model/caffe_model.h"

#include <gmock/gmock.h>

#include <cstring>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"
#include "model/protobuf_writer.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string floats(const std::vector<float>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float)};
}

const std::vector<CaffeLayerMessage> kLayers = {
    {"conv1", "Convolution", {{{2, 1, 1, 1}, floats({1, 2})}, {{2}, floats({3, 4})}}},
    {"relu1", "ReLU", {}},
    {"ip1", "InnerProduct", {{{3, 2}, floats({5, 6, 5, 6, 5, 6})}, {{3}, floats({7, 8, 9})}}}};

std::string message_of(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { parse_caffe_model(bytes, "net.caffemodel"); });
}

std::string one_blob(const std::string& blob) {
  return bytes_field(1, "n") + bytes_field(100, bytes_field(1, "conv") + bytes_field(7, blob));
}

TEST(CaffeModel, KeepsLayersWithWeightsInOrder) {
  const std::string bytes = caffe_model("LeNet", kLayers);
  const CaffeModel model = parse_caffe_model(bytes, "net");
  EXPECT_EQ(model.name, "LeNet");
  ASSERT_EQ(model.layers.size(), 2U);
  EXPECT_EQ(model.layers[0].name, "conv1");
  ASSERT_EQ(model.layers[0].blobs.size(), 2U);
  EXPECT_THAT(model.layers[0].blobs[0].shape, ElementsAre(2, 1, 1, 1));
  EXPECT_EQ(model.layers[0].blobs[0].bytes, floats({1, 2}));
  EXPECT_EQ(model.layers[1].name, "ip1");
  EXPECT_EQ(model.layers[1].blobs[1].bytes, floats({7, 8, 9}));
}

TEST(CaffeModel, TakesNumbersFromWhereTheyLie) {
  const std::string bytes = caffe_model("LeNet", kLayers);
  const CaffeModel model = parse_caffe_model(bytes, "net");
  for (const CaffeLayer& layer : model.layers) {
    for (const TensorView& blob : layer.blobs) {
      EXPECT_GE(blob.bytes.data(), bytes.data());
      EXPECT_LT(blob.bytes.data(), bytes.data() + bytes.size());
    }
  }
}

TEST(CaffeModel, ReadsOldMessages) {
  const std::string bytes = old_caffe_model("CaffeNet", kLayers);
  const CaffeModel model = parse_caffe_model(bytes, "net");
  ASSERT_EQ(model.layers.size(), 2U);
  EXPECT_EQ(model.layers[1].name, "ip1");
  EXPECT_THAT(model.layers[1].blobs[0].shape, ElementsAre(3, 2));
  EXPECT_THAT(model.layers[1].blobs[1].shape, ElementsAre(3));
  EXPECT_THAT(model.layers[0].blobs[0].shape, ElementsAre(2, 1, 1, 1));
  EXPECT_EQ(model.layers[1].blobs[0].bytes, floats({5, 6, 5, 6, 5, 6}));
}

TEST(CaffeModel, JoinsNumbersThatAreNotPacked) {
  std::string blob = bytes_field(7, number_field(1, 3));
  for (const float number : {1.5F, -2.0F, 8.0F}) blob += "\x2d" + floats({number});
  const std::string bytes = one_blob(blob);
  const CaffeModel model = parse_caffe_model(bytes, "net");
  EXPECT_THAT(model.layers[0].blobs[0].shape, ElementsAre(3));
  EXPECT_EQ(model.layers[0].blobs[0].bytes, floats({1.5F, -2.0F, 8.0F}));
}

TEST(CaffeModel, ReadsDoublesAndBlobsWithoutAShape) {
  const double numbers[] = {0.1, 0.2};
  std::string bytes_of_numbers(sizeof(numbers), '\0');
  std::memcpy(bytes_of_numbers.data(), numbers, sizeof(numbers));
  const std::string bytes = one_blob(bytes_field(8, bytes_of_numbers));
  const CaffeModel model = parse_caffe_model(bytes, "net");
  const TensorView& view = model.layers[0].blobs[0];
  EXPECT_EQ(view.dtype, DType::kF64);
  EXPECT_THAT(view.shape, ElementsAre(2));
  EXPECT_EQ(view.bytes, bytes_of_numbers);
}

TEST(CaffeModel, IsReadAsNamedTensors) {
  const ScratchFolder folder;
  write_file(folder / "any.name", caffe_model("LeNet", kLayers));
  const NamedTensors weights = read_weights(folder / "any.name");
  ASSERT_EQ(weights.tensors.size(), 4U);
  EXPECT_EQ(weights.tensors.at("conv1.weight").bytes, floats({1, 2}));
  EXPECT_EQ(weights.tensors.at("ip1.bias").bytes, floats({7, 8, 9}));
  EXPECT_EQ(weights.metadata.at("network"), "LeNet");
}

TEST(CaffeModel, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(message_of(one_blob(caffe_blob({{3}, floats({1, 2})}))),
              HasSubstr("net.caffemodel: a blob of layer \"conv\" of shape [3] holds 2 numbers, "
                        "expected 3"));
  EXPECT_THAT(message_of(one_blob(caffe_blob({{1}, "12345"}))), HasSubstr("expected 1"));
  EXPECT_THAT(message_of(one_blob(caffe_blob({{-1}, floats({1})}))), HasSubstr("impossible"));
  EXPECT_THAT(message_of(one_blob(caffe_blob({{1LL << 40, 1LL << 40}, ""}))),
              HasSubstr("impossible"));
  EXPECT_THAT(message_of(one_blob(caffe_blob({{1, 1, 1, 1, 1, 1, 1, 1, 1}, floats({1})}))),
              HasSubstr("more than 8 dimensions"));
  EXPECT_THAT(message_of(one_blob(bytes_field(7, bytes_field(1, "\xff")))),
              HasSubstr("the shape of a blob of layer \"conv\" is damaged"));
  EXPECT_THAT(message_of(one_blob(bytes_field(5, floats({1})) + bytes_field(8, "12345678"))),
              HasSubstr("both float and double"));
}

TEST(CaffeModel, RefusesModelsWithoutWeightsAndDamage) {
  EXPECT_THAT(message_of(caffe_model("net", {{"relu", "ReLU", {}}})),
              HasSubstr("no layer with weights"));
  const std::string bytes = caffe_model("LeNet", kLayers);
  EXPECT_THAT(message_of(bytes.substr(0, bytes.size() - 1)),
              HasSubstr("the network is not a whole message"));
  std::string layer = bytes_field(1, "conv");
  for (int i = 0; i < 17; ++i) layer += bytes_field(7, caffe_blob({{1}, floats({1})}));
  EXPECT_THAT(message_of(bytes_field(100, layer)), HasSubstr("more than 16 blobs"));
  EXPECT_THAT(message_of(bytes_field(100, "\x0a\x09x")), HasSubstr("a layer is not a whole"));
  const std::string twice = caffe_model("net", {kLayers[0], kLayers[0]});
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] { parse_caffe_model(twice, "net").tensors("net.caffemodel"); }),
              HasSubstr("net.caffemodel: two layers are called \"conv1\""));
}

}  // namespace
}  // namespace fool
