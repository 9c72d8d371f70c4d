// Counts the memory that a program has allocated: include it in one file of the program only, as it
// replaces operator new. Under AddressSanitizer, which has its own, it listens to that one instead.
#pragma once

#include <algorithm>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define FOOL_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FOOL_ADDRESS_SANITIZER
#endif
#endif

#ifdef FOOL_ADDRESS_SANITIZER
// As in <sanitizer/allocator_interface.h>, which GCC does not bring.
extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*allocated)(const volatile void* memory, std::size_t size),
    void (*freed)(const volatile void* memory));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void* memory);
#else
#include <malloc.h>

#include <cstdlib>
#include <new>
#endif

namespace fool {

// What one thread has allocated and not freed: bytes now, and at most since the last reset.
class AllocationCount {
 public:
  static AllocationCount& instance() {
    thread_local AllocationCount count;
    return count;
  }
  void add(std::size_t size) {
    live_ += size;
    peak_ = std::max(peak_, live_);
  }
  void remove(std::size_t size) { live_ -= std::min(live_, size); }
  void reset_peak() { peak_ = live_; }
  std::size_t live() const { return live_; }
  std::size_t peak() const { return peak_; }

 private:
  std::size_t live_ = 0;
  std::size_t peak_ = 0;
};

// The most bytes that were live at once since its construction, beyond those live before.
class PeakAllocation {
 public:
  PeakAllocation() : before_(AllocationCount::instance().live()) {
    AllocationCount::instance().reset_peak();
  }
  std::size_t bytes() const { return AllocationCount::instance().peak() - before_; }

 private:
  std::size_t before_;
};

}  // namespace fool

#ifdef FOOL_ADDRESS_SANITIZER

namespace fool {
[[maybe_unused]] static const int kAllocationHooks = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { AllocationCount::instance().add(size); },
    [](const volatile void* memory) {
      AllocationCount::instance().remove(__sanitizer_get_allocated_size(memory));
    });
}  // namespace fool

#else

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  fool::AllocationCount::instance().add(malloc_usable_size(memory));
  return memory;
}

void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  fool::AllocationCount::instance().remove(malloc_usable_size(memory));
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
