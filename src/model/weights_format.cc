#include <algorithm>
#include <array>
#include <optional>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"
#include "model/byte_reader.h"
#include "model/protobuf.h"
#include "model/tar_archive.h"
#include "model/torch_files.h"
#include "model/zip_archive.h"

namespace fool {
namespace {

bool begins_with(std::string_view bytes, std::string_view beginning) {
  return bytes.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

// Files that are often taken for weights, by how they begin.
struct Known {
  std::string_view beginning;
  std::string_view what;
};
constexpr std::array kOthers = {
    Known{"version https://git-lfs",
          "a Git LFS pointer instead of the file itself; run: git lfs pull"},
    Known{"<!DOCTYPE", "a web page; the download did not give the file itself"},
    Known{"<!doctype", "a web page; the download did not give the file itself"},
    Known{"<html", "a web page; the download did not give the file itself"},
    Known{"<?xml", "an XML document; the download did not give the file itself"},
    Known{"\x1f\x8b", "compressed by gzip; unpack it with gunzip"},
    Known{"BZh", "compressed by bzip2; unpack it with bunzip2"},
    Known{"\xfd"
          "7zXZ",
          "compressed by xz; unpack it with unxz"},
    Known{"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it with unzstd"},
    Known{"7z\xbc\xaf", "a 7z archive; unpack it"},
    Known{"Rar!", "a RAR archive; unpack it"},
    Known{"GGUF", "a GGUF file, which is for language models"},
    Known{"MATLAB 5.0", "a MATLAB file"},
    Known{"7767517\n", "the layers of an ncnn network"},
    Known{"{", "a JSON file; a model card is given to --model, not read as weights"},
    Known{"\x89PNG", "a PNG image"},
    Known{"\xff\xd8\xff", "a JPEG image"},
    Known{"\x7f"
          "ELF",
          "a program or library"},
};

bool is_safetensors(std::string_view bytes) {
  if (bytes.size() < 9 || bytes[8] != '{') return false;
  return number_at<std::uint64_t>(bytes, 0, "") < (std::uint64_t{1} << 32U);
}

bool is_hdf5(std::string_view bytes) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  if (begins_with(bytes, kSignature)) return true;
  // A block for the user may lie before it: 512 bytes, or twice, four times, ... as many.
  for (std::size_t at = 512; at < bytes.size(); at *= 2) {
    if (begins_with(bytes.substr(at), kSignature)) return true;
  }
  return false;
}

// Fields of onnx.ModelProto and caffe.NetParameter: their public .proto files.
std::optional<WeightsFormat> protobuf_format(std::string_view bytes) {
  const auto fields = protobuf::count_fields(bytes);
  if (!fields || fields->empty()) return std::nullopt;
  const auto count = [&](int field) {
    const auto it = fields->find(field);
    return it == fields->end() ? protobuf::FieldCounts{} : it->second;
  };
  const bool has_version = count(1).varints == 1 && count(1).messages == 0;
  if (has_version && count(7).messages == 1) return WeightsFormat::kOnnx;  // ir_version, graph
  const bool has_name = count(1).messages <= 1 && count(1).varints == 0;
  const bool has_layers =
      count(100).messages > 0 || (count(2).messages > 0 && count(2).varints == 0);
  const bool only_known = fields->rbegin()->first <= 100 && count(7).messages == 0;
  if (has_name && has_layers && only_known) return WeightsFormat::kCaffe;
  return std::nullopt;
}

WeightsFormat zip_format(std::string_view bytes, const std::string& name) {
  const ZipArchive zip(bytes, name);
  const auto any = [&](auto&& matches) {
    return std::any_of(zip.names().begin(), zip.names().end(), matches);
  };
  const TorchFolder folder = find_torch_folder(zip);
  if (folder.found) {
    const bool script = zip.contains(std::string(folder.prefix) + "constants.pkl");
    return script ? WeightsFormat::kTorchScript : WeightsFormat::kTorchZip;
  }
  const bool exported = any([](std::string_view entry) {
    return ends_with(entry, "serialized_exported_program.json") ||
           ends_with(entry, "models/model.json");
  });
  const bool early_script =
      any([](std::string_view entry) { return ends_with(entry, "/model.json"); }) &&
      any([](std::string_view entry) { return entry.find("/code/") != std::string_view::npos; });
  if (early_script && !exported) return WeightsFormat::kTorchScript;  // of 1.0 to 1.3
  if (!zip.names().empty() && !any([](auto entry) { return !ends_with(entry, ".npy"); })) {
    return WeightsFormat::kNumpy;
  }
  if (any([](std::string_view entry) { return ends_with(entry, "model.weights.h5"); })) {
    return WeightsFormat::kHdf5;
  }
  fail(ErrorKind::kModel, "{}: is {}", name,
       exported
           ? "an exported PyTorch program (.pt2), which only Python can load; save "
             "model.state_dict() instead"
           : "a zip archive of something other than a PyTorch checkpoint; if the weights are a "
             "file in it, unpack it");
}

}  // namespace

std::string_view format_name(WeightsFormat format) {
  switch (format) {
    case WeightsFormat::kSafetensors:
      return "a safetensors file";
    case WeightsFormat::kTorchZip:
      return "a PyTorch checkpoint (zip)";
    case WeightsFormat::kTorchStream:
      return "a PyTorch checkpoint (stream, until 1.5)";
    case WeightsFormat::kTorchTar:
      return "a PyTorch checkpoint (tar, 2016-2017)";
    case WeightsFormat::kTorchScript:
      return "a TorchScript file";
    case WeightsFormat::kOnnx:
      return "an ONNX file";
    case WeightsFormat::kCaffe:
      return "a Caffe model";
    case WeightsFormat::kHdf5:
      return "an HDF5 file, such as Keras writes";
    case WeightsFormat::kNumpy:
      return "a NumPy file";
    case WeightsFormat::kPickle:
      break;
  }
  return "a Python pickle that PyTorch did not write";
}

WeightsFormat weights_format_of(std::string_view bytes, const std::string& name) {
  if (looks_like_zip(bytes)) return zip_format(bytes, name);
  if (is_safetensors(bytes)) return WeightsFormat::kSafetensors;
  if (looks_like_torch_stream(bytes)) return WeightsFormat::kTorchStream;
  if (looks_like_tar(bytes)) return WeightsFormat::kTorchTar;
  if (begins_with(bytes, "\x93NUMPY")) return WeightsFormat::kNumpy;
  if (is_hdf5(bytes)) return WeightsFormat::kHdf5;
  if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
    return WeightsFormat::kPickle;
  }
  for (const Known& other : kOthers) {
    if (begins_with(bytes, other.beginning)) {
      fail(ErrorKind::kModel, "{}: not weights: this is {}", name, other.what);
    }
  }
  if (bytes.substr(0, 8).find("TFL3") == 4) {
    fail(ErrorKind::kModel, "{}: is a TensorFlow Lite file, which is not supported", name);
  }
  if (const auto format = protobuf_format(bytes)) return *format;
  fail(ErrorKind::kModel,
       "{}: {}; known: safetensors, PyTorch (.pth, .pt), TorchScript, Caffe and ONNX files", name,
       bytes.empty() ? "the file is empty" : "the file is of no known format");
}

WeightsFormat weights_format(const std::filesystem::path& path) {
  try {
    const MappedFile file(path);
    return weights_format_of(file.bytes(), path.string());
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}", e.what());
  }
}

}  // namespace fool
