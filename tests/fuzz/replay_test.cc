// The fuzz targets on their seeds, on small changes of these, and on whatever fuzzing once found.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "fool/core/files.h"
#include "fuzz/seeds.h"
#include "fuzz/targets.h"

namespace fool::fuzz {
namespace {

const std::map<std::string, void (*)(std::string_view)> kTargets = {
    {"safetensors", safetensors}, {"pth", pth}, {"caffe", caffe}, {"card", card}};

TEST(Fuzz, SeedsHold) {
  for (const auto& [target, seeds] : all_seeds()) {
    for (const auto& [name, bytes] : seeds) {
      SCOPED_TRACE(target + ": " + name);
      EXPECT_NO_THROW(kTargets.at(target)(bytes));
    }
  }
}

TEST(Fuzz, ChangedSeedsHold) {
  std::mt19937 random(17);
  for (const auto& [target, seeds] : all_seeds()) {
    const int rounds = target == "card" ? 40 : 400;  // a card is a file each time
    for (const auto& [name, bytes] : seeds) {
      if (bytes.size() > 100'000) continue;
      for (int round = 0; round < rounds; ++round) {
        std::string changed = bytes;
        for (int i = 0; i <= round % 4 && !changed.empty(); ++i) {
          const std::size_t at = random() % changed.size();
          switch (random() % 3) {
            case 0:
              changed[at] = static_cast<char>(random());
              break;
            case 1:
              changed.erase(at, random() % 8);
              break;
            default:
              changed.insert(at, changed.substr(random() % changed.size(), random() % 16));
              break;
          }
        }
        EXPECT_NO_THROW(kTargets.at(target)(changed))
            << target << ": " << name << ", round " << round;
      }
    }
  }
}

TEST(Fuzz, WhatWasFoundHolds) {
  const auto found = std::filesystem::path(FOOL_SOURCE_DIR) / "tests" / "fuzz" / "found";
  int files = 0;
  for (const auto& [target, run] : kTargets) {
    if (!std::filesystem::is_directory(found / target)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(found / target)) {
      EXPECT_NO_THROW(run(read_file(entry.path()))) << entry.path();
      ++files;
    }
  }
  EXPECT_GT(files, 0);
}

TEST(Fuzz, BreachesAreNoticed) {
  EXPECT_THROW(must_hold("", [] { fail(ErrorKind::kInternal, "a defect"); }), std::logic_error);
  EXPECT_THROW(must_hold("12", [] { std::vector<char> much(kMostAtLeast + 3 * kMostPerByte); }),
               std::logic_error);
  EXPECT_NO_THROW(must_hold("12", [] { std::vector<char> enough(kMostAtLeast); }));
  NamedTensors wrong;
  wrong.tensors["a"] = {DType::kF32, {2}, "1234"};
  EXPECT_THROW(check(wrong), std::logic_error);
}

// Files whose size is all that a reader may spend: of each seed a large version.
TEST(Fuzz, LargeHostileFilesTakeNoMoreThanTheirShare) {
  const int many = 300'000;
  for (const std::string& pickle :
       {repeated("]", many), repeated("]\x94", many), repeated("(", many),
        "]" + repeated("2", many), "N" + repeated("\x94", many), "}(" + repeated("NN", many) + "u.",
        "]\x94" + repeated(std::string("h\0\x85\x94", 4), many) + ".",
        repeated("ctorch\nSize\n", many / 10), repeated("NQ", many),
        repeated(std::string("X\1\0\0\0a", 6), many)}) {
    pth(zip_with_pickle(pickle));
    pth(stream_head() + pickle);
  }
}

}  // namespace
}  // namespace fool::fuzz
