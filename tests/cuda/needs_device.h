// For tests that need an NVIDIA device: elsewhere they skip and say so.
#pragma once

#include <gtest/gtest.h>

#include "cuda/runtime.h"

namespace fool::cuda {

class NeedsDevice : public testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << "there is no NVIDIA device here";
  }
};

}  // namespace fool::cuda
