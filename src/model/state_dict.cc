#include "model/state_dict.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "fool/core/error.h"
#include "model/printable.h"
#include "model/torch_globals.h"

namespace fool {
namespace {

using pickle::Kind;
using pickle::Value;
using Entry = std::pair<Value, Value>;

// Under which keys training programs keep the weights, the likeliest first.
constexpr std::array<std::string_view, 9> kWrappers = {"state_dict", "model_state_dict", "model",
                                                       "net",        "network",          "weights",
                                                       "params_ema", "params",           "module"};
constexpr int kDeepestWrapper = 4;
constexpr int kMostPrefixes = 4;

bool is_tuple(const Value& value) { return value.is(Kind::kTuple); }

bool is_dict(const Value& value) {
  return value.is(Kind::kDict) || (value.is(Kind::kCall) && torch_role(value) == TorchRole::kDict);
}

// The items of a tuple, or of torch.Size(tuple).
const std::vector<Value>* tuple_items(const Value& value) {
  if (is_tuple(value)) return &value.object->items;
  if (value.is(Kind::kCall) && torch_role(value) == TorchRole::kSize) {
    const std::vector<Value>& arguments = value.object->second.object->items;
    if (arguments.size() == 1 && is_tuple(arguments[0])) return &arguments[0].object->items;
  }
  return nullptr;
}

[[noreturn]] void strange_storage(const std::string& where) {
  fail(ErrorKind::kModel, "{}: refers to its storage in a way that PyTorch does not", where);
}

class StateDict {
 public:
  StateDict(const TorchCheckpoint& checkpoint, const std::string& name)
      : checkpoint_(checkpoint),
        name_(name),
        visits_left_(1000 + 4 * checkpoint.pickle_size),
        maker_(4 * checkpoint.file_size + 1'000'000, checkpoint.big_endian) {}

  NamedTensors read() {
    NamedTensors result;
    for (const auto& [key, value] : find()) {
      if (!is_tensor(value)) continue;
      std::string key_text = parse_key(key, name_ + ": the name of a tensor");
      const std::string where = fmt::format("{}: tensor {}", name_, printable(key_text));
      if (!is_utf8(key_text)) fail(ErrorKind::kModel, "{}: the name is not valid UTF-8", where);
      TensorView tensor = maker_.make(describe(value, where), where);
      result.tensors.insert_or_assign(std::move(key_text), std::move(tensor));
    }
    strip_common_prefixes(result.tensors);
    result.storage = maker_.copies();
    return result;
  }

 private:
  template <typename... Args>
  [[noreturn]] void bad(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kModel, "{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
  }

  // -- the way to the dict of tensors --

  std::vector<Entry> find() {
    Value dict = checkpoint_.root;
    for (int depth = 0; depth <= kDeepestWrapper; ++depth) {
      if (!is_dict(dict)) {
        bad("holds {}; expected a state dict: a dict of names and tensors",
            is_tensor(dict) ? "a single tensor" : kind_name(dict.kind));
      }
      std::vector<Entry> entries = entries_of(dict);
      std::optional<Value> inner = wrapped(entries);
      if (!inner && has_tensor(entries)) return entries;
      if (!inner) inner = only_group(entries);
      dict = *inner;
    }
    bad("its tensors lie in more than {} nested dicts", kDeepestWrapper);
  }

  std::optional<Value> wrapped(const std::vector<Entry>& entries) {
    for (const std::string_view wrapper : kWrappers) {
      for (const auto& [key, value] : entries) {
        if (key.is(Kind::kText) && key.text() == wrapper && holds_tensors(value, 2)) return value;
      }
    }
    return std::nullopt;
  }

  // The only entry that is a dict of tensors; complains unless there is one.
  Value only_group(const std::vector<Entry>& entries) {
    std::vector<Entry> groups;
    for (const Entry& entry : entries) {
      if (holds_tensors(entry.second, 0)) groups.push_back(entry);
    }
    if (groups.size() == 1) return groups.front().second;
    if (groups.empty()) {
      bad("holds no tensors, only {}; expected a state dict, or one under {}", names_of(entries),
          fmt::join(kWrappers, ", "));
    }
    bad("holds several state dicts: {}; in Python, save the one that is wanted by itself",
        names_of(groups));
  }

  static std::string names_of(const std::vector<Entry>& entries) {
    std::vector<std::string> names;
    for (const Entry& entry : entries) {
      if (names.size() == 8) {
        names.emplace_back("...");
        break;
      }
      const Value& key = entry.first;
      names.push_back(key.is(Kind::kText)      ? printable(key.text())
                      : key.is(Kind::kInteger) ? std::to_string(key.integer)
                                               : std::string(kind_name(key.kind)));
    }
    return names.empty() ? "an empty dict" : fmt::format("{}", fmt::join(names, ", "));
  }

  bool is_tensor(const Value& value) const {
    if (value.is(Kind::kPersistent)) return !is_tuple(value.object->first);
    if (!value.is(Kind::kCall)) return false;
    const TorchRole role = torch_role(value);
    return role == TorchRole::kTensor || role == TorchRole::kTypedTensor ||
           role == TorchRole::kWrapped || role == TorchRole::kSubclass;
  }

  bool has_tensor(const std::vector<Entry>& entries) const {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return is_tensor(entry.second); });
  }

  // Whether a dict has tensors, or dicts of dicts, to that depth, that have some.
  bool holds_tensors(const Value& value, int depth) {
    if (!is_dict(value)) return false;
    const std::vector<Entry> entries = entries_of(value);
    return has_tensor(entries) ||
           (depth > 0 && std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
              return holds_tensors(entry.second, depth - 1);
            }));
  }

  std::vector<Entry> entries_of(const Value& dict) {
    std::vector<Entry> entries;
    const auto add = [&](const Value& key, const Value& value) {
      if (visits_left_-- == 0) bad("its dicts hold one another too often for a file of its size");
      entries.emplace_back(key, value);
    };
    const auto add_items = [&](const std::vector<Value>& items) {
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) add(items[i], items[i + 1]);
    };
    if (dict.is(Kind::kCall)) {
      // OrderedDict([(key, value), ...]), as Python 2 has it.
      for (const Value& argument : dict.object->second.object->items) {
        if (argument.is(Kind::kDict)) add_items(argument.object->items);
        if (!argument.is(Kind::kList)) continue;
        for (const Value& pair : argument.object->items) {
          if (!is_tuple(pair) && !pair.is(Kind::kList)) bad("a dict is made of what are not pairs");
          if (pair.object->items.size() != 2) bad("a dict is made of what are not pairs");
          add(pair.object->items[0], pair.object->items[1]);
        }
      }
    }
    add_items(dict.object->items);
    return entries;
  }

  // -- tensors --

  StoredTensor describe(Value value, const std::string& where) const {
    const std::vector<Value>* arguments = nullptr;
    TorchRole role = TorchRole::kWrapped;
    for (int depth = 0; role == TorchRole::kWrapped || role == TorchRole::kSubclass; ++depth) {
      if (value.is(Kind::kPersistent)) return tensor_by_id(value, where);
      if (!is_tensor(value) || depth == 8) {
        fail(ErrorKind::kModel, "{}: expected a tensor, found {}", where, kind_name(value.kind));
      }
      role = torch_role(value);
      arguments = &value.object->second.object->items;
      if (role == TorchRole::kSubclass) {
        // (function, class, arguments, state)
        if (arguments->size() < 3 || !is_tuple((*arguments)[2])) malformed(where);
        role = torch_role((*arguments)[0]);
        arguments = &(*arguments)[2].object->items;
      }
      if (role == TorchRole::kWrapped) {
        if (arguments->empty()) malformed(where);
        value = arguments->front();
      }
    }
    if (role != TorchRole::kTensor && role != TorchRole::kTypedTensor) malformed(where);
    return from_arguments(*arguments, role == TorchRole::kTypedTensor, where);
  }

  [[noreturn]] static void malformed(const std::string& where) {
    fail(ErrorKind::kModel, "{}: is not described as PyTorch describes tensors", where);
  }

  // (storage, offset, size, stride, requires_grad, hooks, [dtype,] [metadata])
  StoredTensor from_arguments(const std::vector<Value>& arguments, bool typed,
                              const std::string& where) const {
    const std::size_t required = typed ? 7 : 4;
    if (arguments.size() < required) malformed(where);
    const StorageId id = parse_storage_id(arguments[0], where);
    StoredTensor tensor;
    tensor.type = id.type;
    if (typed) {
      const ElementType* type = torch_element_type(arguments[6]);
      if (type == nullptr) malformed(where);
      tensor.type = *type;
    }
    tensor.storage = storage_bytes(id, where);
    tensor.offset = parse_integer(arguments[1], where);
    tensor.shape = parse_integers(arguments[2], where);
    tensor.strides = parse_integers(arguments[3], where);
    const std::size_t metadata = typed ? 7 : 6;
    if (arguments.size() > metadata && is_dict(arguments[metadata]) &&
        !arguments[metadata].object->items.empty()) {
      fail(ErrorKind::kModel,
           "{}: is stored as the negative or conjugate of its values, which is not supported; in "
           "Python, save it with .resolve_neg().resolve_conj()",
           where);
    }
    return tensor;
  }

  static std::vector<std::int64_t> parse_integers(const Value& value, const std::string& where) {
    const std::vector<Value>* items = tuple_items(value);
    if (items == nullptr) malformed(where);
    std::vector<std::int64_t> integers;
    for (const Value& item : *items) {
      integers.push_back(parse_integer(item, where));
      if (integers.size() > 64) malformed(where);  // more than PyTorch itself has
    }
    return integers;
  }

  std::string_view storage_bytes(const StorageId& id, const std::string& where) const {
    if (id.size == 0) return {};
    const auto it = checkpoint_.storages.find(id.key);
    if (it == checkpoint_.storages.end()) {
      fail(ErrorKind::kModel, "{}: its storage {} is not in the file", where, printable(id.key));
    }
    const std::string_view bytes = it->second;
    if (id.elements > bytes.size() / id.type.size) {
      fail(ErrorKind::kModel,
           "{}: its storage {} has {} bytes; {} elements of {} need more; the file is truncated or "
           "damaged",
           where, printable(id.key), bytes.size(), id.elements, id.type.name);
    }
    return bytes.substr(id.begin * id.type.size, id.size * id.type.size);
  }

  StoredTensor tensor_by_id(const Value& persistent, const std::string& where) const {
    const std::string key = parse_key(persistent.object->first, where);
    const auto it = checkpoint_.tensors.find(key);
    if (it == checkpoint_.tensors.end()) {
      fail(ErrorKind::kModel, "{}: its data {} are not in the file", where, printable(key));
    }
    return it->second;
  }

  const TorchCheckpoint& checkpoint_;
  const std::string& name_;
  std::uint64_t visits_left_;
  TensorMaker maker_;
};

}  // namespace

std::int64_t parse_integer(const Value& value, const std::string& where) {
  if (!value.is(Kind::kInteger)) {
    fail(ErrorKind::kModel, "{}: expected a whole number, found {}", where, kind_name(value.kind));
  }
  return value.integer;
}

std::string parse_key(const Value& value, const std::string& where) {
  if (value.is(Kind::kText)) return std::string(value.text());
  if (value.is(Kind::kInteger)) return std::to_string(value.integer);
  fail(ErrorKind::kModel, "{}: expected a text or a whole number, found {}", where,
       kind_name(value.kind));
}

StorageId parse_storage_id(const Value& persistent, const std::string& where) {
  const auto count = [&](const Value& value) {
    const std::int64_t number = parse_integer(value, where);
    if (number < 0) strange_storage(where);
    return static_cast<std::uint64_t>(number);
  };
  if (!persistent.is(Kind::kPersistent) || !is_tuple(persistent.object->first)) {
    strange_storage(where);
  }
  // ("storage", class, key, location, elements[, view])
  const std::vector<Value>& id = persistent.object->first.object->items;
  if (id.size() < 5 || id.size() > 6 || !id[0].is(Kind::kText) || id[0].text() != "storage") {
    strange_storage(where);
  }
  const ElementType* type = torch_element_type(id[1]);
  if (type == nullptr) strange_storage(where);
  StorageId result;
  result.type = *type;
  result.key = parse_key(id[2], where);
  result.elements = count(id[4]);
  result.size = result.elements;
  if (id.size() == 6 && !id[5].is(Kind::kNone)) {
    // (key, offset, elements)
    if (!is_tuple(id[5]) || id[5].object->items.size() != 3) strange_storage(where);
    result.begin = count(id[5].object->items[1]);
    result.size = count(id[5].object->items[2]);
    if (result.begin > result.elements || result.size > result.elements - result.begin)
      strange_storage(where);
  }
  return result;
}

void strip_common_prefixes(std::map<std::string, TensorView>& tensors) {
  constexpr std::array<std::string_view, 3> kPrefixes = {"module.", "model.", "_orig_mod."};
  const auto all_begin_with = [&](std::string_view prefix) {
    return !tensors.empty() && std::all_of(tensors.begin(), tensors.end(), [&](const auto& tensor) {
      return tensor.first.size() > prefix.size() &&
             tensor.first.compare(0, prefix.size(), prefix) == 0;
    });
  };
  for (int i = 0; i < kMostPrefixes; ++i) {  // one may hide another
    const auto prefix = std::find_if(kPrefixes.begin(), kPrefixes.end(), all_begin_with);
    if (prefix == kPrefixes.end()) return;
    std::map<std::string, TensorView> stripped;
    while (!tensors.empty()) {
      auto node = tensors.extract(tensors.begin());
      node.key().erase(0, prefix->size());
      stripped.insert(stripped.end(), std::move(node));  // the order of the names stays
    }
    tensors = std::move(stripped);
  }
}

NamedTensors tensors_of(const TorchCheckpoint& checkpoint, const std::string& name) {
  return StateDict(checkpoint, name).read();
}

}  // namespace fool
