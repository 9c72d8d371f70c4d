// What `fool ascend` leaves behind: results.csv, the images, a contact sheet for each setting, and
// the summary of all.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fool/ascend/ascent.h"
#include "fool/core/json.h"
#include "fool/model/model_spec.h"

namespace fool {

// How the ascents of one setting went.
struct AscentSummary {
  int images = 0;
  int over_99 = 0;
  int over_9999 = 0;
  // Half of the images, those that never got there included, were above it by this iteration; none
  // where half never were.
  std::optional<int> median_to_99;
  std::optional<int> median_to_9999;
  std::optional<double> median_confidence;  // none of no image
  std::map<GradientTrouble, int> troubles;
};

AscentSummary summarise(const std::vector<const AscentRecord*>& records);

class AscentFolder {
 public:
  // names and settings: of the same length, the sections "ascend" of configurations. scoring: how
  // to get the confidences again, see image_record.h. Makes the folder "images". Throws Error(kIo).
  AscentFolder(std::filesystem::path folder, std::vector<std::string> names,
               std::vector<Json> settings, std::vector<AscentTask> tasks, ModelSpec model,
               Json scoring);

  // A table without rows. Throws Error(kIo).
  void begin() const { write_table(); }

  // Instead: takes over what the table of an interrupted run says, and gives back the blocks that
  // are not complete, of whose images the table says nothing any more. Throws Error(kIo), and
  // Error(kData) for a table that is not of these tasks.
  std::vector<AscentBlock> resume(const std::vector<AscentBlock>& blocks);

  // Writes the images of some tasks and then the table, whose rows are in the tasks' order and not
  // in that of arrival. Throws Error(kIo).
  void add(int setting, std::vector<AscentRecord> records);

  // contact_sheet_SETTING.png, from the images on disk.
  void write_sheets() const;

  std::vector<const AscentRecord*> records(int setting) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::string image_name(int setting, const AscentTask& task) const;  // in the folder "images"
  void write_image(int setting, const AscentRecord& record) const;
  void write_table() const;
  void read_table();
  std::string row(int setting, const AscentRecord& record) const;

  std::filesystem::path folder_;
  std::vector<std::string> names_;
  std::vector<Json> settings_;
  std::vector<AscentTask> tasks_;
  ModelSpec model_;
  Json scoring_;
  std::map<std::pair<int, int>, std::size_t> places_;  // (class, start) -> place in tasks_
  // (setting, place) -> its record, without the image
  std::map<std::pair<int, std::size_t>, AscentRecord> records_;
};

}  // namespace fool
