#include "fool/classify/matrix_product.h"

#include <torch/torch.h>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::int64_t kSize = 512;  // rows and columns of the square matrix; it stays in the cache
constexpr std::int64_t kSide = 32;   // of an image whose pixels are the other one's rows

class BlasProduct : public MatrixProduct {
 public:
  float multiply() override {
    const c10::InferenceMode no_gradient;
    at::mm_out(product_, left_, right_);
    return *product_.data_ptr<float>();
  }
  double multiply_adds() const override { return static_cast<double>(kSize * kSize * kSize); }

 private:
  torch::Tensor left_ = torch::full({kSize, kSize}, 0.5F);
  torch::Tensor right_ = torch::full({kSize, kSize}, 0.25F);
  torch::Tensor product_ = torch::empty({kSize, kSize});
};

// A convolution by one pixel is a product of matrices, and the way in that LibTorch leaves open.
class DnnProduct : public MatrixProduct {
 public:
  float multiply() override {
    const c10::InferenceMode no_gradient;
    const torch::Tensor product =
        at::mkldnn_convolution(pixels_, weight_, {}, {0, 0}, {1, 1}, {1, 1}, 1);
    return *product.data_ptr<float>();
  }
  double multiply_adds() const override {
    return static_cast<double>(kSide * kSide * kSize * kSize);
  }

 private:
  torch::Tensor pixels_ =
      torch::full({1, kSize, kSide, kSide}, 0.5F).contiguous(torch::MemoryFormat::ChannelsLast);
  torch::Tensor weight_ =
      torch::full({kSize, kSize, 1, 1}, 0.25F).contiguous(torch::MemoryFormat::ChannelsLast);
};

}  // namespace

std::vector<std::string> matrix_libraries() {
  if (at::hasMKLDNN()) return {"BLAS", "oneDNN"};
  return {"BLAS"};
}

std::unique_ptr<MatrixProduct> make_matrix_product(const std::string& library) {
  if (library == "BLAS") return std::make_unique<BlasProduct>();
  if (library == "oneDNN" && at::hasMKLDNN()) return std::make_unique<DnnProduct>();
  fail(ErrorKind::kInternal, "there are no matrix products by \"{}\"", library);
}

}  // namespace fool
