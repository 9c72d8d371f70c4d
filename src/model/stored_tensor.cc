#include "model/stored_tensor.h"

#include <algorithm>
#include <cstring>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::size_t kMostDimensions = 16;

// How many elements the tensor has, and how far into the storage they reach: checked.
struct Extent {
  std::int64_t elements = 1;
  std::uint64_t end = 0;  // one past the last element, counted from the storage's begin
};

Extent extent_of(const StoredTensor& tensor, const std::string& where) {
  if (tensor.shape.size() != tensor.strides.size() || tensor.shape.size() > kMostDimensions) {
    fail(ErrorKind::kModel,
         "{}: has {} sizes and {} strides; expected as many of one as of the other, at most {}",
         where, tensor.shape.size(), tensor.strides.size(), kMostDimensions);
  }
  if (tensor.offset < 0) {
    fail(ErrorKind::kModel, "{}: begins at element {} of its storage; expected 0 or more", where,
         tensor.offset);
  }
  Extent extent;
  std::int64_t last = tensor.offset;
  bool too_large = false;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    const std::int64_t size = tensor.shape[d];
    const std::int64_t stride = tensor.strides[d];
    if (size < 0 || stride < 0) {
      fail(ErrorKind::kModel, "{}: has a size of {} with a stride of {}; expected 0 or more", where,
           size, stride);
    }
    std::int64_t reach = 0;
    too_large = too_large || __builtin_mul_overflow(extent.elements, size, &extent.elements) ||
                (size > 0 && (__builtin_mul_overflow(size - 1, stride, &reach) ||
                              __builtin_add_overflow(last, reach, &last)));
  }
  const auto most = INT64_MAX / static_cast<std::int64_t>(tensor.type.size);
  if (too_large || extent.elements > most) {
    fail(ErrorKind::kModel, "{}: the shape [{}] is too large", where,
         fmt::join(tensor.shape, ", "));
  }
  extent.end = extent.elements == 0 ? 0 : static_cast<std::uint64_t>(last) + 1;
  return extent;
}

bool is_contiguous(const StoredTensor& tensor) {
  std::int64_t expected = 1;
  for (std::size_t d = tensor.shape.size(); d-- > 0;) {
    if (tensor.shape[d] != 1 && tensor.strides[d] != expected) return false;
    expected *= tensor.shape[d];
  }
  return true;
}

// Copies elements of `Size` bytes in row-major order, the bytes of each reversed if so asked.
template <std::size_t Size>
void gather(const StoredTensor& tensor, bool reverse, std::string& out) {
  struct Dimension {
    std::int64_t size;
    std::ptrdiff_t step;  // bytes
    std::int64_t index;
  };
  std::vector<Dimension> dimensions;
  for (std::size_t d = tensor.shape.size(); d-- > 0;) {
    if (tensor.shape[d] == 1) continue;  // its stride means nothing
    dimensions.push_back(
        {tensor.shape[d], static_cast<std::ptrdiff_t>(Size) * tensor.strides[d], 0});
  }
  const char* from = tensor.storage.data() + static_cast<std::size_t>(tensor.offset) * Size;
  for (std::size_t done = 0; done < out.size(); done += Size) {
    char* to = out.data() + done;
    std::memcpy(to, from, Size);
    if (reverse) std::reverse(to, to + Size);
    for (Dimension& dimension : dimensions) {
      if (++dimension.index < dimension.size) {
        from += dimension.step;
        break;
      }
      dimension.index = 0;
      from -= dimension.step * (dimension.size - 1);
    }
  }
}

}  // namespace

TensorMaker::TensorMaker(std::uint64_t most_copied, bool big_endian)
    : most_copied_(most_copied),
      big_endian_(big_endian),
      copies_(std::make_shared<std::deque<std::string>>()) {}

TensorView TensorMaker::make(const StoredTensor& tensor, const std::string& where) {
  if (!tensor.type.dtype) {
    fail(ErrorKind::kModel, "{}: holds elements of type {}, which is not supported", where,
         tensor.type.name);
  }
  const Extent extent = extent_of(tensor, where);
  const std::size_t size = tensor.type.size;
  if (extent.end > tensor.storage.size() / size) {
    fail(ErrorKind::kModel,
         "{}: reaches to element {} of a storage of {}; the file is truncated or damaged", where,
         extent.end, tensor.storage.size() / size);
  }
  TensorView view;
  view.dtype = *tensor.type.dtype;
  view.shape = tensor.shape;
  if (extent.elements == 0) return view;
  if (!is_contiguous(tensor) || (big_endian_ && size > 1)) return copied(tensor, view, where);
  view.bytes = tensor.storage.substr(static_cast<std::size_t>(tensor.offset) * size,
                                     static_cast<std::size_t>(extent.elements) * size);
  return view;
}

TensorView TensorMaker::copied(const StoredTensor& tensor, TensorView view,
                               const std::string& where) {
  const std::uint64_t bytes = static_cast<std::uint64_t>(view.elements()) * tensor.type.size;
  if (bytes > most_copied_ - copied_bytes_) {
    fail(ErrorKind::kModel,
         "{}: the tensors that do not lie in one piece take more than {} bytes, which a file of "
         "this size should not need; in Python, save them with .contiguous()",
         where, most_copied_);
  }
  copied_bytes_ += bytes;
  std::string& copy = copies_->emplace_back(bytes, '\0');
  switch (tensor.type.size) {
    case 1:
      gather<1>(tensor, false, copy);
      break;
    case 2:
      gather<2>(tensor, big_endian_, copy);
      break;
    case 4:
      gather<4>(tensor, big_endian_, copy);
      break;
    default:
      gather<8>(tensor, big_endian_, copy);
      break;
  }
  view.bytes = copy;
  return view;
}

}  // namespace fool
