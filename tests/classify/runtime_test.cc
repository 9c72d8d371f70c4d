#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>
#include <thread>

#include "fool/classify/classifier.h"

namespace fool {
namespace {

#if defined(__has_feature)
#define FOOL_HAS_FEATURE(name) __has_feature(name)
#else
#define FOOL_HAS_FEATURE(name) 0
#endif
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    FOOL_HAS_FEATURE(address_sanitizer) || FOOL_HAS_FEATURE(thread_sanitizer)
constexpr bool kHasOtherAllocator = true;
#else
constexpr bool kHasOtherAllocator = false;
#endif

using ::testing::HasSubstr;
using ::testing::StartsWith;

int threads_of(const char* getter) {
  const auto get = reinterpret_cast<int (*)()>(::dlsym(RTLD_DEFAULT, getter));
  return get == nullptr ? 1 : get();
}

TEST(Runtime, OneThreadEverywhere) {
  const auto check = [] {
    use_one_thread();
    EXPECT_EQ(at::get_num_threads(), 1);
    EXPECT_EQ(threads_of("omp_get_max_threads"), 1);
    EXPECT_EQ(threads_of("openblas_get_num_threads"), 1);
  };
  check();
  std::thread(check).join();
}

TEST(Runtime, NamesTheLibraries) {
  EXPECT_THAT(numeric_library(), StartsWith("LibTorch "));
  EXPECT_THAT(numeric_library(), HasSubstr("oneDNN "));
}

long page_faults() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Allocates, touches and frees blocks of a typical activation's size.
void use_memory() {
  constexpr std::size_t kSize = 40 << 20;
  for (int i = 0; i < 2; ++i) {
    const std::unique_ptr<char[]> block(new char[kSize]);
    for (std::size_t at = 0; at < kSize; at += 4096) {
      const_cast<volatile char*>(block.get())[at] = 1;
    }
  }
}

TEST(Runtime, FreedMemoryStaysMapped) {
  if (kHasOtherAllocator) GTEST_SKIP() << "the allocator is not glibc's";
  tune_allocator();
  const auto check = [] {
    use_memory();
    const long before = page_faults();
    use_memory();
    EXPECT_LT(page_faults() - before, 1000);  // 20,480 pages are touched
  };
  check();
  std::thread(check).join();
}

}  // namespace
}  // namespace fool
