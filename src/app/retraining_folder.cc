#include "app/retraining_folder.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/report/png.h"
#include "fool/study/statistics.h"
#include "report/common.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

double share(int part, int whole) { return static_cast<double>(part) / static_cast<double>(whole); }

constexpr std::array kColumns = {"round",
                                 "train_images",
                                 "fooling_images",
                                 "test_accuracy_n",
                                 "test_accuracy_n1",
                                 "caught_share",
                                 "runs",
                                 "median_confidence",
                                 "classes_99",
                                 "classes_9999",
                                 "mann_whitney_u",
                                 "mann_whitney_p",
                                 "effect"};

}  // namespace

std::vector<double> all_confidences(const RoundResult& result) {
  std::vector<double> all;
  for (const std::vector<float>& run : result.confidences) {
    for (const float confidence : run) all.push_back(static_cast<double>(confidence));
  }
  return all;
}

double classes_at_least(const RoundResult& result, float confidence) {
  std::ptrdiff_t count = 0;
  for (const std::vector<float>& run : result.confidences) {
    count += std::count_if(run.begin(), run.end(), [&](float c) { return c >= confidence; });
  }
  return static_cast<double>(count) / static_cast<double>(result.confidences.size());
}

Json round_row(const RoundResult& result, const RoundResult* before) {
  const std::vector<double> confidences = all_confidences(result);
  Json row = Json::object();
  row["round"] = result.round;
  row["train_images"] = result.train_images;
  row["fooling_images"] = result.fooling_images;
  row["test_accuracy_n"] = share(result.test_correct_n, result.test_images);
  row["test_accuracy_n1"] = share(result.test_correct_n1, result.test_images);
  row["caught_share"] =
      result.previous_images > 0 ? Json(share(result.caught, result.previous_images)) : Json();
  row["runs"] = result.confidences.size();
  row["median_confidence"] = median(confidences);
  row["classes_99"] = classes_at_least(result, 0.99F);
  row["classes_9999"] = classes_at_least(result, 0.9999F);
  row["mann_whitney_u"] = nullptr;
  row["mann_whitney_p"] = nullptr;
  row["effect"] = nullptr;
  if (before != nullptr) {
    const MannWhitney test = mann_whitney(confidences, all_confidences(*before));
    row["mann_whitney_u"] = test.u;
    row["mann_whitney_p"] = test.p;
    row["effect"] = test.effect;
  }
  return row;
}

fs::path RetrainingFolder::round_path(int round) const {
  return folder_ / fmt::format("round_{:02d}", round);
}

fs::path RetrainingFolder::run_path(int round, int run) const {
  return round_path(round) / "runs" / fmt::format("run_{:03d}.safetensors", run);
}

fs::path RetrainingFolder::weights_path(int round) const {
  return round_path(round) / fmt::format("dnn_{:02d}.safetensors", round);
}

fs::path RetrainingFolder::card_path(int round) const {
  return round_path(round) / fmt::format("dnn_{:02d}.json", round);
}

bool RetrainingFolder::has_run(int round, int run) const { return is_there(run_path(round, run)); }

std::optional<FoolingImages> RetrainingFolder::read_run(int round, int run) const {
  if (!has_run(round, run)) return std::nullopt;
  return read_fooling_images(run_path(round, run));
}

void RetrainingFolder::write_run(int round, int run, const FoolingImages& images,
                                 std::uint64_t seed) const {
  make_folder(round_path(round) / "runs");
  write_fooling_images(run_path(round, run), images, {{"seed", std::to_string(seed)}});
}

void RetrainingFolder::write_champions(int round, const ImageBatch& images,
                                       const std::vector<ImageRecord>& records,
                                       const Json& scoring) const {
  const fs::path folder = round_path(round) / "run_00";
  make_folder(folder);
  for (int i = 0; i < images.count(); ++i) {
    const ImageRecord& record = records.at(static_cast<std::size_t>(i));
    PngText text = to_text(record);
    text["scoring"] = scoring.dump();
    write_png(folder / image_file_name(record.class_index, record.label), images[i], text);
  }
}

FoolingImages RetrainingFolder::read_fooling(int round) const {
  return read_fooling_images(round_path(round) / "fooling.safetensors");
}

void RetrainingFolder::write_fooling(int round, const FoolingImages& images) const {
  make_folder(round_path(round));
  write_fooling_images(round_path(round) / "fooling.safetensors", images);
}

std::optional<RoundResult> RetrainingFolder::read_round(int round) const {
  const fs::path path = round_path(round) / "round.json";
  if (!is_there(path)) return std::nullopt;
  try {
    const Json json = Json::parse(read_file(path));
    RoundResult result;
    result.round = json.at("round");
    result.train_images = json.at("train_images");
    result.fooling_images = json.at("fooling_images");
    result.test_images = json.at("test_images");
    result.test_correct_n = json.at("test_correct_n");
    result.test_correct_n1 = json.at("test_correct_n1");
    result.previous_images = json.at("previous_images");
    result.caught = json.at("caught");
    result.confidences = json.at("confidences").get<std::vector<std::vector<float>>>();
    if (result.confidences.empty() || result.test_images < 1) {
      fail(ErrorKind::kData, "{} is damaged: expected the confidences of one run or more, found {}",
           path.string(), result.confidences.size());
    }
    return result;
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "{} is damaged: {}", path.string(), complaint_of(error));
  }
}

void RetrainingFolder::write_round(const RoundResult& result) const {
  const Json json{{"round", result.round},
                  {"train_images", result.train_images},
                  {"fooling_images", result.fooling_images},
                  {"test_images", result.test_images},
                  {"test_correct_n", result.test_correct_n},
                  {"test_correct_n1", result.test_correct_n1},
                  {"previous_images", result.previous_images},
                  {"caught", result.caught},
                  {"confidences", result.confidences}};
  make_folder(round_path(result.round));
  write_file(round_path(result.round) / "round.json", json.dump() + "\n");
}

void RetrainingFolder::write_tables(const std::vector<RoundResult>& results) const {
  std::string rounds = fmt::format("{}\n", fmt::join(kColumns, ","));
  std::string confidences = "round,run,class,confidence\n";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Json row = round_row(results[i], i == 0 ? nullptr : &results[i - 1]);
    std::vector<std::string> fields;
    for (const char* column : kColumns) {
      const Json& value = row.at(column);
      fields.push_back(value.is_null() ? "" : value.dump());
    }
    rounds += fmt::format("{}\n", fmt::join(fields, ","));
    for (std::size_t run = 0; run < results[i].confidences.size(); ++run) {
      const std::vector<float>& classes = results[i].confidences[run];
      for (std::size_t k = 0; k < classes.size(); ++k) {
        confidences += fmt::format("{},{},{},{}\n", results[i].round, run, k, to_text(classes[k]));
      }
    }
  }
  write_file(folder_ / "rounds.csv", rounds);
  write_file(folder_ / "confidences.csv", confidences);
}

}  // namespace fool
