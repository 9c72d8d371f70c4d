// Products of two matrices by the libraries that the networks run on: what they make in a second is
// what a network's speed is measured against.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace fool {

// Not thread-safe: a worker has its own.
class MatrixProduct {
 public:
  virtual ~MatrixProduct() = default;

  // One product of fixed float32 matrices on the calling thread. Returns an element of it.
  virtual float multiply() = 0;
  virtual double multiply_adds() const = 0;  // of one product
};

// "BLAS", which multiplies for linear layers, and, where LibTorch has it, "oneDNN", which
// convolves.
std::vector<std::string> matrix_libraries();

std::unique_ptr<MatrixProduct> make_matrix_product(const std::string& library);

}  // namespace fool
