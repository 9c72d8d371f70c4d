#include "fool/report/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <string_view>

#include "fool/core/error.h"
#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {
namespace {

constexpr double kBarInterval = 0.1;
constexpr double kJsonInterval = 1;
constexpr double kFirstPlainLine = 3;
constexpr double kRateMemory = 30;  // seconds after which a measurement weighs 1/e
constexpr int kWidestBar = 40;
constexpr int kNarrowestBar = 8;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

double first_interval(ProgressStyle style) {
  return style == ProgressStyle::kPlain ? kFirstPlainLine : 0;
}

}  // namespace

const std::vector<std::string>& progress_style_names() {
  static const std::vector<std::string> names{"auto", "bar", "plain", "json", "off"};
  return names;
}

ProgressStyle progress_style(const std::string& name, bool terminal) {
  if (name == "auto") return terminal ? ProgressStyle::kBar : ProgressStyle::kPlain;
  if (name == "bar") return ProgressStyle::kBar;
  if (name == "plain") return ProgressStyle::kPlain;
  if (name == "json") return ProgressStyle::kJson;
  if (name == "off") return ProgressStyle::kOff;
  fail(ErrorKind::kConfig, "progress: there is no style \"{}\"{}; known: {}", name,
       did_you_mean(name, progress_style_names()), fmt::join(progress_style_names(), ", "));
}

TerminalFacts stderr_facts() {
  TerminalFacts facts;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  facts.terminal = ::isatty(STDERR_FILENO) == 1 && !dumb;
  facts.colour = facts.terminal && !is_set("NO_COLOR");
  struct winsize size {};
  if (facts.terminal && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    facts.width = size.ws_col;
  }
  return facts;
}

Progress::Progress(std::string task, std::uint64_t total, std::ostream& stream,
                   ProgressOptions options)
    : task_(std::move(task)),
      total_(total),
      stream_(stream),
      options_(std::move(options)),
      done_(options_.already) {
  if (!options_.clock) options_.clock = steady_seconds;
  start_ = options_.clock();
  next_draw_ = start_ + first_interval(options_.style);
  sampled_at_ = start_;
  sampled_done_ = done_;
}

Progress::~Progress() {
  if (line_open_) stream_ << std::endl;
}

void Progress::update(std::uint64_t done, const std::string& note) {
  done_ = done;
  if (options_.style == ProgressStyle::kOff) return;
  const double now = options_.clock();
  learn_rate(now);
  if (now < next_draw_ || done_ >= total_) return;  // the last state is finish()'s
  draw(now, note, false);
  next_draw_ = now + (options_.style == ProgressStyle::kBar    ? kBarInterval
                      : options_.style == ProgressStyle::kJson ? kJsonInterval
                                                               : options_.plain_seconds);
}

void Progress::finish(const std::string& note) {
  if (options_.style == ProgressStyle::kOff) return;
  const double now = options_.clock();
  learn_rate(now);
  draw(now, note, true);
}

void Progress::learn_rate(double now) {
  const double seconds = now - sampled_at_;
  if (seconds <= 0 || done_ < sampled_done_) return;
  const double decay = std::exp(-seconds / kRateMemory);
  weighted_units_ = weighted_units_ * decay + static_cast<double>(done_ - sampled_done_);
  weighted_seconds_ = weighted_seconds_ * decay + seconds;
  sampled_at_ = now;
  sampled_done_ = done_;
}

double Progress::rate() const {
  return weighted_seconds_ > 0 ? weighted_units_ / weighted_seconds_ : 0;
}

double Progress::seconds_left() const {
  if (done_ >= total_) return 0;
  return rate() > 0 ? static_cast<double>(total_ - done_) / rate() : -1;
}

double Progress::mean_rate(double now) const {
  return now > start_ ? static_cast<double>(done_ - options_.already) / (now - start_) : 0;
}

void Progress::draw(double now, const std::string& note, bool last) {
  if (options_.style == ProgressStyle::kBar) {
    stream_ << '\r' << bar(now, note, last) << "\x1b[K";
    if (last) stream_ << '\n';
    line_open_ = !last;
  } else if (options_.style == ProgressStyle::kPlain) {
    stream_ << plain(now, note, last) << '\n';
  } else {
    stream_ << json(now, note, last) << '\n';
  }
  stream_.flush();
}

int Progress::percent() const {
  return total_ == 0 ? 100 : static_cast<int>(100 * std::min(done_, total_) / total_);
}

// "1234 images/s  ETA 0:42  median 0.99", or at the end "1234 images/s  in 1:23  ..." with the mean
// rate.
std::string Progress::facts(double now, const std::string& note, bool last) const {
  std::string text =
      fmt::format("{} {}/s", rate_text(last ? mean_rate(now) : rate()), options_.unit);
  const double left = seconds_left();
  if (last) {
    text += "  in " + duration_text(now - start_);
  } else {
    text += "  ETA " + (left < 0 ? "-:--" : duration_text(left));
  }
  return note.empty() ? text : text + "  " + note;
}

std::string Progress::bar(double now, const std::string& note, bool last) const {
  const std::string head = fmt::format("{} {:3d} % ", task_, percent());
  const std::string tail = facts(now, note, last);
  const int room = options_.facts.width - 1 - static_cast<int>(head.size() + tail.size()) - 4;
  if (room < kNarrowestBar) {
    return (head + tail).substr(0, static_cast<std::size_t>(std::max(0, options_.facts.width - 1)));
  }
  const int width = std::min(room, kWidestBar);
  const int filled = percent() * width / 100;
  const char* on = options_.facts.colour ? "\x1b[32m" : "";
  const char* off = options_.facts.colour ? "\x1b[0m" : "";
  return fmt::format("{}[{}{}{}{}]  {}", head, on,
                     std::string(static_cast<std::size_t>(filled), '#'), off,
                     std::string(static_cast<std::size_t>(width - filled), '.'), tail);
}

std::string Progress::plain(double now, const std::string& note, bool last) const {
  return fmt::format("{} {:3d} %  {} of {} {}  {}", task_, percent(), done_, total_, options_.unit,
                     facts(now, note, last));
}

std::string Progress::json(double now, const std::string& note, bool last) const {
  const double left = seconds_left();
  return Json{{"task", task_},
              {"done", done_},
              {"total", total_},
              {"unit", options_.unit},
              {"seconds", now - start_},
              {"per_second", last ? mean_rate(now) : rate()},
              {"seconds_left", left < 0 ? Json(nullptr) : Json(left)},
              {"note", note},
              {"finished", last}}
      .dump();
}

std::string rate_text(double rate) {
  if (rate >= 100) return fmt::format("{:.0f}", rate);
  return fmt::format("{:.{}f}", rate, rate >= 10 ? 1 : 2);
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::min(seconds, 1e9)));
  const long long hours = whole / 3600;
  const long long minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02d}:{:02d}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02d}", minutes, whole % 60);
}

}  // namespace fool
