#include "app/download.h"

#include <gmock/gmock.h>

#include <csignal>
#include <sstream>

#include "app/interrupt.h"
#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/http_server.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Download : public testing::Test {
 protected:
  FetchRequest request(const std::vector<std::string>& urls) const {
    return {urls, {HashKind::kSha256, sha256_hex(body_)}, 0, folder_ / "file", ErrorKind::kModel};
  }

  const std::string body_ = std::string(200'000, 'x');
  const ScratchFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_{out_, err_, {}};
  DownloadFlags flags_{false, "json"};
};

TEST_F(Download, IsAnnouncedAndShown) {
  const fakes::HttpServer server([&](const auto&) { return fakes::HttpAnswer{200, body_, {}}; });
  EXPECT_EQ(download(request({server.url("/a")}), flags_, console_), folder_ / "file");
  EXPECT_EQ(read_file(folder_ / "file"), body_);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("fool: fetching file, of unknown size, from 127.0.0.1:"),
                                HasSubstr(" into " + folder_.path().string() + "\n"),
                                HasSubstr("\"task\":\"file\""), HasSubstr("\"finished\":true")));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(Download, WhatIsThereIsNoNews) {
  write_file(folder_ / "file", body_);
  download(request({"http://127.0.0.1:1/a"}), flags_, console_);
  EXPECT_EQ(err_.str(), "");
}

TEST_F(Download, SaysWhenItGoesToAnotherMirror) {
  const fakes::HttpServer server([&](const fakes::HttpRequest& asked) {
    return asked.path == "/bad" ? fakes::HttpAnswer{404, "", {}}
                                : fakes::HttpAnswer{200, body_, {}};
  });
  download(request({server.url("/bad"), server.url("/good")}), flags_, console_);
  EXPECT_THAT(err_.str(), HasSubstr("; trying 127.0.0.1"));
}

TEST_F(Download, OfflineNothingIsAnnounced) {
  flags_.offline = true;
  error_message(ErrorKind::kModel,
                [&] { download(request({"http://127.0.0.1:1/a"}), flags_, console_); });
  EXPECT_EQ(err_.str(), "");
}

TEST(SizeText, IsForPeople) {
  EXPECT_EQ(size_text(0), "of unknown size");
  EXPECT_EQ(size_text(4542), "4542 bytes");
  EXPECT_EQ(size_text(553'433'881), "553.4 MB");
}

}  // namespace
}  // namespace fool
