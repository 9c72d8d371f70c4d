// Where a network runs: the processor, or one or more NVIDIA devices.
#pragma once

#include <string>
#include <vector>

namespace fool {

struct Device {
  bool is_cuda = false;
  int index = 0;  // of cuda

  std::string name() const { return is_cuda ? "cuda:" + std::to_string(index) : "cpu"; }
};

// "cpu", "cuda" (the first device), "cuda:1", or "cuda:0,1,3". Throws Error(kConfig).
std::vector<Device> parse_devices(const std::string& text);

// Throws Error(kDevice), saying what to do, if this build or this machine lacks one of them.
void expect_devices(const std::vector<Device>& devices);

}  // namespace fool
