#include "fool/core/error.h"
#include "model/printable.h"
#include "model/state_dict.h"
#include "model/torch_files.h"
#include "model/torch_globals.h"
#include "model/unpickler.h"

namespace fool {
namespace {

constexpr std::string_view kPickle = "data.pkl";

bool is_big_endian(const ZipArchive& zip, const std::string& entry, const std::string& name) {
  if (!zip.contains(entry)) return false;  // files had no such entry before 2.1
  const std::string_view order = zip.read(entry);
  if (order != "little" && order != "big") {
    fail(ErrorKind::kModel, "{}: byte order \"{}\": expected little or big", name,
         printable(order));
  }
  return order == "big";
}

}  // namespace

TorchFolder find_torch_folder(const ZipArchive& zip) {
  for (const std::string_view entry : zip.names()) {
    const std::size_t slash = entry.find('/');
    if (entry == kPickle) return {"", true};
    if (slash != std::string_view::npos && entry.substr(slash + 1) == kPickle) {
      return {entry.substr(0, slash + 1), true};
    }
  }
  return {};
}

NamedTensors read_torch_zip(std::string_view bytes, const std::string& name) {
  const ZipArchive zip(bytes, name);
  const TorchFolder folder = find_torch_folder(zip);
  if (!folder.found) fail(ErrorKind::kModel, "{}: the zip archive has no {}", name, kPickle);
  const std::string prefix(folder.prefix);
  const std::string pickle_name = prefix + std::string(kPickle);
  const std::string where = name + ": " + printable(pickle_name);

  TorchCheckpoint checkpoint;
  const std::string_view pickle_bytes = zip.read(pickle_name);
  pickle::Unpickler unpickler(pickle_bytes, where, [&](auto module, auto global, bool outermost) {
    check_torch_global(where, module, global, outermost);
  });
  checkpoint.root = unpickler.load();
  checkpoint.pickle_size = unpickler.position();
  checkpoint.file_size = bytes.size();
  checkpoint.big_endian = is_big_endian(zip, prefix + "byteorder", name);
  const std::string data = prefix + "data/";
  for (const std::string_view entry : zip.names()) {
    if (entry.substr(0, data.size()) == data) {
      checkpoint.storages.emplace(entry.substr(data.size()), zip.read(entry));
    }
  }
  return tensors_of(checkpoint, name);
}

}  // namespace fool
