// Files from the network: whole and checked, or not there. A download that was cut short stays
// beside its destination as NAME.part and is continued by the next one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/digest.h"
#include "fool/core/error.h"

namespace fool {

struct FetchRequest {
  std::vector<std::string> urls;  // mirrors of the same bytes, http or https, in the order to try
  Digest digest;                  // what the bytes must match; unknown: not compared
  std::int64_t bytes = 0;         // their number; 0: not known
  std::filesystem::path destination;
  ErrorKind error = ErrorKind::kIo;  // of what cannot be had from anywhere
};

struct FetchProgress {
  std::int64_t done = 0;   // bytes, with those of earlier attempts
  std::int64_t total = 0;  // 0: not known
};

struct FetchOptions {
  bool offline = false;                       // fail rather than touch the network
  std::chrono::milliseconds connect{20'000};  // to reach a server
  std::chrono::milliseconds stall{30'000};    // without a byte before a server is given up
  std::chrono::milliseconds lock_poll{50};    // between looks whether another process is done
  int redirects = 8;                          // followed per address
  int attempts = 3;                           // per address, as long as each brings new bytes
  // Called before the network is used, so not where the file is there already.
  std::function<void()> on_begin;
  // Called several times a second from this thread; may throw, which ends the download and keeps
  // what has come.
  std::function<void(const FetchProgress&)> on_progress;
  // What a person may like to know: which server failed, that another process is waited for.
  std::function<void(const std::string&)> on_event;
};

// Whether FOOL_OFFLINE asks for no network: set, and neither empty nor 0.
bool offline_wanted();

// The host of an address, for messages.
std::string host_of(const std::string& url);

// Gets the file unless it is at the destination already, and returns the destination. The folder
// is made. Throws Error: request.error, in one line that names the file and says for every mirror
// what was wrong; kIo if the file cannot be written.
std::filesystem::path fetch_file(const FetchRequest& request, const FetchOptions& options = {});

}  // namespace fool
