#include "cuda/runtime.h"

#include "fool/core/error.h"

namespace fool::cuda {

void check(cudaError_t result, const char* doing) {
  if (result == cudaSuccess) return;
  cudaGetLastError();  // forget it, where that is possible
  if (result == cudaErrorMemoryAllocation) {
    fail(ErrorKind::kDevice,
         "CUDA failed while {}: out of memory; a smaller evaluate.block or fewer evaluate.workers "
         "need less",
         doing);
  }
  fail(ErrorKind::kDevice, "CUDA failed while {}: {} ({})", doing, cudaGetErrorString(result),
       cudaGetErrorName(result));
}

int device_count() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return count;
}

void expect_device(int device) {
  int count = 0;
  const cudaError_t result = cudaGetDeviceCount(&count);
  if (result != cudaSuccess) {
    cudaGetLastError();
    fail(ErrorKind::kDevice,
         "device cuda:{}: no NVIDIA device can be used here ({}); see that `nvidia-smi` lists one "
         "and that the driver is as new as CUDA {}.{}, or use --device cpu",
         device, cudaGetErrorString(result), CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
  }
  if (device < 0 || device >= count) {
    fail(ErrorKind::kDevice, "device cuda:{}: there {} here: cuda:0{}", device,
         count == 1 ? "is one device" : fmt::format("are {} devices", count),
         count == 1 ? "" : fmt::format(" to cuda:{}", count - 1));
  }
}

std::string device_description(int device) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), "asking for a device's properties");
  int driver = 0;
  int runtime = 0;
  check(cudaDriverGetVersion(&driver), "asking for the driver's version");
  check(cudaRuntimeGetVersion(&runtime), "asking for the runtime's version");
  return fmt::format("{}, driver {}.{}, runtime {}.{}", properties.name, driver / 1000,
                     driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10);
}

DeviceGuard::DeviceGuard(int device) {
  check(cudaGetDevice(&before_), "asking for the current device");
  if (device != before_) check(cudaSetDevice(device), "choosing a device");
}

DeviceGuard::~DeviceGuard() { cudaSetDevice(before_); }

template <Memory kMemory>
void Buffer<kMemory>::reserve(std::size_t bytes) {
  if (bytes <= size_) return;
  release();
  bytes += bytes / 2;  // so that growing genomes do not ask again and again
  if constexpr (kMemory == Memory::kDevice) {
    check(cudaMalloc(&data_, bytes), "allocating the device's memory");
  } else {
    check(cudaMallocHost(&data_, bytes), "allocating pinned memory");
  }
  size_ = bytes;
}

template <Memory kMemory>
void Buffer<kMemory>::release() noexcept {
  if (data_ == nullptr) return;
  if constexpr (kMemory == Memory::kDevice) {
    cudaFree(data_);
  } else {
    cudaFreeHost(data_);
  }
  data_ = nullptr;
  size_ = 0;
}

template class Buffer<Memory::kDevice>;
template class Buffer<Memory::kPinned>;

Stream::Stream(Priority priority) {
  int lowest = 0;
  int highest = 0;
  check(cudaDeviceGetStreamPriorityRange(&lowest, &highest), "asking for priorities");
  check(cudaStreamCreateWithPriority(&stream_, cudaStreamNonBlocking,
                                     priority == Priority::kHigh ? highest : lowest),
        "making a stream");
}

Stream::~Stream() {
  if (stream_ != nullptr) cudaStreamDestroy(stream_);
}

Event::Event() { check(cudaEventCreate(&event_), "making an event"); }

Event::~Event() {
  if (event_ != nullptr) cudaEventDestroy(event_);
}

double Event::seconds_since(const Event& earlier) const {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "reading a clock");
  return static_cast<double>(milliseconds) / 1000;
}

}  // namespace fool::cuda
