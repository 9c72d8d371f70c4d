// The Python objects that a PyTorch checkpoint of weights may name. Every other one is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fool/model/safetensors.h"
#include "model/unpickler.h"

namespace fool {

// What the reader makes of a global, or of a call of it.
enum class TorchRole {
  kIgnored,      // harmless, and nothing that weights consist of
  kDict,         // collections.OrderedDict
  kSize,         // torch.Size(tuple)
  kElementType,  // torch.FloatStorage, torch.float32
  kTensor,       // f(storage, offset, size, stride, ...)
  kTypedTensor,  // f(storage, offset, size, stride, gradient, hooks, dtype, ...)
  kWrapped,      // f(tensor, ...): a parameter
  kSubclass,     // f(function, class, arguments, state): function(*arguments) with attributes
};

// A type of elements as PyTorch knows it.
struct ElementType {
  std::string_view name;       // such as "float32"
  std::size_t size = 0;        // bytes
  std::optional<DType> dtype;  // nothing: complex and quantised numbers
};

// Throws Error(kModel), beginning with `where`, unless the global is known.
void check_torch_global(const std::string& where, std::string_view module, std::string_view name,
                        bool outermost);

// The role of a value of kGlobal, or of what a kCall calls; kIgnored for other values.
TorchRole torch_role(const pickle::Value& value);

// Of a global of kElementType; nullptr for any other value.
const ElementType* torch_element_type(const pickle::Value& value);

}  // namespace fool
