// Trained weights in whatever file a person has. The reader is chosen by what the file holds, never
// by its name; the file is mapped into memory and its tensors are views of it wherever they lie
// there in one piece. Nothing in the file is trusted, and nothing in it is executed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "fool/model/safetensors.h"

namespace fool {

enum class WeightsFormat {
  kSafetensors,
  kTorchZip,     // torch.save since 1.6
  kTorchStream,  // torch.save until 1.5
  kTorchTar,     // torch.save in 2016 and 2017
  kTorchScript,  // torch.jit.save: a whole network, for torch::jit::load
  kOnnx,         // a whole network
  kCaffe,        // .caffemodel: weights without the geometry of their layers
  kHdf5,         // Keras and others
  kNumpy,        // .npy or .npz
  kPickle,       // of something other than PyTorch
};

// What a format is called in messages: "a PyTorch checkpoint (zip)".
std::string_view format_name(WeightsFormat format);

// Looks at the file's bytes. Throws Error(kModel) if it cannot be read, or if it is of none of
// these formats: the message then says what it looks like.
WeightsFormat weights_format(const std::filesystem::path& path);

// The same for bytes in memory; `name` is for messages.
WeightsFormat weights_format_of(std::string_view bytes, const std::string& name);

// The tensors of a safetensors file, a PyTorch checkpoint in any of its containers, or a Caffe
// model
// ("conv1.weight", "conv1.bias"). A state
// dict that lies in an entry such as "state_dict" or "model" is found; what lies beside it is
// ignored; prefixes that all names have ("module.", "model.", "_orig_mod.") are taken off. Throws
// Error(kModel): for another format, a damaged file, a tensor of an unsupported type, or a pickle
// that asks for any Python object but those that weights consist of.
NamedTensors read_weights(const std::filesystem::path& path);

// The same for bytes in memory, kept alive by the caller; `name` is for messages.
NamedTensors parse_weights(std::string_view bytes, const std::string& name);

}  // namespace fool
