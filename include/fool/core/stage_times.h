// Where the time goes: seconds per stage of the evolution loop, summed over workers.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace fool {

enum class Stage { kVary, kRender, kPreprocess, kForward, kArchive, kReport };
inline constexpr int kStageCount = 6;
inline constexpr std::array<std::string_view, kStageCount> kStageNames = {
    "vary", "render", "preprocess", "forward", "archive", "report"};

class StageTimes {
 public:
  double& operator[](Stage stage) { return seconds_[static_cast<std::size_t>(stage)]; }
  double operator[](Stage stage) const { return seconds_[static_cast<std::size_t>(stage)]; }
  StageTimes& operator+=(const StageTimes& other) {
    for (std::size_t i = 0; i < kStageCount; ++i) seconds_[i] += other.seconds_[i];
    return *this;
  }

 private:
  std::array<double, kStageCount> seconds_{};
};

// Adds the time until the end of its scope to one stage.
class ScopedStage {
 public:
  ScopedStage(StageTimes& times, Stage stage) : seconds_(times[stage]), start_(Clock::now()) {}
  ~ScopedStage() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }
  ScopedStage(const ScopedStage&) = delete;
  ScopedStage& operator=(const ScopedStage&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point start_;
};

}  // namespace fool
