// Including this keeps all tests of a program, and what they start, away from the network and from
// the caches of whoever runs them. A test that is about these sets the variables itself.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

namespace fool::fakes {

class Hermetic : public ::testing::Environment {
 public:
  void SetUp() override {
    ::setenv("FOOL_OFFLINE", "1", 1);
    for (const char* folder : {"HOME", "XDG_CACHE_HOME", "TORCH_HOME", "HF_HOME", "HF_HUB_CACHE"}) {
      ::setenv(folder, "/nonexistent", 1);
    }
  }
};

inline ::testing::Environment* const hermetic = ::testing::AddGlobalTestEnvironment(new Hermetic);

}  // namespace fool::fakes
