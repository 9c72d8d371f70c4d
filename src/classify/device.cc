#include "fool/classify/device.h"

#include <charconv>
#include <string_view>

#include "fool/core/error.h"

#ifdef FOOL_WITH_CUDA
#include "cuda/runtime.h"
#endif

namespace fool {
namespace {

[[noreturn]] void not_a_device(const std::string& text) {
  fail(ErrorKind::kConfig,
       "device: expected cpu, cuda, cuda:N or cuda:N,M,..., each N once; found \"{}\"", text);
}

}  // namespace

std::vector<Device> parse_devices(const std::string& text) {
  if (text == "cpu") return {{false, 0}};
  if (text == "cuda") return {{true, 0}};
  constexpr std::string_view kPrefix = "cuda:";
  if (text.compare(0, kPrefix.size(), kPrefix) != 0) not_a_device(text);
  std::vector<Device> devices;
  const char* at = text.data() + kPrefix.size();
  const char* const end = text.data() + text.size();
  while (true) {
    int index = -1;
    const auto [next, error] = std::from_chars(at, end, index);
    if (error != std::errc() || index < 0) not_a_device(text);
    for (const Device& other : devices) {
      if (other.index == index) not_a_device(text);
    }
    devices.push_back({true, index});
    if (next == end) return devices;
    if (*next != ',') not_a_device(text);
    at = next + 1;
  }
}

void expect_devices(const std::vector<Device>& devices) {
  for (const Device& device : devices) {
    if (!device.is_cuda) continue;
#ifdef FOOL_WITH_CUDA
    cuda::expect_device(device.index);
#else
    fail(ErrorKind::kDevice,
         "device {}: this fool was built without NVIDIA devices; build it with a LibTorch that has "
         "CUDA (from pytorch.org) and with nvcc, as the README says, or use --device cpu",
         device.name());
#endif
  }
}

}  // namespace fool
