#include "cuda/runtime.h"

#include <gmock/gmock.h>

#include <cstring>

#include "cuda/needs_device.h"
#include "fakes/expect_error.h"

namespace fool::cuda {
namespace {

using testing::HasSubstr;

TEST(CudaRuntime, ErrorsSayWhatFailedAndWhatToDo) {
  EXPECT_EQ(
      error_message(ErrorKind::kDevice, [] { check(cudaErrorInvalidValue, "drawing CPPNs"); }),
      "CUDA failed while drawing CPPNs: invalid argument (cudaErrorInvalidValue)");
  EXPECT_THAT(error_message(ErrorKind::kDevice,
                            [] { check(cudaErrorMemoryAllocation, "allocating memory"); }),
              HasSubstr("out of memory; a smaller evaluate.block"));
  check(cudaSuccess, "nothing");
}

TEST(CudaRuntime, DevicesThatAreNotThereAreAnError) {
  const std::string message =
      error_message(ErrorKind::kDevice, [] { expect_device(device_count() + 3); });
  if (device_count() == 0) {
    EXPECT_THAT(message, HasSubstr("device cuda:3: no NVIDIA device can be used here"));
    EXPECT_THAT(message, HasSubstr("nvidia-smi"));
    EXPECT_THAT(message, HasSubstr("--device cpu"));
  } else {
    EXPECT_THAT(message, HasSubstr("cuda:0"));
  }
}

class CudaMemory : public NeedsDevice {};

TEST_F(CudaMemory, GrowsAndCarriesBytes) {
  EXPECT_THAT(device_description(0), HasSubstr("driver"));
  const Stream stream;
  DeviceBuffer device;
  PinnedBuffer host;
  for (const std::size_t bytes : {std::size_t{10}, std::size_t{1000}, std::size_t{100}}) {
    device.reserve(bytes);
    host.reserve(2 * bytes);
    std::memset(host.as<char>(), 7, bytes);
    std::memset(host.as<char>() + bytes, 0, bytes);
    check(cudaMemcpyAsync(device.as<char>(), host.as<char>(), bytes, cudaMemcpyHostToDevice,
                          stream.get()),
          "sending");
    check(cudaMemcpyAsync(host.as<char>() + bytes, device.as<char>(), bytes, cudaMemcpyDeviceToHost,
                          stream.get()),
          "fetching");
    stream.wait();
    EXPECT_EQ(std::memcmp(host.as<char>(), host.as<char>() + bytes, bytes), 0);
  }
}

TEST_F(CudaMemory, EventsMeasureTime) {
  const Stream stream;
  Event first;
  Event second;
  first.record(stream);
  second.record(stream);
  stream.wait();
  EXPECT_GE(second.seconds_since(first), 0);
}

}  // namespace
}  // namespace fool::cuda
