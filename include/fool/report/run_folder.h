// A run's folder: made or opened for one process at a time, with run.json, which says what was run,
// with what and on what. Everything else in it is written by reporters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/version.h"

namespace fool {

// The contents of run.json.
struct RunRecord {
  std::string version = kVersion;
  std::vector<std::string> command;  // as typed: argv
  std::string started;               // ISO 8601, UTC
  Json host = Json::object();
  std::string model;           // its name
  std::filesystem::path card;  // of the model
  std::string weights_sha256;  // empty: not known
  Json fingerprint;            // what can change the last bits of the result
  Json config;                 // resolved
  // Tables, images and checkpoint are of the same generation: not while the run goes on, nor after
  // it was killed.
  bool ended = false;
};

// An exclusive lock on a folder; no other process of this machine can open it as long as this
// exists.
class RunFolder {
 public:
  // A new run. The folder is made if it is not there. Throws Error(kIo) if it holds a run, cannot
  // be written, or another process writes it.
  static RunFolder create(const std::filesystem::path& path);

  // A run to be continued; removes half-written files that a killed process left. Throws Error(kIo)
  // if there is no run, if it cannot be written, or another process writes it.
  static RunFolder resume(const std::filesystem::path& path);

  RunFolder(RunFolder&&) noexcept;
  RunFolder& operator=(RunFolder&&) noexcept;
  ~RunFolder();

  const std::filesystem::path& path() const { return path_; }

  void write_record(const RunRecord& record) const;  // throws Error(kIo)

 private:
  class Lock;
  explicit RunFolder(const std::filesystem::path& path);

  std::filesystem::path path_;
  std::unique_ptr<Lock> lock_;
};

// For a command whose results shall not mix with a run's. Throws Error(kIo) if the folder holds
// one.
void require_no_run(const std::filesystem::path& folder);

// Reads run.json; needs no lock. Throws Error(kIo) if the folder holds no run, Error(kData) if
// run.json is damaged.
RunRecord read_run_record(const std::filesystem::path& folder);

// ROOT/part-part-...-seedN with characters fit for file names; with -2, -3, ... behind it where
// that is taken.
std::filesystem::path default_run_folder(const std::filesystem::path& root,
                                         const std::vector<std::string>& parts, std::uint64_t seed);

// The letters, digits, '.', '-' and '_' of a text, and one '_' for whatever is between them.
std::string file_safe(const std::string& text);

// Processor, number of cores, system: what a reader of a figure wants to know of the machine.
Json host_facts();

std::string utc_now();  // 2015-06-07T08:09:10Z

}  // namespace fool
