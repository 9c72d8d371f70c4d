// What is fuzzed, and what must hold for any input: a result or Error(kModel), every byte of a
// result readable, and no more memory than a multiple of the input's size. A breach throws
// something else.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fool/core/error.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"
#include "fool/model/weights_file.h"
#include "fuzz/count_allocations.h"
#include "model/caffe_model.h"

namespace fool::fuzz {

// The tightest pickles and JSON need about half of it.
constexpr std::size_t kMostPerByte = 128;
constexpr std::size_t kMostAtLeast = 1U << 20U;

template <typename Action>
void must_hold(std::string_view input, Action&& action) {
  const PeakAllocation peak;
  try {
    action();
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kModel)
      throw std::logic_error("not a model error: " + std::string(e.what()));
  }
  const std::size_t most = kMostAtLeast + kMostPerByte * input.size();
  if (peak.bytes() > most) {
    throw std::logic_error(
        fmt::format("{} bytes of input took {} bytes of memory; at most {} are allowed",
                    input.size(), peak.bytes(), most));
  }
}

inline void check(const NamedTensors& weights) {
  for (const auto& [name, view] : weights.tensors) {
    const auto size = static_cast<std::size_t>(view.elements()) * dtype_size(view.dtype);
    if (size != view.bytes.size()) throw std::logic_error("wrong size of tensor " + name);
    if (size == 0) continue;
    volatile char ends = view.bytes.front();
    ends = view.bytes.back();
    static_cast<void>(ends);
  }
}

inline void safetensors(std::string_view input) {
  must_hold(input, [&] { check(parse_safetensors(input, "input")); });
}

inline void pth(std::string_view input) {
  must_hold(input, [&] { check(parse_weights(input, "input")); });
}

inline void caffe(std::string_view input) {
  must_hold(input, [&] { check(parse_caffe_model(input, "input").tensors("input")); });
}

// A folder for the card, gone at the end.
class CardFolder {
 public:
  CardFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("fool-card-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~CardFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  CardFolder(const CardFolder&) = delete;
  CardFolder& operator=(const CardFolder&) = delete;

  std::filesystem::path card() const { return path_ / "card.json"; }

 private:
  std::filesystem::path path_;
};

inline void card(std::string_view input) {
  static const CardFolder folder;
  std::ofstream(folder.card(), std::ios::binary)
      .write(input.data(), static_cast<std::streamsize>(input.size()));
  must_hold(input, [&] {
    const ModelSpec spec = read_card(folder.card());
    for (int k = 0; k < static_cast<int>(spec.labels.size()); ++k) spec.label(k);
  });
}

}  // namespace fool::fuzz
