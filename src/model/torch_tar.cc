#include <cstring>
#include <utility>
#include <vector>

#include "fool/core/error.h"
#include "model/printable.h"
#include "model/state_dict.h"
#include "model/tar_archive.h"
#include "model/torch_files.h"
#include "model/torch_globals.h"
#include "model/unpickler.h"

namespace fool {
namespace {

using pickle::Kind;
using pickle::Unpickler;
using pickle::Value;

struct Storage {
  std::string_view bytes;
  ElementType type;
};

// Reads one file; all messages begin with its name.
class TarReader {
 public:
  TarReader(std::string_view bytes, const std::string& name)
      : name_(name), file_size_(bytes.size()), files_(read_tar(bytes, name)) {}

  NamedTensors read() {
    read_storages();
    read_tensors();
    Unpickler unpickler = open("pickle");
    checkpoint_.root = unpickler.load();
    checkpoint_.pickle_size = unpickler.position();
    checkpoint_.file_size = file_size_;
    return tensors_of(checkpoint_, name_);
  }

 private:
  template <typename... Args>
  [[noreturn]] void bad(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kModel, "{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
  }

  Unpickler open(std::string_view file) const {
    const auto it = files_.find(file);
    if (it == files_.end()) bad("the tar archive has no file {}", file);
    const std::string where = fmt::format("{}: {}", name_, file);
    return Unpickler(it->second, where, [where](auto module, auto global, bool outermost) {
      check_torch_global(where, module, global, outermost);
    });
  }

  template <typename T>
  static T number(Unpickler& unpickler) {
    T value;
    std::memcpy(&value, unpickler.take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  const std::vector<Value>& sequence(const Value& value, std::size_t size) const {
    if ((!value.is(Kind::kTuple) && !value.is(Kind::kList)) || value.object->items.size() != size) {
      bad("expected a tuple of {} items, found {}", size, kind_name(value.kind));
    }
    return value.object->items;
  }

  std::string key(const Value& value) const { return parse_key(value, name_ + ": a storage"); }

  std::int64_t count(const Value& value) const {
    return parse_integer(value, name_ + ": the number of storages or tensors");
  }

  // How many; each: (key, location, class), the number of elements, the elements. Then the views.
  void read_storages() {
    Unpickler unpickler = open("storages");
    const std::int64_t storages = count(unpickler.load());
    for (std::int64_t i = 0; i < storages; ++i) {
      const std::vector<Value>& head = sequence(unpickler.load(), 3);
      const ElementType* type = torch_element_type(head[2]);
      if (type == nullptr) bad("storage {} is of no known type", printable(key(head[0])));
      const auto elements = number<std::uint64_t>(unpickler);
      std::uint64_t size = 0;
      if (__builtin_mul_overflow(elements, type->size, &size)) {
        bad("storage {} is said to have {} elements", printable(key(head[0])), elements);
      }
      storages_.insert_or_assign(key(head[0]), Storage{unpickler.take(size), *type});
    }
    const Value views = unpickler.load();
    if (!views.is(Kind::kList)) bad("expected the list of views, found {}", kind_name(views.kind));
    for (const Value& view : views.object->items) add_view(sequence(view, 4));
  }

  // (key, key of the whole, offset, elements)
  void add_view(const std::vector<Value>& view) {
    const Storage& whole = storage(key(view[1]));
    const std::uint64_t all = whole.bytes.size() / whole.type.size;
    const std::int64_t begin = parse_integer(view[2], name_ + ": a view");
    const std::int64_t size = parse_integer(view[3], name_ + ": a view");
    if (begin < 0 || size < 0 || static_cast<std::uint64_t>(begin) > all ||
        static_cast<std::uint64_t>(size) > all - static_cast<std::uint64_t>(begin)) {
      bad("a view of {} elements from {} lies outside of a storage of {}", size, begin, all);
    }
    const std::size_t element = whole.type.size;
    const std::string_view bytes = whole.bytes.substr(static_cast<std::size_t>(begin) * element,
                                                      static_cast<std::size_t>(size) * element);
    storages_.insert_or_assign(key(view[0]), Storage{bytes, whole.type});
  }

  const Storage& storage(const std::string& key) const {
    const auto it = storages_.find(key);
    if (it == storages_.end()) bad("storage {} is not in the file", printable(key));
    return it->second;
  }

  // How many; each: (key, key of the storage, class), dimensions, sizes, strides, offset.
  void read_tensors() {
    Unpickler unpickler = open("tensors");
    const std::int64_t tensors = count(unpickler.load());
    for (std::int64_t i = 0; i < tensors; ++i) {
      const std::vector<Value>& head = sequence(unpickler.load(), 3);
      const Storage& whole = storage(key(head[1]));
      StoredTensor tensor;
      tensor.storage = whole.bytes;
      tensor.type = whole.type;
      const auto dimensions = number<std::int32_t>(unpickler);
      unpickler.take(4);  // the number was once written as eight bytes
      if (dimensions < 0 || dimensions > 64) {
        bad("tensor {} is said to have {} dimensions", printable(key(head[0])), dimensions);
      }
      for (std::vector<std::int64_t>* list : {&tensor.shape, &tensor.strides}) {
        for (std::int32_t d = 0; d < dimensions; ++d) {
          list->push_back(number<std::int64_t>(unpickler));
        }
      }
      tensor.offset = number<std::int64_t>(unpickler);
      checkpoint_.tensors.insert_or_assign(key(head[0]), std::move(tensor));
    }
  }

  const std::string& name_;
  std::uint64_t file_size_;
  std::map<std::string_view, std::string_view> files_;
  std::map<std::string, Storage> storages_;
  TorchCheckpoint checkpoint_;
};

}  // namespace

NamedTensors read_torch_tar(std::string_view bytes, const std::string& name) {
  return TarReader(bytes, name).read();
}

}  // namespace fool
