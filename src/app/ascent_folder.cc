#include "app/ascent_folder.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "app/measurement.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "report/common.h"
#include "report/sheet.h"

namespace fool {
namespace {

constexpr int kNever = std::numeric_limits<int>::max();

// Of iterations, some of which may never have come; of an even number, the later of two.
std::optional<int> median_of(std::vector<int> iterations) {
  if (iterations.empty()) return std::nullopt;
  const auto middle = iterations.begin() + static_cast<std::ptrdiff_t>(iterations.size() / 2);
  std::nth_element(iterations.begin(), middle, iterations.end());
  return *middle == kNever ? std::nullopt : std::optional<int>(*middle);
}

constexpr const char* kTable = "results.csv";

// Three fields of the table; empty: never.
std::string fields(const AscentMoment& moment) {
  if (!moment.reached()) return ",,";
  return fmt::format("{},{:.3f},{:.3f}", moment.iteration, moment.norm, moment.distance);
}

// The table as it is read again.
class ResultsTable {
 public:
  explicit ResultsTable(const std::filesystem::path& path)
      : path_(path.string()), table_(read_file(path), path_) {}

  std::size_t size() const { return table_.size(); }

  const std::string& text(std::size_t row, const std::string& column) const {
    return table_.at(row, table_.column(column));
  }

  template <typename Number>
  Number number(std::size_t row, const std::string& column) const {
    const std::string& field = text(row, column);
    Number value{};
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) {
      fail(ErrorKind::kData, "{}: {}: expected a number, found \"{:.40}\"", path_, column, field);
    }
    return value;
  }

  // milestone: one of kAscentMilestoneNames, or empty for the best image.
  AscentMoment moment(std::size_t row, const std::string& milestone) const {
    const std::string at = milestone.empty() ? "" : "_at_" + milestone;
    const std::string iteration = milestone.empty() ? "iteration" : "iteration_to_" + milestone;
    if (text(row, iteration).empty()) return {};
    return {number<int>(row, iteration), number<double>(row, "norm" + at),
            number<double>(row, "distance" + at)};
  }

 private:
  std::string path_;
  CsvTable table_;
};

}  // namespace

AscentSummary summarise(const std::vector<const AscentRecord*>& records) {
  constexpr std::size_t k99 = 2;
  constexpr std::size_t k9999 = 4;
  AscentSummary summary;
  std::vector<int> to_99;
  std::vector<int> to_9999;
  std::vector<double> confidences;
  for (const AscentRecord* record : records) {
    const AscentMoment& at_99 = record->milestones[k99];
    const AscentMoment& at_9999 = record->milestones[k9999];
    ++summary.images;
    if (at_99.reached()) ++summary.over_99;
    if (at_9999.reached()) ++summary.over_9999;
    to_99.push_back(at_99.reached() ? at_99.iteration : kNever);
    to_9999.push_back(at_9999.reached() ? at_9999.iteration : kNever);
    confidences.push_back(static_cast<double>(record->confidence));
    if (record->trouble != GradientTrouble::kNone) ++summary.troubles[record->trouble];
  }
  summary.median_to_99 = median_of(std::move(to_99));
  summary.median_to_9999 = median_of(std::move(to_9999));
  if (!confidences.empty()) summary.median_confidence = median(std::move(confidences));
  return summary;
}

AscentFolder::AscentFolder(std::filesystem::path folder, std::vector<std::string> names,
                           std::vector<Json> settings, std::vector<AscentTask> tasks,
                           ModelSpec model, Json scoring)
    : folder_(std::move(folder)),
      names_(std::move(names)),
      settings_(std::move(settings)),
      tasks_(std::move(tasks)),
      model_(std::move(model)),
      scoring_(std::move(scoring)) {
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    places_[{tasks_[i].class_index, tasks_[i].start}] = i;
  }
  make_folder(folder_ / "images");
  require_writable(folder_ / "images" / "probe.png");
}

std::vector<AscentBlock> AscentFolder::resume(const std::vector<AscentBlock>& blocks) {
  std::error_code none;
  if (std::filesystem::exists(folder_ / kTable, none)) read_table();
  std::vector<AscentBlock> left;
  for (const AscentBlock& block : blocks) {
    const auto key = [&](const AscentTask& task) {
      return std::pair{block.setting, places_.at({task.class_index, task.start})};
    };
    const bool complete =
        std::all_of(block.tasks.begin(), block.tasks.end(), [&](const AscentTask& task) {
          const auto it = records_.find(key(task));
          return it != records_.end() && it->second.complete;
        });
    if (complete) continue;
    for (const AscentTask& task : block.tasks) records_.erase(key(task));
    left.push_back(block);
  }
  write_table();
  return left;
}

void AscentFolder::add(int setting, std::vector<AscentRecord> records) {
  for (AscentRecord& record : records) {
    write_image(setting, record);
    record.best = ImageBatch();
    const std::size_t place = places_.at({record.task.class_index, record.task.start});
    records_[{setting, place}] = std::move(record);
  }
  write_table();
}

std::vector<const AscentRecord*> AscentFolder::records(int setting) const {
  std::vector<const AscentRecord*> result;
  for (const auto& [key, record] : records_) {
    if (key.first == setting) result.push_back(&record);
  }
  return result;
}

std::string AscentFolder::image_name(int setting, const AscentTask& task) const {
  const std::string name = image_file_name(task.class_index, model_.label(task.class_index));
  return fmt::format("{}-{}-start{}.png", name.substr(0, name.size() - 4),
                     names_[static_cast<std::size_t>(setting)], task.start);
}

void AscentFolder::write_image(int setting, const AscentRecord& record) const {
  PngText text = to_text(ImageClaim{record.task.class_index, model_.label(record.task.class_index),
                                    record.confidence, scoring_});
  text["iteration"] = std::to_string(record.best_at.iteration);
  text["start"] = std::to_string(record.task.start);
  text["setting"] = names_[static_cast<std::size_t>(setting)];
  text["ascend"] = settings_[static_cast<std::size_t>(setting)].dump();
  write_png(folder_ / "images" / image_name(setting, record.task), record.best[0], text);
}

void AscentFolder::write_table() const {
  std::string text =
      "setting,class,label,start,iterations,complete,confidence,iteration,norm,distance";
  for (const char* name : kAscentMilestoneNames) {
    text += fmt::format(",iteration_to_{0},norm_at_{0},distance_at_{0}", name);
  }
  text += ",gradient,gradient_iteration,image\n";
  for (const auto& [key, record] : records_) text += row(key.first, record);
  write_file(folder_ / kTable, text);
}

void AscentFolder::read_table() {
  const ResultsTable table(folder_ / kTable);
  for (std::size_t row = 0; row < table.size(); ++row) {
    AscentRecord record;
    record.task = {table.number<int>(row, "class"), table.number<int>(row, "start")};
    const auto setting = std::find(names_.begin(), names_.end(), table.text(row, "setting"));
    const auto place = places_.find({record.task.class_index, record.task.start});
    if (setting == names_.end() || place == places_.end()) {
      fail(ErrorKind::kData, "{}: row {} is not of this run: setting {}, class {}, start {}",
           (folder_ / kTable).string(), row + 1, table.text(row, "setting"),
           record.task.class_index, record.task.start);
    }
    record.iterations = table.number<int>(row, "iterations");
    record.complete = table.text(row, "complete") == "yes";
    record.confidence = table.number<float>(row, "confidence");
    record.best_at = table.moment(row, "");
    for (std::size_t m = 0; m < kAscentMilestones; ++m) {
      record.milestones[m] = table.moment(row, kAscentMilestoneNames[m]);
    }
    for (const GradientTrouble trouble : kGradientTroubles) {
      if (table.text(row, "gradient") == name_of(trouble)) record.trouble = trouble;
    }
    if (record.trouble != GradientTrouble::kNone) {
      record.trouble_at = table.number<int>(row, "gradient_iteration");
    }
    records_[{static_cast<int>(setting - names_.begin()), place->second}] = std::move(record);
  }
}

std::string AscentFolder::row(int setting, const AscentRecord& record) const {
  std::string text =
      fmt::format("{},{},{},{},{},{},{},{}", csv_field(names_[static_cast<std::size_t>(setting)]),
                  record.task.class_index, csv_field(model_.label(record.task.class_index)),
                  record.task.start, record.iterations, record.complete ? "yes" : "no",
                  to_text(record.confidence), fields(record.best_at));
  for (const AscentMoment& moment : record.milestones) text += "," + fields(moment);
  const bool fine = record.trouble == GradientTrouble::kNone;
  return text + fmt::format(",{},{},images/{}\n", name_of(record.trouble),
                            fine ? "" : std::to_string(record.trouble_at),
                            image_name(setting, record.task));
}

void AscentFolder::write_sheets() const {
  for (std::size_t s = 0; s < names_.size(); ++s) {
    const int setting = static_cast<int>(s);
    std::vector<SheetCell> cells;
    const std::vector<const AscentRecord*> shown = records(setting);
    if (shown.empty()) continue;
    for (const AscentRecord* record : shown) {
      cells.push_back({model_.label(record->task.class_index), record->confidence, true});
    }
    const AscentSummary summary = summarise(shown);
    const std::string title = fmt::format("{}  {}  {} of {} over .9999", model_.name, names_[s],
                                          summary.over_9999, summary.images);
    std::optional<ContactSheet> sheet;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Png png = read_png(folder_ / "images" / image_name(setting, shown[i]->task));
      if (!sheet) sheet.emplace(cells, png.image.shape(), title);
      sheet->draw(static_cast<int>(i), png.image[0]);
    }
    write_png(folder_ / fmt::format("contact_sheet_{}.png", names_[s]), sheet->image()[0]);
  }
}

}  // namespace fool
