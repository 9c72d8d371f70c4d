// The MAP-Elites archive: one cell per class, each holding the image that the network is surest of.
// Every item competes in all cells (paper section 1.1). It knows no file and no network.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/span.h"
#include "fool/encoding/encoding.h"

namespace fool {

// An item's number in the order of evaluation, from 0; its name in logs and lineages.
using ItemId = std::uint64_t;

// The random initial population; the batches of children that follow are generations 0, 1, 2, ...
// as the paper counts them.
inline constexpr int kInitialGeneration = -1;

struct Item {
  ItemId id = 0;
  int generation = kInitialGeneration;
  GenomePtr genome;
  std::vector<ItemId> parents;
  int gradient_class = -1;  // whose gradient by the genome's parameters is wanted; -1: none

  bool wants_gradient() const { return gradient_class >= 0; }
};
using ItemPtr = std::shared_ptr<const Item>;

inline constexpr std::array<float, 3> kMilestones = {0.5F, 0.9F, 0.99F};

struct Elite {
  ItemPtr item;
  float confidence = 0.0F;
  std::uint64_t replacements = 0;  // how often the cell changed hands, the first time included
  // Evaluations until the cell first reached each of kMilestones; 0 = not yet.
  std::array<std::uint64_t, kMilestones.size()> evaluations_to{};
  float screened = 0.0F;  // its confidence in low precision, where items are screened in that
};

struct Improvement {
  int cell = 0;
  int row = 0;          // of the item in its generation
  float before = 0.0F;  // confidence of the elite that it replaced; 0 for an empty cell
  float after = 0.0F;
};

// What one generation changed. An item that enters several cells appears several times; a cell that
// changes hands twice, too.
struct AddReport {
  std::vector<Improvement> improvements;  // in order of row, then cell
};

// Over the cells' confidences; an empty cell counts as 0. Quantiles interpolate linearly; the
// median of an even number is the mean of the middle two.
struct ArchiveStats {
  int filled = 0;
  double median = 0, mean = 0, min = 0, max = 0, p10 = 0, p90 = 0;
  double qd_score = 0;  // sum of confidences
  int at_least_99 = 0, at_least_9999 = 0;
  std::uint64_t replacements = 0;  // "jumps" in the released code
};

class Archive {
 public:
  explicit Archive(int classes);

  int classes() const { return static_cast<int>(cells_.size()); }

  // Inserts items[i] with confidences[i * K .. i * K + K) one after the other; an item takes every
  // cell that is empty or whose confidence is strictly smaller. screened: what Elite::screened
  // becomes, [P, K] or nothing.
  AddReport add(Span<const ItemPtr> items, Span<const float> confidences,
                Span<const float> screened = {});

  const Elite* cell(int k) const;  // null if empty

  // The champions of the filled cells, in order of the class; an item that holds m cells is there m
  // times. The released code's parent list.
  std::vector<ItemPtr> champions() const;

  ArchiveStats stats() const;

  // SHA-256 over cells' confidences (bits), item ids and encoded genomes: equal archives, equal
  // digests.
  std::string digest(const Encoding& encoding) const;

  // The archive as JSON, with a genome named by its item's id; the genomes themselves are the
  // caller's to store.
  Json save() const;
  // The distinct items of all cells, by ascending id.
  std::vector<ItemPtr> items() const;
  // Throws Error(kData). `genome` gives the genome of an item id.
  static Archive load(const Json& json, const std::function<GenomePtr(ItemId)>& genome);

 private:
  std::vector<std::optional<Elite>> cells_;
  // What a newcomer must exceed, of each cell: beside the cells because every item is compared with
  // all of them, and hardly any gets in.
  std::vector<float> bars_;
};

}  // namespace fool
