#include "fool/model/weights_file.h"

#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "model/caffe_model.h"
#include "model/state_dict.h"
#include "model/torch_files.h"

namespace fool {
namespace {

NamedTensors parse_safetensors_weights(std::string_view bytes, const std::string& name) {
  NamedTensors result = parse_safetensors(bytes, name);
  strip_common_prefixes(result.tensors);
  return result;
}

}  // namespace

NamedTensors parse_weights(std::string_view bytes, const std::string& name) {
  const WeightsFormat format = weights_format_of(bytes, name);
  switch (format) {
    case WeightsFormat::kSafetensors:
      return parse_safetensors_weights(bytes, name);
    case WeightsFormat::kTorchZip:
      return read_torch_zip(bytes, name);
    case WeightsFormat::kTorchStream:
      return read_torch_stream(bytes, name);
    case WeightsFormat::kTorchTar:
      return read_torch_tar(bytes, name);
    case WeightsFormat::kCaffe:
      return parse_caffe_model(bytes, name).tensors(name);
    case WeightsFormat::kTorchScript:
      fail(ErrorKind::kModel,
           "{}: is {}, a whole network and not only its weights: set \"format\": \"torchscript\" "
           "in its card",
           name, format_name(format));
    default:
      fail(ErrorKind::kModel,
           "{}: is {}; weights are read from safetensors, PyTorch (.pth, .pt) and Caffe "
           "(.caffemodel) files",
           name, format_name(format));
  }
}

NamedTensors read_weights(const std::filesystem::path& path) {
  struct Owner {
    std::shared_ptr<const MappedFile> file;
    std::shared_ptr<const void> copies;
  };
  std::shared_ptr<const MappedFile> file;
  try {
    file = std::make_shared<const MappedFile>(path);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}", e.what());
  }
  NamedTensors result = parse_weights(file->bytes(), path.string());
  result.storage = std::make_shared<const Owner>(Owner{file, result.storage});
  return result;
}

}  // namespace fool
