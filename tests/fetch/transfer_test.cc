#include "fetch/transfer.h"

#include <gmock/gmock.h>

#include "fakes/environment.h"
#include "fakes/http_server.h"

namespace fool {
namespace {

using fakes::HttpAnswer;
using fakes::HttpRequest;
using fakes::HttpServer;
using ::testing::HasSubstr;

class Kept : public Sink {
 public:
  void begin(std::int64_t offset, std::int64_t total) override {
    if (!unfit.empty()) throw ServerUnfit{unfit};
    begun = offset;
    announced = total;
  }
  void write(std::string_view bytes) override { body += bytes; }

  std::int64_t begun = -1;
  std::int64_t announced = -1;
  std::string body;
  std::string unfit;
};

class Transfer : public ::testing::Test {
 protected:
  TransferResult get(const std::string& url, std::int64_t offset = 0) {
    return transfer(url, offset, limits_, sink_, [] {});
  }

  TransferLimits limits_{std::chrono::milliseconds(2000), std::chrono::milliseconds(100), 2};
  Kept sink_;
  ScopedVariable no_proxy_{"no_proxy", "127.0.0.1"};
};

TEST_F(Transfer, TellsTheSinkWhereTheBodyBegins) {
  HttpServer server([](const HttpRequest& r) { return with_ranges(r, "0123456789"); });
  EXPECT_EQ(get(server.url("/")).end, TransferEnd::kDone);
  EXPECT_EQ(sink_.begun, 0);
  EXPECT_EQ(sink_.announced, 10);
  EXPECT_EQ(sink_.body, "0123456789");

  sink_ = Kept();
  EXPECT_EQ(get(server.url("/"), 7).end, TransferEnd::kDone);
  EXPECT_EQ(sink_.begun, 7);
  EXPECT_EQ(sink_.announced, 10);
  EXPECT_EQ(sink_.body, "789");

  EXPECT_EQ(get(server.url("/"), 10).end, TransferEnd::kRangeRefused);
}

TEST_F(Transfer, AnIgnoredRangeBeginsAtTheFront) {
  HttpServer server([](const HttpRequest&) { return HttpAnswer{200, "0123456789", {}, false}; });
  EXPECT_EQ(get(server.url("/"), 7).end, TransferEnd::kDone);
  EXPECT_EQ(sink_.begun, 0);
  EXPECT_EQ(sink_.announced, 0);  // the server did not say
}

TEST_F(Transfer, AnEmptyBodyBeginsToo) {
  HttpServer server([](const HttpRequest&) { return HttpAnswer{}; });
  EXPECT_EQ(get(server.url("/")).end, TransferEnd::kDone);
  EXPECT_EQ(sink_.begun, 0);
}

TEST_F(Transfer, TheRangeOfARedirectDoesNotCount) {
  HttpServer server([](const HttpRequest& r) {
    if (r.path == "/new") return HttpAnswer{206, "89", {"Content-Range: bytes 8-9/10"}};
    return HttpAnswer{302, "", {"Location: /new", "Content-Range: bytes 1-9/10"}};
  });
  EXPECT_EQ(get(server.url("/old"), 8).end, TransferEnd::kDone);
  EXPECT_EQ(sink_.begun, 8);
}

TEST_F(Transfer, WhatTheSinkThrowsComesOut) {
  HttpServer server([](const HttpRequest&) { return HttpAnswer{200, "body", {}}; });
  sink_.unfit = "has four bytes";
  const TransferResult unfit = get(server.url("/"));
  EXPECT_EQ(unfit.end, TransferEnd::kRefused);
  EXPECT_EQ(unfit.problem, "has four bytes");

  class Full : public Sink {
    void begin(std::int64_t, std::int64_t) override {}
    void write(std::string_view) override { throw std::runtime_error("full"); }
  } full;
  EXPECT_THROW(transfer(server.url("/"), 0, limits_, full, [] {}), std::runtime_error);
  EXPECT_THROW(transfer(server.url("/"), 0, limits_, sink_, [] { throw 7; }), int);
}

TEST_F(Transfer, NamesWhatWentWrong) {
  HttpServer server([](const HttpRequest& r) {
    if (r.path == "/cut") return HttpAnswer{200, "0123456789", {}, true, 3};
    if (r.path == "/stall") return HttpAnswer{200, "0123456789", {}, true, 3, true};
    if (r.path == "/round") return HttpAnswer{302, "", {"Location: /round"}};
    return HttpAnswer{r.path == "/429" ? 429 : 407, "an explanation in HTML", {}};
  });
  const TransferResult cut = get(server.url("/cut"));
  EXPECT_EQ(cut.end, TransferEnd::kBroken);
  EXPECT_THAT(cut.problem, HasSubstr("the connection broke off"));
  EXPECT_EQ(sink_.body, "012");
  const TransferResult stall = get(server.url("/stall"));
  EXPECT_EQ(stall.end, TransferEnd::kBroken);
  EXPECT_EQ(stall.problem, "sent nothing for 100 ms");
  EXPECT_EQ(get(server.url("/round")).problem, "redirects over 2 times");
  EXPECT_EQ(get(server.url("/429")).problem, "answers HTTP 429 (too many requests: try later)");
  EXPECT_THAT(get(server.url("/407")).problem, HasSubstr("the proxy wants a user name"));
}

}  // namespace
}  // namespace fool
