// Who descends from whom in a run: lineage.jsonl read again, and the genomes of ancestors, which no
// file holds, made again from the addresses of their random numbers.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/encoding/encoding.h"
#include "fool/report/run_folder.h"

namespace fool {

// An item that entered a cell.
struct Ancestor {
  ItemId id = 0;
  int generation = kInitialGeneration;
  std::vector<ItemId> parents;
  std::vector<int> cells;          // that it took
  std::vector<float> confidences;  // in these cells
};

// How often a champion's child took the cell of its own parent's class, and how often that of
// another: goal switching (Nguyen et al., Innovation Engines, 2015).
struct SwitchCounts {
  std::uint64_t same_class = 0;
  std::uint64_t other_class = 0;
  double share_of_switches() const;  // 0 where there are none
};

// Whether the children of a search are made of champions alone, so that the log knows all ancestors
// and they can be made again. search: its type.
bool children_are_of_champions(const std::string& search);

class Ancestry {
 public:
  enum class Gaps { kDamage, kExpected };

  // Reads RUN/lineage.jsonl. Throws Error(kIo) if it is not there, Error(kData) naming the line
  // that is damaged. Gaps are expected of a search that makes children of images that took no cell,
  // which the log does not know.
  explicit Ancestry(const std::filesystem::path& run, Gaps gaps = Gaps::kDamage);

  const std::vector<Ancestor>& items() const { return items_; }  // by ascending id
  int classes() const { return classes_; }
  int last_generation() const;

  // Throws Error(kData) if the item never entered a cell.
  const Ancestor& item(ItemId id) const;

  struct Holder {
    ItemId item = 0;
    float confidence = 0.0F;
  };
  // Who held the cells when the generation was over, [K]; empty where nobody did.
  std::vector<std::optional<Holder>> holders(int generation) const;

  // Who held a cell when the generation began.
  std::optional<ItemId> holder_before(int generation, int cell) const;

  // From the first ancestor, or the one behind the last gap, to the item itself. Of two parents the
  // first is followed that ever took the cell of the class; else the first.
  std::vector<ItemId> line(ItemId id, int class_index) const;

  // By the class that was taken, [K]. An item's parents hold the cells that they held at the
  // beginning of its generation; the initial population is not counted.
  std::vector<SwitchCounts> switches() const;

 private:
  std::filesystem::path file_;
  Gaps gaps_;
  std::vector<Ancestor> items_;
  std::map<ItemId, std::size_t> places_;
  // For each cell, who took it, in order.
  std::vector<std::vector<std::size_t>> takers_;  // [K], places in items_
  int classes_ = 0;
};

// Makes genomes of a run again. `shape` is that of its images.
class GenomeReplay {
 public:
  // Throws Error(kUsage) for a search whose children are not made of their parents alone.
  GenomeReplay(const RunRecord& record, const Ancestry& ancestry, const ImageShape& shape);

  const Encoding& encoding() const { return *encoding_; }

  // The genomes of these items. Needs the memory of those that live at a time, not of all
  // ancestors.
  std::map<ItemId, GenomePtr> genomes(const std::vector<ItemId>& wanted) const;

 private:
  ItemAddress address_of(const Ancestor& item) const;

  const Ancestry& ancestry_;
  std::uint64_t seed_;
  std::uint64_t init_size_ = 0;
  std::uint64_t batch_size_ = 0;
  std::unique_ptr<Encoding> encoding_;
};

// The same for a run's folder, whose images say their shape. Throws Error(kData) if a genome that
// is made again is not the one in classes.csv: made by another version, or lineage.jsonl was
// changed.
GenomeReplay replay_of(const std::filesystem::path& run, const Ancestry& ancestry);

}  // namespace fool
