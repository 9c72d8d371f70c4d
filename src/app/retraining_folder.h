// What `fool retrain` leaves behind: a folder for each round, the tables rounds.csv and
// confidences.csv over all of them. All that a resumed one needs is there, and what is there is
// whole.
//
//   round_02/dnn_02.safetensors, .json   the network that the images of rounds before taught
//   round_02/runs/run_007.safetensors    the images of a run of evolution against it
//   round_02/run_00/0003_3.png           the champions of one run, with genome and confidence
//   round_02/fooling.safetensors         the images that are added to the fooling class
//   round_02/round.json                  the numbers; written last, so that the round is complete
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/report/image_record.h"
#include "fool/train/fooling_class.h"

namespace fool {

struct RoundResult {
  int round = 0;
  int train_images = 0;  // those of the fooling class included
  int fooling_images = 0;
  int test_images = 0;
  int test_correct_n = 0;   // where the fooling class may not be chosen
  int test_correct_n1 = 0;  // where it may
  int previous_images = 0;  // those that the round before added; 0 in the first round
  int caught = 0;           // of these, those that the network gives to the fooling class
  std::vector<std::vector<float>> confidences;  // [runs][n], of the last generation's champions
};

// The confidences of all runs and classes, one run after the other.
std::vector<double> all_confidences(const RoundResult& result);

// Mean number of a run's classes whose confidence is at least this.
double classes_at_least(const RoundResult& result, float confidence);

class RetrainingFolder {
 public:
  explicit RetrainingFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path weights_path(int round) const;
  std::filesystem::path card_path(int round) const;

  // The images of a run, once it is complete.
  std::optional<FoolingImages> read_run(int round, int run) const;  // throws Error(kData)
  void write_run(int round, int run, const FoolingImages& images, std::uint64_t seed) const;
  bool has_run(int round, int run) const;

  // The champions of the run that is shown, each with what its PNG says beside that: how to score
  // it again. images and records: of the same length.
  void write_champions(int round, const ImageBatch& images, const std::vector<ImageRecord>& records,
                       const Json& scoring) const;

  FoolingImages read_fooling(int round) const;  // throws Error(kData)
  void write_fooling(int round, const FoolingImages& images) const;

  std::optional<RoundResult> read_round(int round) const;  // throws Error(kData)
  void write_round(const RoundResult& result) const;

  // Of all rounds so far, in their order.
  void write_tables(const std::vector<RoundResult>& results) const;

 private:
  std::filesystem::path round_path(int round) const;
  std::filesystem::path run_path(int round, int run) const;

  std::filesystem::path folder_;
};

// A row of rounds.csv as JSON; null where there is nothing to compare with. before: the round
// before, or null.
Json round_row(const RoundResult& result, const RoundResult* before);

}  // namespace fool
