// CUDA's runtime as values: memory, streams and events that free themselves, and errors that are
// Error(kDevice).
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>
#include <utility>

namespace fool::cuda {

// Throws Error(kDevice) with CUDA's words unless the result is a success. `doing` completes "CUDA
// failed while ...".
void check(cudaError_t result, const char* doing);

// 0 also where there is no driver.
int device_count();

// Throws Error(kDevice), saying what to do, unless the machine has this device.
void expect_device(int device);

// "NVIDIA H200, driver 13.0, runtime 13.0".
std::string device_description(int device);

// Makes a device the thread's current one while it lives.
class DeviceGuard {
 public:
  explicit DeviceGuard(int device);
  ~DeviceGuard();
  DeviceGuard(const DeviceGuard&) = delete;
  DeviceGuard& operator=(const DeviceGuard&) = delete;

 private:
  int before_ = 0;
};

enum class Memory { kDevice, kPinned };

// Grows as needed and is never given back before the end.
template <Memory kMemory>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() { release(); }

  // At least so many bytes; what the buffer held is lost if it had fewer. Not to be called while
  // the device uses it.
  void reserve(std::size_t bytes);

  template <typename T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void release() noexcept;

  void* data_ = nullptr;
  std::size_t size_ = 0;
};
using DeviceBuffer = Buffer<Memory::kDevice>;
using PinnedBuffer = Buffer<Memory::kPinned>;

class Stream {
 public:
  enum class Priority { kNormal, kHigh };
  explicit Stream(Priority priority = Priority::kNormal);
  Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&&) = delete;
  ~Stream();

  cudaStream_t get() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "waiting for a stream"); }

 private:
  cudaStream_t stream_ = nullptr;
};

// A moment in a stream.
class Event {
 public:
  Event();
  Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
  Event& operator=(Event&&) = delete;
  ~Event();

  cudaEvent_t get() const { return event_; }
  void record(const Stream& stream) { check(cudaEventRecord(event_, stream.get()), "recording"); }
  // Both must have happened.
  double seconds_since(const Event& earlier) const;

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace fool::cuda
