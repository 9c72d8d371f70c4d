// LibTorch, OpenMP, BLAS and malloc as a process full of single-threaded workers needs them.
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include <mutex>
#include <opencv2/core/utility.hpp>
#include <string>

#include "fool/classify/classifier.h"

namespace fool {
namespace {

// A function that is there only with some builds of the numeric libraries.
template <typename Function>
Function* optional_symbol(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

// The text after `key` up to the end of its word.
std::string word_after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size();
  return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

}  // namespace

void use_one_thread() {
  at::set_num_threads(1);
  if (auto* set_threads = optional_symbol<void(int)>("omp_set_num_threads")) set_threads(1);
  // These are for the whole process, and not to be touched while another thread multiplies.
  static std::once_flag once;
  std::call_once(once, [] {
    if (auto* set_threads = optional_symbol<void(int)>("openblas_set_num_threads")) set_threads(1);
    cv::setNumThreads(1);
  });
}

void tune_allocator() {
#ifdef __GLIBC__
  // Activations of many megabytes come and go in every layer. As mappings of their own, or at the
  // end of a heap that is trimmed, each of their pages would be zeroed anew.
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, -1);
  ::mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void keep_memory_of_threads() {
#ifdef __GLIBC__
  // The heaps of other arenas than the first are unmapped when they are empty, whatever the
  // settings; hence a single arena.
  ::mallopt(M_ARENA_MAX, 1);
#endif
}

std::string numeric_library() {
  std::string text = std::string("LibTorch ") + TORCH_VERSION;
  const std::string dnn = word_after(at::get_mkldnn_version(), "DNN v");
  if (!dnn.empty()) text += ", oneDNN " + dnn;
  const std::string cpu = word_after(at::show_config(), "CPU capability usage: ");
  if (!cpu.empty()) text += ", " + cpu;
  if (auto* config = optional_symbol<char*()>("openblas_get_config")) {
    text += ", OpenBLAS " + word_after(config(), "OpenBLAS ");
    if (auto* core = optional_symbol<char*()>("openblas_get_corename")) {
      text += std::string(" ") + core();
    }
  }
  return text;
}

}  // namespace fool
