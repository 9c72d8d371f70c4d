// One GET request, through libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace fool {

// What the body of an answer is given to. Both may throw; ServerUnfit turns into a problem of this
// server, any other exception ends the transfer and is rethrown.
class Sink {
 public:
  virtual ~Sink() = default;
  // The body begins at this byte of the file (0 where the server ignored that less was asked for);
  // total: the file's bytes, or 0 if the server does not say.
  virtual void begin(std::int64_t offset, std::int64_t total) = 0;
  virtual void write(std::string_view bytes) = 0;
};

struct ServerUnfit {
  std::string problem;
};

struct TransferLimits {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds stall;
  int redirects;
};

enum class TransferEnd {
  kDone,
  kBroken,        // after some bytes, perhaps: worth another attempt
  kRangeRefused,  // the file has no such byte as was asked for
  kRefused,
};

struct TransferResult {
  TransferEnd end = TransferEnd::kDone;
  std::string problem;  // in words; empty if done
};

// Asks for the file from byte `offset` on. `tick` is called several times a second and may throw.
TransferResult transfer(const std::string& url, std::int64_t offset, const TransferLimits& limits,
                        Sink& sink, const std::function<void()>& tick);

}  // namespace fool
