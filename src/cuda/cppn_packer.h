// From a CPPN's program to the words that a device reads.
#pragma once

#include <vector>

#include "cuda/kernels.h"
#include "encoding/cppn_program.h"

namespace fool::cuda {

struct PackedCppns {
  std::vector<Word> words;
  std::vector<CppnImage> images;
  std::vector<int> slots;  // that each image's CPPN needs

  void clear();
};

// Memory that packing needs, kept from one CPPN to the next.
class CppnPacker {
 public:
  // Adds a program that draws the image of this index. Nodes that see no coordinate are computed
  // here, once and for all pixels. Any number of values fits: a slot is used again when nobody
  // needs its value any more, also for the node that was the last to need it.
  void add(const CppnProgram& program, int index, PackedCppns* packed);

  // The two words that the kernel reads ahead. To be called after the last add().
  static void finish(PackedCppns* packed);

 private:
  std::vector<bool> constant_;
  std::vector<float> value_;  // of constants
  std::vector<int> last_use_;
  std::vector<std::uint32_t> slot_;
  std::vector<std::uint32_t> free_;
};

}  // namespace fool::cuda
