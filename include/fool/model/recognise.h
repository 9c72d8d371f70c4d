// Which network do weights without a card belong to? Every built-in network registers what tells
// its weights from others; ModelFinder asks when it finds no card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {

struct Signature {
  std::string architecture;
  // Tensors that the network has, with their shapes; a size of 0 stands for any.
  std::map<std::string, std::vector<std::int64_t>> has;
  std::vector<std::string> lacks;  // tensors that larger relatives have beside these
  std::string last;                // the tensor whose first size is the number of classes
  InputSpec input;                 // the usual one
  // What a Caffe model must be called, where the shapes alone would be another network's.
  std::string caffe_name = {};
};

class Signatures {
 public:
  static Signatures& instance();
  bool add(Signature signature) {
    signatures_.push_back(std::move(signature));
    return true;
  }

  // The one that the weights have; null if there is none.
  const Signature* find(const NamedTensors& weights) const;

  // "the nearest is lenet: fc1.weight expected [500, 800], found [120, 400]": what to say of
  // weights that have none.
  std::string nearest(const NamedTensors& weights) const;

 private:
  std::vector<Signature> signatures_;
};

// What a card would say of weights without one: the network that they belong to, with its usual
// preprocessing. The latter is a guess, and raw.recognised is true to say so. `format` is that of
// the file. Throws Error(kModel) if no built-in network has such weights.
ModelSpec recognise(const NamedTensors& weights, const std::filesystem::path& file,
                    const std::string& format);

// The same for a file: reads it, and takes ImageNet's labels from an imagenet_classes.txt beside it
// or in one of the folders. Throws Error(kModel) that says what a card must hold where the file is
// of another kind, such as TorchScript.
ModelSpec open_without_card(const std::filesystem::path& file,
                            const std::vector<std::filesystem::path>& folders);

// What a person must know of a spec that was recognised: a line for the screen, empty where a card
// was read.
std::string warning_of_guess(const ModelSpec& spec);

// torchvision's input: RGB in 0..1, normalised by ImageNet's mean and standard deviation.
InputSpec torchvision_input(int size);

}  // namespace fool
