#include "fetch/transfer.h"

#include <curl/curl.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "fool/core/error.h"
#include "fool/core/version.h"
#include "fool/fetch/fetch.h"

namespace fool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kNoNetwork = "no network, or a proxy is needed: set https_proxy";

void initialise() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) fail(ErrorKind::kInternal, "libcurl: {}", curl_easy_strerror(code));
}

// The state of one request, which libcurl's callbacks are handed.
struct Request {
  CURL* easy;
  Sink& sink;
  std::int64_t offset;
  std::string content_range;     // of the last answer
  bool begun = false;            // the sink knows where it begins
  std::exception_ptr exception;  // from the sink; libcurl is C and cannot carry it
  Clock::time_point last_byte = Clock::now();

  long status() const {
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

  void begin() {
    if (begun) return;
    begun = true;
    curl_off_t length = -1;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    std::int64_t start = 0;
    if (status() == 206) {
      start = range_start();
      if (start != offset) throw ServerUnfit{"sends another part of the file than was asked for"};
    }
    sink.begin(start, length < 0 ? 0 : start + length);
  }

  // "bytes 100-199/200" -> 100
  std::int64_t range_start() const {
    const std::size_t blank = content_range.find_first_of("0123456789");
    return blank == std::string::npos ? -1 : std::atoll(content_range.c_str() + blank);
  }

  // Runs what may throw between libcurl's frames.
  template <typename Action>
  bool guard(Action&& action) {
    try {
      action();
      return true;
    } catch (...) {
      exception = std::current_exception();
      return false;
    }
  }
};

std::size_t on_header(char* data, std::size_t, std::size_t size, void* pointer) {
  auto& request = *static_cast<Request*>(pointer);
  constexpr std::string_view kName = "content-range:";
  const std::string_view line(data, size);
  if (line.rfind("HTTP/", 0) == 0) request.content_range.clear();  // an answer after a redirect
  if (size > kName.size() && ::strncasecmp(data, kName.data(), kName.size()) == 0) {
    request.content_range = line.substr(kName.size());
  }
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* pointer) {
  auto& request = *static_cast<Request*>(pointer);
  request.last_byte = Clock::now();
  const bool taken = request.guard([&] {
    request.begin();
    request.sink.write({data, size});
  });
  return taken ? size : 0;
}

std::string http_problem(long status) {
  const char* meaning = status == 403   ? " (forbidden)"
                        : status == 404 ? " (not there)"
                        : status == 407 ? " (the proxy wants a user name and a password)"
                        : status == 429 ? " (too many requests: try later)"
                        : status >= 500 ? " (the server is in trouble: try later)"
                                        : "";
  return fmt::format("answers HTTP {}{}", status, meaning);
}

// What libcurl's result means for the user.
TransferResult judge(CURLcode code, const Request& request, const TransferLimits& limits,
                     const char* details) {
  long proxy_status = 0;
  curl_easy_getinfo(request.easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (code != CURLE_OK && proxy_status >= 400) {
    return {TransferEnd::kRefused,
            fmt::format("the proxy in https_proxy refuses to connect (HTTP {})", proxy_status)};
  }
  const char* reason = *details != '\0' ? details : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      return {};
    case CURLE_HTTP_RETURNED_ERROR:
      if (request.status() == 416) return {TransferEnd::kRangeRefused, http_problem(416)};
      return {TransferEnd::kRefused, http_problem(request.status())};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {TransferEnd::kRefused,
              fmt::format("has a name that cannot be resolved: {}", kNoNetwork)};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {TransferEnd::kRefused, "the name of the proxy in https_proxy cannot be resolved"};
    case CURLE_COULDNT_CONNECT:
      return {TransferEnd::kRefused,
              fmt::format("gives no connection ({}): {}", reason, kNoNetwork)};
    case CURLE_OPERATION_TIMEDOUT:
      return {TransferEnd::kRefused, fmt::format("gives no connection within {} ms: {}",
                                                 limits.connect.count(), kNoNetwork)};
    case CURLE_TOO_MANY_REDIRECTS:
      return {TransferEnd::kRefused, fmt::format("redirects over {} times", limits.redirects)};
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {TransferEnd::kRefused, "leads to an address that is not taken from there"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return {TransferEnd::kRefused,
              fmt::format("no secure connection ({}): is the clock right? Certificates of a proxy "
                          "are named in SSL_CERT_FILE",
                          reason)};
    default:
      return {TransferEnd::kBroken, fmt::format("the connection broke off ({})", reason)};
  }
}

class Easy {
 public:
  Easy() : easy_(curl_easy_init()), multi_(curl_multi_init()) {
    if (easy_ == nullptr || multi_ == nullptr) throw std::bad_alloc();
  }
  ~Easy() {
    curl_multi_remove_handle(multi_, easy_);
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }
  Easy(const Easy&) = delete;
  Easy& operator=(const Easy&) = delete;

  CURL* get() const { return easy_; }

  // One round of work; false when the transfer has ended.
  bool advance() {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) return false;
    if (running == 0) return false;
    curl_multi_poll(multi_, nullptr, 0, 20, nullptr);
    return true;
  }

  void start() { curl_multi_add_handle(multi_, easy_); }

  CURLcode result() const {
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    return message == nullptr ? CURLE_RECV_ERROR : message->data.result;
  }

 private:
  CURL* easy_;
  CURLM* multi_;
};

void set_options(CURL* easy, const std::string& url, std::int64_t offset,
                 const TransferLimits& limits, Request& request, char* details) {
  const bool secure = url.rfind("https://", 0) == 0;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(limits.redirects));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, (std::string("fool/") + kVersion).c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &request);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &request);
  if (offset > 0) {
    curl_easy_setopt(easy, CURLOPT_RANGE, fmt::format("{}-", offset).c_str());
  }
  const char* certificates = std::getenv("SSL_CERT_FILE");
  if (certificates != nullptr && *certificates != '\0') {
    curl_easy_setopt(easy, CURLOPT_CAINFO, certificates);
  }
}

}  // namespace

TransferResult transfer(const std::string& url, std::int64_t offset, const TransferLimits& limits,
                        Sink& sink, const std::function<void()>& tick) {
  initialise();
  Easy easy;
  std::array<char, CURL_ERROR_SIZE> details{};
  Request request{easy.get(), sink, offset, "", false, nullptr};
  set_options(easy.get(), url, offset, limits, request, details.data());
  easy.start();
  while (easy.advance()) {
    tick();
    curl_off_t ready = 0;  // microseconds until the request could be sent
    curl_easy_getinfo(easy.get(), CURLINFO_PRETRANSFER_TIME_T, &ready);
    if (ready == 0) request.last_byte = Clock::now();
    if (Clock::now() - request.last_byte > limits.stall) {
      return {TransferEnd::kBroken, fmt::format("sent nothing for {} ms", limits.stall.count())};
    }
  }
  const CURLcode code = easy.result();
  try {
    if (request.exception) std::rethrow_exception(request.exception);
    if (code == CURLE_OK) request.begin();  // an empty body
  } catch (const ServerUnfit& unfit) {
    return {TransferEnd::kRefused, unfit.problem};
  }
  return judge(code, request, limits, details.data());
}

}  // namespace fool
