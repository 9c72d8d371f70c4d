// Checkpoints: all that a run needs to go on as if it had never stopped, in RUN/checkpoint. The
// newest two are kept, each is whole or not there, and damage anywhere in one is noticed.
//
// A file holds the genomes as byte tensors named by item id, and as metadata: archive, search,
// config and fingerprint (JSON), generation, evaluations, seconds, and a SHA-256 over everything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/encoding/encoding.h"

namespace fool {

struct Checkpoint {
  Archive archive{0};
  int generation = kInitialGeneration;  // the last one that was finished
  std::uint64_t evaluations = 0;
  std::uint64_t equivalents = 0;
  double seconds = 0;                  // of computing
  Json search_state = Json::object();  // Search::save_state
  Json config = Json::object();
  Json fingerprint = Json::object();
};

// The file of a generation in a run's folder: checkpoint/generation-000200.safetensors.
std::filesystem::path checkpoint_path(const std::filesystem::path& run_folder, int generation);

// Writes the checkpoint and removes all but the newest two. Throws Error(kIo); what was there then
// still is.
void write_checkpoint(const std::filesystem::path& run_folder, const Checkpoint& checkpoint,
                      const Encoding& encoding);

// Throws Error(kData) for a file that is missing, truncated, damaged or of another encoding.
Checkpoint read_checkpoint(const std::filesystem::path& file, const Encoding& encoding);

// The newest whole checkpoint of a run, or nothing if there is no checkpoint at all. For each one
// that cannot be used a sentence is added to `warnings`. Throws Error(kData) if there are some but
// none can be used.
std::optional<Checkpoint> read_newest_checkpoint(const std::filesystem::path& run_folder,
                                                 const Encoding& encoding,
                                                 std::vector<std::string>* warnings);

// Removes the checkpoints of this generation and later ones. Throws Error(kIo).
void remove_checkpoints_from(const std::filesystem::path& run_folder, int generation);

}  // namespace fool
