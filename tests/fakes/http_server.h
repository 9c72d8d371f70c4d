// A web server on 127.0.0.1 that does what a test tells it to, bad manners included.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fool::fakes {

struct HttpRequest {
  std::string path;
  std::string head;  // all of it

  // The first byte that is asked for, 0 without a Range.
  std::size_t range_start() const {
    const std::size_t at = head.find("Range: bytes=");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 13));
  }
};

struct HttpAnswer {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;      // complete lines
  bool length = true;                    // say how long the body is
  std::size_t sent = std::string::npos;  // bytes of the body that are really sent
  bool stall = false;                    // then keep the connection open and send nothing
};

// The body, or the part that was asked for.
inline HttpAnswer with_ranges(const HttpRequest& request, const std::string& body) {
  const std::size_t start = request.range_start();
  if (start == 0) return {200, body, {}};
  if (start >= body.size()) return {416, "", {}};
  return {206,
          body.substr(start),
          {"Content-Range: bytes " + std::to_string(start) + "-" + std::to_string(body.size() - 1) +
           "/" + std::to_string(body.size())}};
}

class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("no server on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~HttpServer() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    for (std::thread& thread : threads_) thread.join();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  // All that was asked for so far.
  std::vector<HttpRequest> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      threads_.emplace_back([this, connection] {
        serve(connection);
        ::close(connection);
      });
    }
  }

  void serve(int connection) {
    HttpRequest request;
    char buffer[4096];
    while (request.head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(connection, buffer, sizeof(buffer), 0);
      if (got <= 0) return;
      request.head.append(buffer, static_cast<std::size_t>(got));
      if (request.head[0] < 'A' || request.head[0] > 'Z') return;  // TLS, for one
    }
    const std::size_t begin = request.head.find(' ') + 1;
    request.path = request.head.substr(begin, request.head.find(' ', begin) - begin);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
    }
    const HttpAnswer answer = handler_(request);
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
    if (answer.length) text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    for (const std::string& line : answer.headers) text += line + "\r\n";
    text += "Connection: close\r\n\r\n" + answer.body.substr(0, answer.sent);
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t put = ::send(connection, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (put <= 0) return;
      at += static_cast<std::size_t>(put);
    }
    if (answer.stall) {
      std::unique_lock<std::mutex> lock(mutex_);
      stop_.wait(lock, [this] { return stopping_; });
    }
    ::shutdown(connection, SHUT_WR);
  }

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::vector<HttpRequest> requests_;
};

}  // namespace fool::fakes
