// Writes the seeds as files: fuzz_seeds FOLDER makes FOLDER/TARGET/NAME.
#include <cstdio>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fuzz/seeds.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  try {
    for (const auto& [target, seeds] : fool::fuzz::all_seeds()) {
      const auto folder = std::filesystem::path(argv[1]) / target;
      std::filesystem::create_directories(folder);
      for (const auto& [name, bytes] : seeds) fool::write_file(folder / name, bytes);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fuzz_seeds: %s\n", e.what());
    return 6;
  }
  return 0;
}
