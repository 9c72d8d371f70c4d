#include "fool/fetch/fetch.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>

#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/http_server.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using fakes::HttpAnswer;
using fakes::HttpRequest;
using fakes::HttpServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string some_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

// A name that resolvers refuse by themselves: its first part is longer than names may be.
const std::string kNoHost = std::string(70, 'x') + ".invalid";

class FetchFile : public ::testing::Test {
 protected:
  FetchRequest request(std::vector<std::string> urls) const {
    return {std::move(urls),
            {HashKind::kSha256, sha256_hex(body_)},
            static_cast<std::int64_t>(body_.size()),
            destination_,
            ErrorKind::kModel};
  }

  FetchOptions options() {
    FetchOptions result;
    result.connect = std::chrono::milliseconds(2000);
    result.stall = std::chrono::milliseconds(100);
    result.lock_poll = std::chrono::milliseconds(1);
    result.on_event = [this](const std::string& text) { events_.push_back(text); };
    return result;
  }

  fs::path get(const std::vector<std::string>& urls) {
    return fetch_file(request(urls), options());
  }
  std::string failure(const std::vector<std::string>& urls, ErrorKind kind = ErrorKind::kModel) {
    return error_message(kind, [&] { get(urls); });
  }
  void expect_arrived() const {
    EXPECT_TRUE(read_file(destination_) == body_);
    EXPECT_FALSE(fs::exists(part_));
  }
  // A server of the whole file.
  HttpAnswer well(const HttpRequest& request) const { return with_ranges(request, body_); }

  ScratchFolder folder_;
  const std::string body_ = some_bytes(300'000);
  const fs::path destination_ = folder_ / "cache/models/net.pth";
  const fs::path part_ = folder_ / "cache/models/net.pth.part";
  std::vector<std::string> events_;
  ScopedVariable no_proxy_{"no_proxy", "127.0.0.1"};
};

TEST_F(FetchFile, ArrivesWholeAndIsNotFetchedAgain) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  std::int64_t last = 0;
  std::int64_t total = 0;
  FetchOptions watched = options();
  watched.on_progress = [&](const FetchProgress& at) {
    EXPECT_GE(at.done, last);
    last = at.done;
    total = at.total;
  };
  int begun = 0;
  watched.on_begin = [&] { ++begun; };
  EXPECT_EQ(fetch_file(request({server.url("/net.pth")}), watched), destination_);
  expect_arrived();
  EXPECT_EQ(total, 300'000);
  EXPECT_EQ(begun, 1);
  fetch_file(request({server.url("/net.pth")}), watched);
  EXPECT_EQ(begun, 1) << "the file is there";
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests()[0].head, HasSubstr("User-Agent: fool/"));
}

TEST_F(FetchFile, ADamagedFileIsReplaced) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  fs::create_directories(destination_.parent_path());
  write_file(destination_, body_.substr(1) + "x");
  get({server.url("/net.pth")});
  expect_arrived();
}

TEST_F(FetchFile, SizeAndHashNeedNotBeKnown) {
  HttpServer server([&](const HttpRequest&) { return HttpAnswer{200, body_, {}, false}; });
  fetch_file({{server.url("/a")}, {}, 0, destination_, ErrorKind::kData}, options());
  expect_arrived();
}

TEST_F(FetchFile, AnEmptyBodyIsAFileToo) {
  HttpServer server([&](const HttpRequest&) { return HttpAnswer{}; });
  EXPECT_THAT(failure({server.url("/a")}), HasSubstr("sent 0 of 300000 bytes"));
}

TEST_F(FetchFile, ResumesWhatWasCutShort) {
  // The first answer breaks off in the middle, the process is stopped, and another one goes on.
  std::atomic<int> calls{0};
  HttpServer server([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    if (++calls == 1) answer.sent = 100'000;
    return answer;
  });
  FetchOptions once = options();
  once.attempts = 1;
  const std::string message = error_message(
      ErrorKind::kModel, [&] { fetch_file(request({server.url("/net.pth")}), once); });
  EXPECT_THAT(message, AllOf(HasSubstr("cannot download net.pth: " + server.url("/net.pth") +
                                       " the connection broke off"),
                             HasSubstr("100000 bytes are kept in " + part_.string())));
  EXPECT_TRUE(read_file(part_) == body_.substr(0, 100'000));
  EXPECT_FALSE(fs::exists(destination_));

  get({server.url("/net.pth")});
  expect_arrived();
  EXPECT_EQ(server.requests()[1].range_start(), 100'000U);
}

TEST_F(FetchFile, ABrokenConnectionIsTriedAgainAtOnce) {
  std::atomic<int> calls{0};
  HttpServer server([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    if (++calls < 3) answer.sent = 100'000;
    return answer;
  });
  get({server.url("/net.pth")});
  expect_arrived();
  EXPECT_EQ(calls, 3);
}

TEST_F(FetchFile, AServerThatNeverGetsThereIsGivenUp) {
  HttpServer server([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    answer.sent = 10;
    return answer;
  });
  EXPECT_THAT(failure({server.url("/net.pth")}), HasSubstr("30 bytes are kept"));
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(FetchFile, StoppingKeepsWhatHasCome) {
  struct Stopped {};
  HttpServer server([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    answer.sent = 100'000;
    answer.stall = r.range_start() == 0;
    return answer;
  });
  FetchOptions stopping = options();
  stopping.on_progress = [&](const FetchProgress& at) {
    if (at.done >= 100'000) throw Stopped{};
  };
  EXPECT_THROW(fetch_file(request({server.url("/net.pth")}), stopping), Stopped);
  EXPECT_EQ(fs::file_size(part_), 100'000U);
  get({server.url("/net.pth")});
  expect_arrived();
}

TEST_F(FetchFile, AServerWithoutRangesStartsAgain) {
  HttpServer server([&](const HttpRequest&) { return HttpAnswer{200, body_, {}}; });
  fs::create_directories(part_.parent_path());
  write_file(part_, "something that must not stay");
  get({server.url("/net.pth")});
  expect_arrived();
}

TEST_F(FetchFile, AWrongRestIsFetchedWhole) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  fs::create_directories(part_.parent_path());
  for (const std::string& left :
       {std::string(1000, 'x'), body_ + "too long", std::string(body_.size(), 'x')}) {
    fs::remove(destination_);
    write_file(part_, left);
    get({server.url("/net.pth")});
    expect_arrived();
  }
}

TEST_F(FetchFile, AFileThatOnlyLacksItsNameGetsIt) {
  fs::create_directories(part_.parent_path());
  write_file(part_, body_);
  get({"http://127.0.0.1:1/nobody"});
  expect_arrived();
}

TEST_F(FetchFile, ARangeThatTheServerHasNotIsAskedForWhole) {
  // The size is not known, so the finished part file is asked to go on after its end.
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  fs::create_directories(part_.parent_path());
  write_file(part_, body_);
  FetchRequest unsized = request({server.url("/net.pth")});
  unsized.bytes = 0;
  fetch_file(unsized, options());
  expect_arrived();
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(FetchFile, AServerMustSendTheRangeThatWasAskedFor) {
  HttpServer server([&](const HttpRequest&) {
    return HttpAnswer{206, body_.substr(7), {"Content-Range: bytes 7-299999/300000"}};
  });
  fs::create_directories(part_.parent_path());
  write_file(part_, body_.substr(0, 1000));
  EXPECT_THAT(failure({server.url("/net.pth")}), HasSubstr("sends another part of the file"));
}

TEST_F(FetchFile, WrongBytesAreRefusedAndRemoved) {
  std::string wrong = body_;
  wrong[5] ^= 1;
  HttpServer server([&](const HttpRequest& r) { return with_ranges(r, wrong); });
  EXPECT_THAT(failure({server.url("/net.pth")}),
              AllOf(HasSubstr(server.url("/net.pth") + " gives another file: expected sha256 " +
                              sha256_hex(body_) + ", seen " + sha256_hex(wrong)),
                    Not(HasSubstr("kept"))));
  EXPECT_FALSE(fs::exists(destination_));
  EXPECT_FALSE(fs::exists(part_));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FetchFile, PartOfAHashIsCompared) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  FetchRequest known = request({server.url("/net.pth")});
  known.digest.hex = "00000000";
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { fetch_file(known, options()); }),
              HasSubstr("expected sha256 beginning with 00000000, seen " + sha256_hex(body_)));
  known.digest.hex = sha256_hex(body_).substr(0, 8);
  fetch_file(known, options());
  expect_arrived();
}

TEST_F(FetchFile, MirrorsAreTriedInOrder) {
  HttpServer missing([](const HttpRequest&) { return HttpAnswer{404, "not here", {}}; });
  std::string wrong = body_;
  wrong[5] ^= 1;
  HttpServer lying([&](const HttpRequest& r) { return with_ranges(r, wrong); });
  HttpServer good([&](const HttpRequest& r) { return well(r); });
  get({missing.url("/1"), lying.url("/2"), good.url("/3")});
  expect_arrived();
  ASSERT_EQ(events_.size(), 2U);
  EXPECT_THAT(events_[0], HasSubstr("answers HTTP 404 (not there); trying 127.0.0.1:"));
  EXPECT_THAT(events_[1], HasSubstr("gives another file"));
}

TEST_F(FetchFile, TheNextMirrorGoesOnWhereTheFirstBrokeOff) {
  HttpServer broken([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    answer.sent = r.range_start() == 0 ? 100'000 : 0;
    return answer;
  });
  HttpServer good([&](const HttpRequest& r) { return well(r); });
  get({broken.url("/1"), good.url("/2")});
  expect_arrived();
  EXPECT_EQ(good.requests()[0].range_start(), 100'000U);
}

TEST_F(FetchFile, EveryMirrorsProblemIsNamed) {
  HttpServer server([](const HttpRequest& r) {
    return HttpAnswer{r.path == "/1" ? 404 : r.path == "/2" ? 403 : 503, "", {}};
  });
  EXPECT_THAT(failure({server.url("/1"), server.url("/2"), server.url("/3")}),
              AllOf(HasSubstr(server.url("/1") + " answers HTTP 404 (not there); "),
                    HasSubstr(server.url("/2") + " answers HTTP 403 (forbidden); "),
                    HasSubstr(server.url("/3") + " answers HTTP 503 (the server is in trouble"),
                    Not(HasSubstr("\n"))));
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(FetchFile, RedirectsAreFollowedUpToALimit) {
  HttpServer server([&](const HttpRequest& r) {
    if (r.path == "/net.pth") return well(r);
    const std::string to = r.path == "/old" ? "/net.pth" : "/round";
    return HttpAnswer{302, "moved", {"Location: " + to}};
  });
  EXPECT_THAT(failure({server.url("/round")}), HasSubstr("redirects over 8 times"));
  get({server.url("/old")});
  expect_arrived();
}

TEST_F(FetchFile, NothingButTheWebIsAsked) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "/etc/passwd"}) {
    EXPECT_THAT(failure({url}), HasSubstr("expected an address that begins with http://"));
  }
  HttpServer server([](const HttpRequest&) {
    return HttpAnswer{302, "", {"Location: file:///etc/passwd"}};
  });
  EXPECT_THAT(failure({server.url("/x")}), HasSubstr("not taken from there"));
  EXPECT_THAT(failure({}), HasSubstr("no address is known from which net.pth (sha256"));
}

TEST_F(FetchFile, AnotherSizeIsRefusedBeforeItComes) {
  HttpServer server([&](const HttpRequest&) { return HttpAnswer{200, std::string(10, 'x'), {}}; });
  EXPECT_THAT(failure({server.url("/x")}), HasSubstr("offers 10 bytes where 300000 were expected"));
}

TEST_F(FetchFile, AServerThatSendsTooMuchIsCutOff) {
  HttpServer server([&](const HttpRequest&) { return HttpAnswer{200, body_ + body_, {}, false}; });
  EXPECT_THAT(failure({server.url("/x")}), HasSubstr("sends more than 300000 bytes"));
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(FetchFile, ABodyWithoutALengthMayStillBeTooShort) {
  HttpServer server([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    answer.length = false;
    answer.sent = r.range_start() == 0 ? 100'000 : std::string::npos;
    return answer;
  });
  get({server.url("/net.pth")});
  expect_arrived();
}

TEST_F(FetchFile, AStalledServerIsGivenUp) {
  HttpServer stalled([&](const HttpRequest& r) {
    HttpAnswer answer = well(r);
    answer.sent = r.range_start() == 0 ? 1000 : 0;
    answer.stall = true;
    return answer;
  });
  EXPECT_THAT(failure({stalled.url("/x")}), HasSubstr("sent nothing for 100 ms"));
  HttpServer good([&](const HttpRequest& r) { return well(r); });
  get({stalled.url("/x"), good.url("/x")});
  expect_arrived();
  EXPECT_EQ(good.requests()[0].range_start(), 1000U);
}

TEST_F(FetchFile, SaysWhenThereIsNoNetwork) {
  EXPECT_THAT(failure({"http://127.0.0.1:1/x"}),
              AllOf(HasSubstr("no connection"), HasSubstr("set https_proxy")));
  EXPECT_THAT(failure({"http://" + kNoHost + "/x"}),
              AllOf(HasSubstr("a name that cannot be resolved"), HasSubstr("set https_proxy")));
  HttpServer plain([](const HttpRequest&) { return HttpAnswer{}; });
  std::string secure = plain.url("/x");
  secure.replace(0, 4, "https");
  EXPECT_THAT(failure({secure}),
              AllOf(HasSubstr("no secure connection"), HasSubstr("SSL_CERT_FILE")));
}

TEST_F(FetchFile, AProxyMayRefuseOrNotBeThere) {
  const ScopedVariable everywhere("no_proxy", "");
  HttpServer refusing([](const HttpRequest&) { return HttpAnswer{403, "", {}}; });
  {
    const ScopedVariable proxy("https_proxy", refusing.url(""));
    EXPECT_THAT(failure({"https://files.invalid/x"}),
                HasSubstr("the proxy in https_proxy refuses to connect (HTTP 403)"));
  }
  const ScopedVariable proxy("https_proxy", "http://" + kNoHost + ":3128");
  EXPECT_THAT(failure({"https://files.invalid/x"}), HasSubstr("the name of the proxy"));
}

TEST_F(FetchFile, GoesThroughAProxy) {
  HttpServer proxy([&](const HttpRequest& r) { return well(r); });
  const ScopedVariable everywhere("no_proxy", "");
  const ScopedVariable variable("http_proxy", proxy.url(""));
  get({"http://files.invalid/net.pth"});
  expect_arrived();
  EXPECT_EQ(proxy.requests()[0].path, "http://files.invalid/net.pth");
}

TEST_F(FetchFile, OfflineTouchesNoNetwork) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  FetchOptions offline = options();
  offline.offline = true;
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] { fetch_file(request({server.url("/net.pth")}), offline); }),
              AllOf(HasSubstr("net.pth (sha256 " + sha256_hex(body_) + ") is not here"),
                    HasSubstr("put it by hand at " + destination_.string()),
                    HasSubstr("it comes from " + server.url("/net.pth"))));
  EXPECT_THAT(server.requests(), IsEmpty());
  get({server.url("/net.pth")});
  fetch_file(request({server.url("/net.pth")}), offline);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FetchFile, TwoAtOnceDownloadOnce) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  std::atomic<bool> waited{false};
  const auto one = [&] {
    FetchOptions mine;
    mine.lock_poll = std::chrono::milliseconds(1);
    mine.on_event = [&](const std::string& text) {
      EXPECT_THAT(text, HasSubstr("another process is downloading net.pth"));
      waited = true;
    };
    // The first holds the lock until the second has noticed.
    mine.on_progress = [&](const FetchProgress&) {
      while (!waited) std::this_thread::yield();
    };
    EXPECT_EQ(fetch_file(request({server.url("/net.pth")}), mine), destination_);
  };
  std::thread other(one);
  one();
  other.join();
  expect_arrived();
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FetchFile, AFolderThatCannotBeWrittenIsNamed) {
  write_file(folder_ / "cache", "in the way");
  EXPECT_THAT(failure({"http://127.0.0.1:1/x"}, ErrorKind::kIo),
              HasSubstr("cannot make " + destination_.parent_path().string()));
  fs::remove(folder_ / "cache");
  fs::create_directories(part_);
  EXPECT_THAT(failure({"http://127.0.0.1:1/x"}, ErrorKind::kIo),
              HasSubstr("cannot write " + part_.string()));
}

TEST_F(FetchFile, AFullDiskIsNoFaultOfTheServer) {
  HttpServer server([&](const HttpRequest& r) { return well(r); });
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 100'000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = failure({server.url("/1"), server.url("/2")}, ErrorKind::kIo);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr("cannot write " + part_.string() + ": File too large"));
  EXPECT_EQ(server.requests().size(), 1U);
  get({server.url("/1")});  // there is room again
  expect_arrived();
}

TEST(OfflineWanted, FollowsTheVariable) {
  for (const auto& [value, wanted] :
       {std::pair{"", false}, std::pair{"0", false}, std::pair{"1", true}}) {
    const ScopedVariable variable("FOOL_OFFLINE", value);
    EXPECT_EQ(offline_wanted(), wanted) << value;
  }
}

TEST(HostOf, IsWhatFollowsTheScheme) {
  EXPECT_EQ(host_of("https://download.pytorch.org/models/a.pth"), "download.pytorch.org");
  EXPECT_EQ(host_of("http://127.0.0.1:80?x"), "127.0.0.1:80");
  EXPECT_EQ(host_of("nonsense"), "nonsense");
}

}  // namespace
}  // namespace fool
