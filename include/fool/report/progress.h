// How far a long task has come, for people: a bar on a terminal, a plain line now and then in a log
// file, JSON lines for programs, or nothing. Used by every command that takes more than a moment.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace fool {

enum class ProgressStyle { kBar, kPlain, kJson, kOff };

// The names that progress_style takes: auto, bar, plain, json, off.
const std::vector<std::string>& progress_style_names();

// "auto" is a bar if `terminal`, else plain lines. Throws Error(kConfig) naming the nearest name.
ProgressStyle progress_style(const std::string& name, bool terminal);

// What is behind stderr: whether a terminal that understands cursor codes, how wide, and whether
// colours are welcome (NO_COLOR is not set).
struct TerminalFacts {
  bool terminal = false;
  bool colour = false;
  int width = 80;
};
TerminalFacts stderr_facts();

struct ProgressOptions {
  ProgressStyle style = ProgressStyle::kPlain;
  TerminalFacts facts;
  std::string unit = "images";    // what is counted
  std::uint64_t already = 0;      // done before this process began
  double plain_seconds = 30;      // between plain lines; the first comes after three seconds
  std::function<double()> clock;  // seconds, steady; empty: the real one
};

class Progress {
 public:
  // The stream (std::cerr for people) must outlive this.
  Progress(std::string task, std::uint64_t total, std::ostream& stream, ProgressOptions options);
  ~Progress();  // ends the line of a bar that was not finished
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap: writes at most ten times a second. `note` is a word on how it goes, such as "median
  // 0.9991".
  void update(std::uint64_t done, const std::string& note = "");

  // The last state, always written (unless off).
  void finish(const std::string& note = "");

 private:
  void learn_rate(double now);
  void draw(double now, const std::string& note, bool last);
  std::string bar(double now, const std::string& note, bool last) const;
  std::string plain(double now, const std::string& note, bool last) const;
  std::string json(double now, const std::string& note, bool last) const;
  std::string facts(double now, const std::string& note, bool last) const;
  int percent() const;
  double rate() const;
  double mean_rate(double now) const;
  double seconds_left() const;  // negative: not known

  std::string task_;
  std::uint64_t total_;
  std::ostream& stream_;
  ProgressOptions options_;
  std::uint64_t done_;
  double start_;
  double next_draw_;
  // Sums of units and seconds, the older the less: their ratio is the recent rate.
  double sampled_at_;
  std::uint64_t sampled_done_;
  double weighted_units_ = 0;
  double weighted_seconds_ = 0;
  bool line_open_ = false;
};

std::string rate_text(double rate);  // three digits or more: "0.42", "12.3", "1234"

// "0:42", "12:05", "3:04:05".
std::string duration_text(double seconds);

}  // namespace fool
