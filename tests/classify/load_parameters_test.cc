#include "classify/load_parameters.h"

#include <gmock/gmock.h>

#include "classify/networks/lenet.h"
#include "classify/random_network.h"
#include "fakes/expect_error.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A module of one small layer.
struct Tiny : torch::nn::Module {
  Tiny() { layer = register_module("layer", torch::nn::Linear(2, 1)); }
  torch::nn::Linear layer{nullptr};
};

template <typename T>
TensorView view_of(DType dtype, std::vector<std::int64_t> shape, const std::vector<T>& values) {
  return {dtype,
          std::move(shape),
          {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}};
}

TEST(LoadParameters, CopiesEveryTensor) {
  LeNet net(10);
  const RandomWeights weights = lenet_weights(10);
  load_parameters(*net, {weights.views, {}, nullptr}, "w");
  for (const auto& parameter : net->named_parameters()) {
    const std::vector<float>& expected = weights.values.at(parameter.key());
    const torch::Tensor found = parameter.value().detach().contiguous();
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.data_ptr<float>()))
        << parameter.key();
  }
}

TEST(LoadParameters, ConvertsOtherFloatingPointTypes) {
  const std::vector<double> doubles = {0.5, -2.0};
  const std::vector<std::uint16_t> half = {0x3C00};  // 1.0
  Tiny tiny;
  load_parameters(tiny,
                  {{{"layer.weight", view_of(DType::kF64, {1, 2}, doubles)},
                    {"layer.bias", view_of(DType::kF16, {1}, half)}},
                   {},
                   nullptr},
                  "w");
  EXPECT_EQ(tiny.layer->weight[0][1].item<float>(), -2.0F);
  EXPECT_EQ(tiny.layer->bias[0].item<float>(), 1.0F);
  const std::vector<std::uint16_t> bfloat = {0x4040};  // 3.0
  load_parameters(tiny,
                  {{{"layer.weight", view_of(DType::kF64, {1, 2}, doubles)},
                    {"layer.bias", view_of(DType::kBF16, {1}, bfloat)}},
                   {},
                   nullptr},
                  "w");
  EXPECT_EQ(tiny.layer->bias[0].item<float>(), 3.0F);
}

TEST(LoadParameters, TakesBytesAtAnyAddress) {
  const std::vector<float> values = {1.0F, 2.0F};
  std::string bytes = "x";
  bytes.append(reinterpret_cast<const char*>(values.data()), 8);
  const std::string_view shifted = std::string_view(bytes).substr(1);
  Tiny tiny;
  load_parameters(tiny,
                  {{{"layer.weight", {DType::kF32, {1, 2}, shifted}},
                    {"layer.bias", {DType::kF32, {1}, shifted.substr(4)}}},
                   {},
                   nullptr},
                  "w");
  EXPECT_EQ(tiny.layer->weight[0][0].item<float>(), 1.0F);
  EXPECT_EQ(tiny.layer->bias[0].item<float>(), 2.0F);
}

TEST(LoadParameters, SaysWhatDoesNotFit) {
  RandomWeights weights = lenet_weights(10);
  weights.add("conv3.weight", {1});
  weights.add("fc1.weight", {800, 500});
  weights.views.erase("fc2.bias");
  LeNet net(10);
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              load_parameters(*net, {weights.views, {}, nullptr}, "w.file");
                            }),
              HasSubstr("w.file: expected 8 tensors, found 8: 1 missing (fc2.bias [10]); "
                        "1 unexpected (conv3.weight [1]); "
                        "1 of another shape (fc1.weight: expected [500, 800], found [800, 500])"));
}

TEST(LoadParameters, FillsBuffersButNoCountOfBatches) {
  torch::nn::BatchNorm1d norm(2);
  std::map<std::string, TensorView> tensors;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<std::int64_t> count = {9};
  int i = 0;
  for (const char* key : {"weight", "bias", "running_mean", "running_var"}) {
    tensors[key] = {DType::kF32,
                    {2},
                    {reinterpret_cast<const char*>(values.data() + 2 * i++), 2 * sizeof(float)}};
  }
  torch::nn::Sequential net(norm);
  std::map<std::string, TensorView> prefixed;
  for (const auto& [key, view] : tensors) prefixed["0." + key] = view;
  load_parameters(*net, {prefixed, {}, nullptr}, "w");
  EXPECT_EQ(norm->weight[0].item<float>(), 1.0F);
  EXPECT_EQ(norm->running_mean[1].item<float>(), 6.0F);
  EXPECT_EQ(norm->running_var[0].item<float>(), 7.0F);
  prefixed["0.num_batches_tracked"] = view_of(DType::kI64, {}, count);
  load_parameters(*net, {prefixed, {}, nullptr}, "w");

  prefixed.erase("0.running_var");
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              load_parameters(*net, {prefixed, {}, nullptr}, "w.file");
                            }),
              HasSubstr("w.file: expected 4 tensors, found 3: 1 missing (0.running_var [2])"));
}

TEST(LoadParameters, RefusesIntegers) {
  const std::vector<std::int32_t> integers = {1, 2};
  Tiny tiny;
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              load_parameters(
                                  tiny,
                                  {{{"layer.weight", view_of(DType::kI32, {1, 2}, integers)},
                                    {"layer.bias", view_of(DType::kI32, {1}, std::vector<int>{1})}},
                                   {},
                                   nullptr},
                                  "w.file");
                            }),
              AllOf(HasSubstr("w.file: layer."), HasSubstr("holds I32; expected floating-point")));
}

}  // namespace
}  // namespace fool
