#include <cstring>
#include <map>

#include "fool/core/error.h"
#include "model/printable.h"
#include "model/state_dict.h"
#include "model/torch_files.h"
#include "model/torch_globals.h"
#include "model/unpickler.h"

namespace fool {
namespace {

using pickle::Kind;
using pickle::Unpickler;
using pickle::Value;

// 0x1950a86a20f9469cfc6c
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kProtocol = 1001;

// The types of the storages that the pickle refers to: without them their sizes are not known.
std::map<std::string, ElementType> storage_types(const Unpickler& unpickler,
                                                 const std::string& where) {
  std::map<std::string, ElementType> types;
  for (const Value& persistent : unpickler.persistent()) {
    const StorageId id = parse_storage_id(persistent, where);
    const auto [it, is_new] = types.emplace(id.key, id.type);
    if (!is_new && it->second.size != id.type.size) {
      fail(ErrorKind::kModel, "{}: storage {} is said to hold both {} and {}", where,
           printable(id.key), it->second.name, id.type.name);
    }
  }
  return types;
}

}  // namespace

bool looks_like_torch_stream(std::string_view bytes) {
  // Within PROTO, perhaps FRAME, and LONG1 with its length.
  return bytes.substr(0, 2 + 9 + 2 + kMagic.size()).find(kMagic) != std::string_view::npos;
}

NamedTensors read_torch_stream(std::string_view bytes, const std::string& name) {
  Unpickler unpickler(bytes, name, [&](auto module, auto global, bool outermost) {
    check_torch_global(name, module, global, outermost);
  });
  const Value magic = unpickler.load();
  if (!magic.is(Kind::kBigInteger) || magic.text() != kMagic) {
    fail(ErrorKind::kModel, "{}: does not begin with PyTorch's magic number", name);
  }
  const Value protocol = unpickler.load();
  if (!protocol.is(Kind::kInteger) || protocol.integer != kProtocol) {
    fail(ErrorKind::kModel, "{}: expected version {} of PyTorch's stream format", name, kProtocol);
  }
  unpickler.load();  // sizes of C's types where it was written; storages are little-endian always

  TorchCheckpoint checkpoint;
  checkpoint.root = unpickler.load();
  const Value keys = unpickler.load();
  checkpoint.pickle_size = unpickler.position();
  checkpoint.file_size = bytes.size();
  if (!keys.is(Kind::kList)) {
    fail(ErrorKind::kModel, "{}: expected the list of storages, found {}", name,
         kind_name(keys.kind));
  }
  const std::map<std::string, ElementType> types = storage_types(unpickler, name);
  for (const Value& item : keys.object->items) {
    const std::string key = parse_key(item, name + ": the name of a storage");
    const std::string where = name + ": storage " + printable(key);
    const auto type = types.find(key);
    if (type == types.end()) {
      fail(ErrorKind::kModel, "{}: belongs to no tensor, so that its size is not known", where);
    }
    std::int64_t elements = 0;
    std::memcpy(&elements, unpickler.take(sizeof(elements)).data(), sizeof(elements));
    std::uint64_t size = 0;
    if (elements < 0 ||
        __builtin_mul_overflow(static_cast<std::uint64_t>(elements), type->second.size, &size)) {
      fail(ErrorKind::kModel, "{}: is said to have {} elements", where, elements);
    }
    checkpoint.storages.insert_or_assign(key, unpickler.take(size));
  }
  return tensors_of(checkpoint, name);
}

}  // namespace fool
