#include "fool/fetch/fetch.h"

#include <cstdlib>
#include <system_error>
#include <thread>

#include "fetch/part_file.h"
#include "fetch/transfer.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// What no file that is fetched has, against a server that never ends.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 36;

// Appends to the part file what a server sends, if it can be the file.
class PartSink : public Sink {
 public:
  PartSink(PartFile& part, std::int64_t bytes) : part_(part), bytes_(bytes) {}

  std::int64_t total() const { return total_; }

  void begin(std::int64_t offset, std::int64_t total) override {
    if (bytes_ > 0 && total > 0 && total != bytes_) {
      throw ServerUnfit{fmt::format("offers {} bytes where {} were expected", total, bytes_)};
    }
    if (offset == 0) part_.clear();
    if (total > 0) total_ = total;
  }

  void write(std::string_view bytes) override {
    const std::int64_t most = bytes_ > 0 ? bytes_ : kMostBytes;
    if (static_cast<std::int64_t>(bytes.size()) > most - part_.size()) {
      part_.clear();
      throw ServerUnfit{fmt::format("sends more than {} bytes", most)};
    }
    part_.append(bytes);
  }

 private:
  PartFile& part_;
  std::int64_t bytes_;
  std::int64_t total_ = 0;
};

class Fetch {
 public:
  Fetch(const FetchRequest& request, const FetchOptions& options)
      : request_(request), options_(options) {}

  fs::path run() {
    if (complete(request_.destination)) return request_.destination;
    check();
    make_folder();
    PartFile part(
        request_.destination, [this] { wait(); },
        [this] { return complete(request_.destination); });
    if (!part.held() || complete(request_.destination)) return request_.destination;
    if (request_.bytes > 0 && part.size() > request_.bytes) part.clear();
    if (request_.bytes > 0 && part.size() == request_.bytes && verified(part).empty()) {
      part.publish();
      return request_.destination;
    }
    get(part);
    return request_.destination;
  }

 private:
  std::string name() const { return request_.destination.filename().string(); }

  bool complete(const fs::path& path) const {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return false;
    if (request_.bytes > 0 &&
        fs::file_size(path, error) != static_cast<std::uintmax_t>(request_.bytes)) {
      return false;
    }
    return !request_.digest.known() ||
           request_.digest.matches(hash_file(path, request_.digest.kind));
  }

  void check() const {
    for (const std::string& url : request_.urls) {
      if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) {
        fail(request_.error, "{}: expected an address that begins with http:// or https://", url);
      }
    }
    if (request_.urls.empty()) {
      fail(request_.error, "no address is known from which {} ({}) could be downloaded", name(),
           request_.digest.text());
    }
    if (options_.offline) {
      fail(request_.error,
           "{} ({}) is not here, and --offline or FOOL_OFFLINE forbids to download it; put it by "
           "hand at {}; it comes from {}",
           name(), request_.digest.text(), request_.destination.string(), request_.urls.front());
    }
  }

  void make_folder() const {
    std::error_code error;
    const fs::path folder = request_.destination.parent_path();
    if (!folder.empty()) fs::create_directories(folder, error);
    if (error) fail(ErrorKind::kIo, "cannot make {}: {}", folder.string(), error.message());
  }

  void wait() {
    if (!waiting_) say(fmt::format("another process is downloading {}: waiting for it", name()));
    waiting_ = true;
    if (options_.on_progress) options_.on_progress({0, request_.bytes});
    std::this_thread::sleep_for(options_.lock_poll);
  }

  void say(const std::string& text) const {
    if (options_.on_event) options_.on_event(text);
  }

  // Empty if the part file is the whole file; otherwise what is wrong, and the file is cleared.
  std::string verified(PartFile& part) const {
    if (request_.bytes > 0 && part.size() != request_.bytes) {
      return fmt::format("sent {} of {} bytes", part.size(), request_.bytes);
    }
    if (!request_.digest.known()) return "";
    const std::string seen = hash_file(part.path(), request_.digest.kind);
    if (request_.digest.matches(seen)) return "";
    part.clear();
    return fmt::format("gives another file: expected {}, seen {}", request_.digest.text(), seen);
  }

  void get(PartFile& part) {
    if (options_.on_begin) options_.on_begin();
    std::vector<std::string> problems;
    for (const std::string& url : request_.urls) {
      const std::string problem = get_from(url, part);
      if (problem.empty()) return part.publish();
      problems.push_back(fmt::format("{} {}", url, problem));
      if (problems.size() < request_.urls.size()) {
        say(fmt::format("{} {}; trying {}", host_of(url), problem,
                        host_of(request_.urls[problems.size()])));
      }
    }
    fail(request_.error, "cannot download {}: {}{}", name(), fmt::join(problems, "; "),
         part.size() == 0 ? ""
                          : fmt::format("; {} bytes are kept in {} for the next attempt",
                                        part.size(), part.path().string()));
  }

  // Empty, or what is wrong with this mirror.
  std::string get_from(const std::string& url, PartFile& part) const {
    std::string problem;
    for (int attempt = 0; attempt < options_.attempts; ++attempt) {
      const std::int64_t before = part.size();
      const TransferResult result = get_once(url, part);
      problem = result.problem;
      if (result.end == TransferEnd::kDone) problem = verified(part);
      if (problem.empty()) return "";
      const bool grew = part.size() > before;
      // What an earlier attempt left may be the wrong part: then the file is asked for as a whole.
      const bool leftover_was_wrong = before > 0 && part.size() == 0;
      if (result.end == TransferEnd::kRangeRefused) {
        part.clear();
      } else if (result.end == TransferEnd::kRefused || !(grew || leftover_was_wrong)) {
        break;
      }
    }
    return problem;
  }

  TransferResult get_once(const std::string& url, PartFile& part) const {
    PartSink sink(part, request_.bytes);
    const TransferLimits limits{options_.connect, options_.stall, options_.redirects};
    const auto tick = [&] {
      if (!options_.on_progress) return;
      options_.on_progress({part.size(), request_.bytes > 0 ? request_.bytes : sink.total()});
    };
    return transfer(url, part.size(), limits, sink, tick);
  }

  const FetchRequest& request_;
  const FetchOptions& options_;
  bool waiting_ = false;
};

}  // namespace

bool offline_wanted() {
  const char* value = std::getenv("FOOL_OFFLINE");
  return value != nullptr && *value != '\0' && std::string(value) != "0";
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(begin, url.find_first_of("/?#", begin) - begin);
}

fs::path fetch_file(const FetchRequest& request, const FetchOptions& options) {
  return Fetch(request, options).run();
}

}  // namespace fool
