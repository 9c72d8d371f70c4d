#include "fool/core/cache.h"

#include <gtest/gtest.h>

#include "fakes/environment.h"

namespace fool {
namespace {

TEST(CacheFolder, FollowsTheXdgRules) {
  const ScopedVariable home("HOME", "/home/somebody");
  {
    const ScopedVariable cache("XDG_CACHE_HOME", "/var/cache/mine");
    EXPECT_EQ(cache_folder("models"), "/var/cache/mine/fool/models");
  }
  for (const char* not_absolute : {"", "relative/folder"}) {
    const ScopedVariable cache("XDG_CACHE_HOME", not_absolute);
    EXPECT_EQ(cache_folder("data"), "/home/somebody/.cache/fool/data");
  }
}

TEST(CacheFolder, IsEmptyWithoutAHome) {
  const ScopedVariable home("HOME", "");
  const ScopedVariable cache("XDG_CACHE_HOME", "");
  EXPECT_EQ(cache_folder("models"), "");
}

}  // namespace
}  // namespace fool
