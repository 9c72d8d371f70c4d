// A study: every setting with every seed, as a file describes it, and at which points of the runs
// what is compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {

struct StudySetting {
  std::string name;                          // fit for a file's name
  std::vector<std::filesystem::path> files;  // configurations below the setting's own
  Json config = Json::object();              // the study's base with the setting laid over it
};

// Where runs are looked at, beside their end: one of the three.
struct StudyCheckpoints {
  int every = 0;                           // generations; 0 = nowhere
  std::vector<int> generations;            // ascending
  std::vector<std::uint64_t> evaluations;  // ascending; a gradient counts for 3
};

struct Study {
  std::string name;                    // fit for a file's name
  std::vector<StudySetting> settings;  // in the order of the file
  std::vector<std::uint64_t> seeds;    // each once
  std::vector<std::string> metrics;    // each once
  StudyCheckpoints checkpoints;
  double level = 0.95;
  int resamples = 2000;
};

// The settings of a study by section ("" = top level, "seeds", "checkpoints"). What is in "base"
// and "settings" is for fool evolve.
const ParameterTable& study_parameters(const std::string& section);

// `file` is for messages and, its stem, for a study without a name; configurations that it names
// lie relative to its folder. Throws Error(kConfig).
Study parse_study(const Json& json, const std::filesystem::path& file);

// Throws Error(kIo) too.
Study read_study(const std::filesystem::path& file);

}  // namespace fool
