#include "classify/load_parameters.h"

#include <cstring>
#include <utility>
#include <vector>

#include "fool/core/error.h"

namespace fool {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

// One kind of difference between what was expected and what was found: all are counted, the first
// few are named.
class Differences {
 public:
  explicit Differences(std::string what) : what_(std::move(what)) {}

  void add(const std::string& item) {
    if (count_++ < 3) first_ += (first_.empty() ? "" : ", ") + item;
  }

  void append_to(std::string& message) const {
    if (count_ == 0) return;
    message += fmt::format("{}{} {} ({}{})", message.empty() ? "" : "; ", count_, what_, first_,
                           count_ > 3 ? ", ..." : "");
  }

 private:
  std::string what_;
  std::string first_;
  int count_ = 0;
};

bool is_batch_count(const std::string& key) {
  const std::string suffix = ".num_batches_tracked";
  return key.size() > suffix.size() &&
         key.compare(key.size() - suffix.size(), suffix.size(), suffix) == 0;
}

torch::ScalarType scalar_type(DType dtype, const std::string& key, const std::string& name) {
  switch (dtype) {
    case DType::kF64:
      return torch::kFloat64;
    case DType::kF32:
      return torch::kFloat32;
    case DType::kF16:
      return torch::kFloat16;
    case DType::kBF16:
      return torch::kBFloat16;
    default:
      fail(ErrorKind::kModel, "{}: {} holds {}; expected floating-point numbers", name, key,
           dtype_name(dtype));
  }
}

// The file's bytes where they lie, unless the type's alignment asks for a copy.
torch::Tensor to_tensor(const TensorView& view, const std::string& key, const std::string& name) {
  const torch::ScalarType type = scalar_type(view.dtype, key, name);
  if (reinterpret_cast<std::uintptr_t>(view.bytes.data()) % dtype_size(view.dtype) == 0) {
    return torch::from_blob(const_cast<char*>(view.bytes.data()), view.shape, type);
  }
  torch::Tensor tensor = torch::empty(view.shape, type);
  std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

// What a file of weights has values for. Batch normalisation counts the batches that it was trained
// on; the count takes no part in evaluation, and files from before 2018 lack it.
torch::OrderedDict<std::string, torch::Tensor> named_values(const torch::nn::Module& module) {
  auto values = module.named_parameters();
  for (const auto& buffer : module.named_buffers()) {
    if (!is_batch_count(buffer.key())) values.insert(buffer.key(), buffer.value());
  }
  return values;
}

}  // namespace

void load_parameters(torch::nn::Module& module, const NamedTensors& weights,
                     const std::string& name) {
  const auto parameters = named_values(module);
  std::size_t found = 0;
  Differences missing("missing");
  Differences unexpected("unexpected");
  Differences reshaped("of another shape");
  for (const auto& parameter : parameters) {
    const std::vector<std::int64_t> expected = parameter.value().sizes().vec();
    const auto it = weights.tensors.find(parameter.key());
    if (it == weights.tensors.end()) {
      missing.add(parameter.key() + " " + shape_text(expected));
    } else if (it->second.shape != expected) {
      reshaped.add(fmt::format("{}: expected {}, found {}", parameter.key(), shape_text(expected),
                               shape_text(it->second.shape)));
    }
  }
  for (const auto& [key, view] : weights.tensors) {
    if (is_batch_count(key)) continue;
    ++found;
    if (!parameters.contains(key)) unexpected.add(key + " " + shape_text(view.shape));
  }
  std::string differences;
  missing.append_to(differences);
  unexpected.append_to(differences);
  reshaped.append_to(differences);
  if (!differences.empty()) {
    fail(ErrorKind::kModel, "{}: expected {} tensors, found {}: {}", name, parameters.size(), found,
         differences);
  }

  const torch::NoGradGuard no_gradient;
  for (const auto& parameter : parameters) {
    const std::string& key = parameter.key();
    parameter.value().copy_(to_tensor(weights.tensors.at(key), key, name));
  }
}

}  // namespace fool
