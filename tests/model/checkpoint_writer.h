// Writes PyTorch checkpoints in each of the three containers, for tests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fool/model/safetensors.h"
#include "model/archive_writer.h"
#include "model/pickle_writer.h"

namespace fool {

struct SavedStorage {
  std::string type;  // such as "Float", for torch.FloatStorage
  std::int64_t elements = 0;
  std::string bytes;
};

struct SavedTensor {
  std::string name;
  std::string storage;  // its key
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

struct SavedCheckpoint {
  std::map<std::string, SavedStorage> storages;
  std::vector<SavedTensor> tensors;
  std::string location = "cpu";
  std::string wrapper;  // the key that the state dict lies under, beside an epoch; "": none
};

inline std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

// A storage for each tensor, under the keys 0, 1, ...
inline SavedCheckpoint saved(const std::map<std::string, TensorView>& tensors) {
  const std::map<DType, std::string> types = {{DType::kF64, "Double"}, {DType::kF32, "Float"},
                                              {DType::kF16, "Half"},   {DType::kBF16, "BFloat16"},
                                              {DType::kI64, "Long"},   {DType::kI32, "Int"},
                                              {DType::kI16, "Short"},  {DType::kI8, "Char"},
                                              {DType::kU8, "Byte"},    {DType::kBool, "Bool"}};
  SavedCheckpoint checkpoint;
  for (const auto& [name, view] : tensors) {
    const std::string key = std::to_string(checkpoint.storages.size());
    checkpoint.storages[key] = {types.at(view.dtype), view.elements(), std::string(view.bytes)};
    checkpoint.tensors.push_back({name, key, 0, view.shape, contiguous_strides(view.shape)});
  }
  return checkpoint;
}

// A small checkpoint of two tensors.
inline SavedCheckpoint small_checkpoint() {
  SavedCheckpoint checkpoint;
  checkpoint.storages["0"] = {"Float", 6, bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6})};
  checkpoint.storages["1"] = {"Long", 1, bytes_of(std::int64_t{-7})};
  checkpoint.tensors = {{"fc.weight", "0", 0, {2, 3}, {3, 1}}, {"fc.count", "1", 0, {}, {}}};
  return checkpoint;
}

// persistent id: ("storage", class, key, location, elements), in streams with a sixth item.
inline void write_storage_id(PickleWriter& out, const SavedCheckpoint& checkpoint,
                             const std::string& key, bool with_view_item) {
  const SavedStorage& storage = checkpoint.storages.at(key);
  out.mark().text("storage").global("torch", storage.type + "Storage").text(key);
  out.text(checkpoint.location).integer(storage.elements);
  if (with_view_item) out.none();
  out.tuple().persistent();
}

inline void write_tensor(PickleWriter& out, const SavedCheckpoint& checkpoint,
                         const SavedTensor& tensor, bool with_view_item) {
  out.global("torch._utils", "_rebuild_tensor_v2").mark();
  write_storage_id(out, checkpoint, tensor.storage, with_view_item);
  out.integer(tensor.offset).integers(tensor.shape).integers(tensor.strides);
  out.boolean(false).ordered_dict().tuple().reduce();
}

enum class TensorsAs { kCalls, kCallsInStreams, kIds };

// The main pickle. kIds: tensors are persistent ids themselves, as in tar files.
inline std::string state_dict_pickle(const SavedCheckpoint& checkpoint, TensorsAs as) {
  PickleWriter out;
  if (!checkpoint.wrapper.empty()) {
    out.empty_dict().mark().text("epoch").integer(3).text(checkpoint.wrapper);
  }
  out.ordered_dict().mark();
  for (const SavedTensor& tensor : checkpoint.tensors) {
    out.text(tensor.name);
    if (as == TensorsAs::kIds) {
      out.text("tensor " + tensor.name).persistent();
    } else {
      write_tensor(out, checkpoint, tensor, as == TensorsAs::kCallsInStreams);
    }
  }
  out.set_items();
  if (!checkpoint.wrapper.empty()) out.set_items();
  return out.stop();
}

inline std::string zip_checkpoint(const SavedCheckpoint& checkpoint,
                                  const ZipOptions& options = {}) {
  std::vector<ZipEntry> entries = {
      {"archive/data.pkl", state_dict_pickle(checkpoint, TensorsAs::kCalls)}};
  for (const auto& [key, storage] : checkpoint.storages) {
    entries.push_back({"archive/data/" + key, storage.bytes});
  }
  entries.push_back({"archive/version", "3\n"});
  return zip_of(entries, options);
}

inline std::string stream_head() {
  PickleWriter magic;
  magic.raw("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
  return magic.stop() + PickleWriter().integer(1001).stop() + PickleWriter().empty_dict().stop();
}

inline std::string stream_checkpoint(const SavedCheckpoint& checkpoint) {
  std::string file = stream_head() + state_dict_pickle(checkpoint, TensorsAs::kCallsInStreams);
  PickleWriter keys;
  keys.empty_list().mark();
  for (const auto& [key, storage] : checkpoint.storages) keys.text(key);
  file += keys.appends().stop();
  for (const auto& [key, storage] : checkpoint.storages) {
    file += bytes_of(storage.elements) + storage.bytes;
  }
  return file;
}

inline std::string tar_checkpoint(const SavedCheckpoint& checkpoint) {
  const auto count = [](std::size_t n) {
    return PickleWriter().integer(static_cast<std::int64_t>(n)).stop();
  };
  std::string storages = count(checkpoint.storages.size());
  for (const auto& [key, storage] : checkpoint.storages) {
    PickleWriter head;
    head.mark().text(key).text(checkpoint.location).global("torch", storage.type + "Storage");
    storages += head.tuple().stop() + bytes_of(storage.elements) + storage.bytes;
  }
  storages += PickleWriter().empty_list().stop();
  std::string tensors = count(checkpoint.tensors.size());
  for (const SavedTensor& tensor : checkpoint.tensors) {
    PickleWriter head;
    head.mark().text("tensor " + tensor.name).text(tensor.storage).global("torch", "FloatTensor");
    tensors += head.tuple().stop() + bytes_of(static_cast<std::int64_t>(tensor.shape.size())) +
               bytes_of(tensor.shape) + bytes_of(tensor.strides) + bytes_of(tensor.offset);
  }
  return tar_of({{"storages", storages},
                 {"tensors", tensors},
                 {"pickle", state_dict_pickle(checkpoint, TensorsAs::kIds)}});
}

}  // namespace fool
