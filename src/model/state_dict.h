// From a PyTorch checkpoint, whatever its container, to named tensors: finds the state dict among
// what else was saved, and resolves the tensors' storages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "fool/model/safetensors.h"
#include "model/stored_tensor.h"
#include "model/unpickler.h"

namespace fool {

struct TorchCheckpoint {
  pickle::Value root;
  std::uint64_t pickle_size = 0;  // bytes of pickles read
  std::uint64_t file_size = 0;
  std::map<std::string, std::string_view> storages;  // key -> raw bytes
  std::map<std::string, StoredTensor> tensors;  // persistent id -> tensor, where they are tensors
  bool big_endian = false;
};

// What a persistent id says of a storage, or of the part of one.
struct StorageId {
  std::string key;
  ElementType type;
  std::uint64_t elements = 0;  // of the whole storage
  std::uint64_t begin = 0;     // of the part, in elements
  std::uint64_t size = 0;
};

// The id of a value of kPersistent. Throws Error(kModel), beginning with `where`, unless it is one
// of a storage; where the storage itself lies (a CPU, a CUDA device) is of no interest.
StorageId parse_storage_id(const pickle::Value& persistent, const std::string& where);

// A text or whole number as a key, such as "0"; throws Error(kModel) for anything else.
std::string parse_key(const pickle::Value& value, const std::string& where);

// A whole number; throws Error(kModel) for anything else.
std::int64_t parse_integer(const pickle::Value& value, const std::string& where);

// The tensors of the state dict; its wrappers are taken off. `name` begins the messages. The
// result's storage holds no more than the copies that were needed. Throws Error(kModel).
NamedTensors tensors_of(const TorchCheckpoint& checkpoint, const std::string& name);

// Takes "module.", "model." and "_orig_mod." off the names where all have them.
void strip_common_prefixes(std::map<std::string, TensorView>& tensors);

}  // namespace fool
