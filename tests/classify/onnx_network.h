// A small convolutional network as an ONNX file, and the same in LibTorch.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>
#include <vector>

#include "classify/onnx_writer.h"
#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"

namespace fool::onnx {

inline constexpr int kSize = 12;
inline constexpr int kClasses = 5;

inline std::string bytes_of_tensor(const torch::Tensor& tensor) {
  return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

class OnnxNetwork : public ::testing::Test {
 protected:
  OnnxNetwork() {
    torch::manual_seed(3);
    kernel_ = torch::randn({4, 3, 3, 3}) * 0.2;
    kernel_bias_ = torch::randn({4});
    matrix_ = torch::randn({kClasses, 4 * kSize * kSize / 4}) * 0.1;
    bias_ = torch::randn({kClasses});
    spec_ = colour_spec(folder_ / "net.onnx", kSize, kClasses);
    spec_.format = "onnx";
  }

  // Convolution, ReLU, pooling and a linear layer; `flatten` makes "pooled" into "flat".
  std::string graph(const std::string& flatten) const {
    return onnx::node("Conv", {"images", "kernel", "kernel_bias"}, "conv",
                      onnx::ints("kernel_shape", {3, 3}) + onnx::ints("pads", {1, 1, 1, 1})) +
           onnx::node("Relu", {"conv"}, "relu") +
           onnx::node("MaxPool", {"relu"}, "pooled",
                      onnx::ints("kernel_shape", {2, 2}) + onnx::ints("strides", {2, 2})) +
           flatten +
           onnx::node("Gemm", {"flat", "matrix", "bias"}, "scores", onnx::integer("transB", 1)) +
           onnx::constant("kernel", kernel_.sizes().vec(), bytes_of_tensor(kernel_)) +
           onnx::constant("kernel_bias", {4}, bytes_of_tensor(kernel_bias_)) +
           onnx::constant("matrix", matrix_.sizes().vec(), bytes_of_tensor(matrix_)) +
           onnx::constant("bias", {kClasses}, bytes_of_tensor(bias_)) +
           onnx::input("images", {1, 3, kSize, kSize}) + onnx::output("scores", {1, kClasses});
  }

  void write(const std::string& graph) const { write_file(spec_.weights, onnx::model(graph)); }
  void write_usual() const {
    write(graph(onnx::node("Flatten", {"pooled"}, "flat", onnx::integer("axis", 1))));
  }

  // The same network in LibTorch.
  std::vector<float> expected(const ImageBatch& images) const {
    torch::Tensor input = torch::from_blob(const_cast<std::uint8_t*>(images.bytes().data()),
                                           {images.count(), kSize, kSize, 3}, torch::kUInt8)
                              .to(torch::kFloat32)
                              .flip(3);  // to BGR
    input = (input - torch::tensor(spec_.input.mean)) / torch::tensor(spec_.input.std);
    const torch::Tensor features = torch::max_pool2d(
        torch::conv2d(input.permute({0, 3, 1, 2}), kernel_, kernel_bias_, 1, 1).relu(), 2);
    const torch::Tensor scores = torch::addmm(bias_, features.flatten(1), matrix_.t()).contiguous();
    return {scores.data_ptr<float>(), scores.data_ptr<float>() + scores.numel()};
  }

  void expect_logits(const ImageBatch& images) const {
    std::vector<float> logits(static_cast<std::size_t>(images.count()) * kClasses);
    open_classifier(spec_)->logits(images, logits);
    const std::vector<float> wanted = expected(images);
    for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_NEAR(logits[i], wanted[i], 1e-4) << i;
  }

  std::string message() const {
    return error_message(ErrorKind::kModel, [&] {
      std::vector<float> out(static_cast<std::size_t>(spec_.classes));
      open_classifier(spec_)->classify(random_images(1, spec_.input.shape()), out);
    });
  }

  ScratchFolder folder_;
  torch::Tensor kernel_, kernel_bias_, matrix_, bias_;
  ModelSpec spec_;
};

}  // namespace fool::onnx
