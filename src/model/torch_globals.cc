#include "model/torch_globals.h"

#include <algorithm>
#include <array>

#include "fool/core/error.h"
#include "model/printable.h"

namespace fool {
namespace {

struct KnownGlobal {
  std::string_view module;
  std::string_view name;
  TorchRole role;
};

constexpr std::array kKnown = {
    KnownGlobal{"collections", "OrderedDict", TorchRole::kDict},
    KnownGlobal{"torch", "Size", TorchRole::kSize},
    KnownGlobal{"torch._utils", "_rebuild_tensor", TorchRole::kTensor},
    KnownGlobal{"torch._utils", "_rebuild_tensor_v2", TorchRole::kTensor},
    KnownGlobal{"torch._utils", "_rebuild_tensor_v3", TorchRole::kTypedTensor},
    KnownGlobal{"torch._utils", "_rebuild_parameter", TorchRole::kWrapped},
    KnownGlobal{"torch._utils", "_rebuild_parameter_with_state", TorchRole::kWrapped},
    KnownGlobal{"torch.nn.parameter", "Parameter", TorchRole::kWrapped},
    KnownGlobal{"torch.autograd.variable", "Variable", TorchRole::kWrapped},
    KnownGlobal{"torch._tensor", "_rebuild_from_type_v2", TorchRole::kSubclass},
    KnownGlobal{"torch._tensor", "_rebuild_from_type", TorchRole::kSubclass},
    KnownGlobal{"torch.tensor", "_rebuild_from_type", TorchRole::kSubclass},
    // What lies beside the weights in checkpoints of training runs. As nothing is called, these are
    // no more than names.
    KnownGlobal{"torch", "Tensor", TorchRole::kIgnored},
    KnownGlobal{"torch", "device", TorchRole::kIgnored},
    KnownGlobal{"torch.serialization", "_get_layout", TorchRole::kIgnored},
    KnownGlobal{"argparse", "Namespace", TorchRole::kIgnored},
    KnownGlobal{"collections", "Counter", TorchRole::kIgnored},
    KnownGlobal{"collections", "defaultdict", TorchRole::kIgnored},
    KnownGlobal{"_codecs", "encode", TorchRole::kIgnored},
    KnownGlobal{"numpy", "dtype", TorchRole::kIgnored},
    KnownGlobal{"numpy", "ndarray", TorchRole::kIgnored},
    KnownGlobal{"numpy.core.multiarray", "scalar", TorchRole::kIgnored},
    KnownGlobal{"numpy.core.multiarray", "_reconstruct", TorchRole::kIgnored},
    KnownGlobal{"numpy._core.multiarray", "scalar", TorchRole::kIgnored},
    KnownGlobal{"numpy._core.multiarray", "_reconstruct", TorchRole::kIgnored},
};

// Types such as the factory of a defaultdict.
constexpr std::array<std::string_view, 11> kBuiltins = {"bool",  "bytearray", "complex", "dict",
                                                        "float", "frozenset", "int",     "list",
                                                        "set",   "str",       "tuple"};

struct KnownType {
  std::string_view storage;  // torch.NAMEStorage, torch.NAMETensor
  ElementType type;
};

constexpr std::array kTypes = {
    KnownType{"Double", {"float64", 8, DType::kF64}},
    KnownType{"Float", {"float32", 4, DType::kF32}},
    KnownType{"Half", {"float16", 2, DType::kF16}},
    KnownType{"BFloat16", {"bfloat16", 2, DType::kBF16}},
    KnownType{"Long", {"int64", 8, DType::kI64}},
    KnownType{"Int", {"int32", 4, DType::kI32}},
    KnownType{"Short", {"int16", 2, DType::kI16}},
    KnownType{"Char", {"int8", 1, DType::kI8}},
    KnownType{"Byte", {"uint8", 1, DType::kU8}},
    KnownType{"Bool", {"bool", 1, DType::kBool}},
    KnownType{"Untyped", {"untyped bytes", 1, DType::kU8}},
    KnownType{"_Untyped", {"untyped bytes", 1, DType::kU8}},
    KnownType{"ComplexFloat", {"complex64", 8, std::nullopt}},
    KnownType{"ComplexDouble", {"complex128", 16, std::nullopt}},
    KnownType{"QInt8", {"qint8", 1, std::nullopt}},
    KnownType{"QUInt8", {"quint8", 1, std::nullopt}},
    KnownType{"QInt32", {"qint32", 4, std::nullopt}},
    KnownType{"QUInt4x2", {"quint4x2", 1, std::nullopt}},
    KnownType{"QUInt2x4", {"quint2x4", 1, std::nullopt}},
    // Newer types have no storage class of their own.
    KnownType{"", {"complex32", 4, std::nullopt}},
    KnownType{"", {"uint16", 2, std::nullopt}},
    KnownType{"", {"uint32", 4, std::nullopt}},
    KnownType{"", {"uint64", 8, std::nullopt}},
    KnownType{"", {"float8_e4m3fn", 1, std::nullopt}},
    KnownType{"", {"float8_e4m3fnuz", 1, std::nullopt}},
    KnownType{"", {"float8_e5m2", 1, std::nullopt}},
    KnownType{"", {"float8_e5m2fnuz", 1, std::nullopt}},
};

bool starts_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

// The text without the ending, or nothing if it ends otherwise.
std::string_view without_ending(std::string_view text, std::string_view ending) {
  const bool ends =
      text.size() > ending.size() && text.substr(text.size() - ending.size()) == ending;
  return ends ? text.substr(0, text.size() - ending.size()) : std::string_view();
}

const ElementType* element_type(std::string_view module, std::string_view name) {
  if (module != "torch" && module != "torch.cuda" && module != "torch.storage") return nullptr;
  std::string_view storage = without_ending(name, "Storage");
  if (storage.empty()) storage = without_ending(name, "Tensor");
  for (const KnownType& known : kTypes) {
    const bool is_class = !storage.empty() && known.storage == storage;
    if (is_class || (module == "torch" && known.type.name == name)) return &known.type;
  }
  return nullptr;
}

const KnownGlobal* find_known(std::string_view module, std::string_view name) {
  const auto it = std::find_if(kKnown.begin(), kKnown.end(), [&](const KnownGlobal& known) {
    return known.module == module && known.name == name;
  });
  return it == kKnown.end() ? nullptr : &*it;
}

bool is_builtin(std::string_view module, std::string_view name) {
  return (module == "builtins" || module == "__builtin__") &&
         std::find(kBuiltins.begin(), kBuiltins.end(), name) != kBuiltins.end();
}

}  // namespace

void check_torch_global(const std::string& where, std::string_view module, std::string_view name,
                        bool outermost) {
  if (find_known(module, name) != nullptr || element_type(module, name) != nullptr ||
      is_builtin(module, name)) {
    return;
  }
  const std::string global = printable(module) + "." + printable(name);
  if (starts_with(module, "torch.nn.") || starts_with(module, "torchvision.models")) {
    fail(
        ErrorKind::kModel,
        "{}: refused: holds a whole network (a {}), which only Python can rebuild; in Python, load "
        "it and save its weights: torch.save(model.state_dict(), FILE)",
        where, global);
  }
  if (outermost) {
    fail(ErrorKind::kModel,
         "{}: refused: the file is made by {}, which is not allowed: only weights are read, and "
         "nothing is executed; if the file holds a whole network and you trust it, load it in "
         "Python and save its weights: torch.save(model.state_dict(), FILE)",
         where, global);
  }
  fail(ErrorKind::kModel,
       "{}: refused: asks for {}, which is not allowed: only weights are read, and nothing is "
       "executed; if you trust the file, load it in Python and save the weights alone: "
       "torch.save(model.state_dict(), FILE)",
       where, global);
}

TorchRole torch_role(const pickle::Value& value) {
  using pickle::Kind;
  if (value.is(Kind::kCall)) return torch_role(value.object->first);
  if (!value.is(Kind::kGlobal)) return TorchRole::kIgnored;
  const KnownGlobal* known = find_known(value.object->first.text(), value.object->second.text());
  if (known != nullptr) return known->role;
  return torch_element_type(value) != nullptr ? TorchRole::kElementType : TorchRole::kIgnored;
}

const ElementType* torch_element_type(const pickle::Value& value) {
  if (!value.is(pickle::Kind::kGlobal)) return nullptr;
  return element_type(value.object->first.text(), value.object->second.text());
}

}  // namespace fool
