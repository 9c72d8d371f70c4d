// From a tensor as a PyTorch checkpoint describes it, a view of some storage, to row-major
// little-endian bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fool/model/safetensors.h"
#include "model/torch_globals.h"

namespace fool {

// Offset, shape and strides are in elements and as the file has them: not yet checked.
struct StoredTensor {
  std::string_view storage;
  ElementType type;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

// Tensors whose elements follow one another in the storage are viewed where they are; the others
// (transposed, expanded, ..., or big-endian) are copied.
class TensorMaker {
 public:
  // All copies together may take `most_copied` bytes: a file of a few bytes can describe tensors of
  // any size.
  TensorMaker(std::uint64_t most_copied, bool big_endian);

  // `where` begins the messages. Throws Error(kModel).
  TensorView make(const StoredTensor& tensor, const std::string& where);

  // What owns the copies, for as long as the views are used.
  std::shared_ptr<const void> copies() const { return copies_; }

 private:
  TensorView copied(const StoredTensor& tensor, TensorView view, const std::string& where);

  std::uint64_t most_copied_;
  std::uint64_t copied_bytes_ = 0;
  bool big_endian_;
  std::shared_ptr<std::deque<std::string>> copies_;
};

}  // namespace fool
