// The three containers that PyTorch has saved checkpoints in. Each reader takes the whole file,
// whose bytes the result's tensors refer to; `name` begins the messages. They throw Error(kModel).
#pragma once

#include <string>
#include <string_view>

#include "fool/model/safetensors.h"
#include "model/zip_archive.h"

namespace fool {

// Since 1.6 (2020): a zip of FOLDER/data.pkl and, for each storage, FOLDER/data/KEY.
NamedTensors read_torch_zip(std::string_view bytes, const std::string& name);

// Until 1.5, and later on demand: pickles one behind the other, then the storages.
NamedTensors read_torch_stream(std::string_view bytes, const std::string& name);

// 2016 and 2017: a tar of "storages", "tensors" and "pickle".
NamedTensors read_torch_tar(std::string_view bytes, const std::string& name);

// "FOLDER/", or "" for data.pkl at the top. Nothing: the zip is no PyTorch file.
struct TorchFolder {
  std::string_view prefix;
  bool found = false;
};
TorchFolder find_torch_folder(const ZipArchive& zip);

// Whether a stream begins with the magic number of PyTorch's.
bool looks_like_torch_stream(std::string_view bytes);

}  // namespace fool
