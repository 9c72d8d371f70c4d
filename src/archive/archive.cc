#include "fool/archive/archive.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"

namespace fool {
namespace {

// The q-quantile of ascending values, interpolated linearly.
double quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double fraction = position - static_cast<double>(below);
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

// The bar of a cell that anything may enter, be it NaN: nothing compares greater than NaN, and no
// comparison with it is true.
constexpr float kEmpty = std::numeric_limits<float>::quiet_NaN();

// How many of the newcomer's confidences do not stay at or below their bar. Without branches, so
// that the loop vectorises.
int count_above(const float* confidences, const float* bars, std::size_t count) {
  int above = 0;
  for (std::size_t k = 0; k < count; ++k) above += confidences[k] <= bars[k] ? 0 : 1;
  return above;
}

}  // namespace

Archive::Archive(int classes)
    : cells_(static_cast<std::size_t>(classes)), bars_(cells_.size(), kEmpty) {}

AddReport Archive::add(Span<const ItemPtr> items, Span<const float> confidences,
                       Span<const float> screened) {
  if (confidences.size() != items.size() * cells_.size()) {
    fail(ErrorKind::kInternal, "archive: expected {} x {} confidences, found {}", items.size(),
         cells_.size(), confidences.size());
  }
  AddReport report;
  const float* row = confidences.data();
  constexpr std::size_t kStretch = 64;
  for (std::size_t i = 0; i < items.size(); ++i, row += cells_.size()) {
    for (std::size_t k = 0; k < cells_.size(); ++k) {
      if (k % kStretch == 0) {
        // Most stretches of cells let nobody in.
        while (k < cells_.size() &&
               count_above(row + k, bars_.data() + k, std::min(kStretch, cells_.size() - k)) == 0)
          k += kStretch;
        if (k >= cells_.size()) break;
      }
      std::optional<Elite>& cell = cells_[k];
      const float confidence = row[k];
      if (cell && !(confidence > cell->confidence)) continue;
      if (!cell) cell.emplace();
      report.improvements.push_back(
          {static_cast<int>(k), static_cast<int>(i), cell->confidence, confidence});
      cell->item = items[i];
      cell->confidence = confidence;
      bars_[k] = confidence;
      cell->screened = screened.empty() ? 0.0F : screened[i * cells_.size() + k];
      ++cell->replacements;
      for (std::size_t m = 0; m < kMilestones.size(); ++m) {
        if (cell->evaluations_to[m] == 0 && confidence >= kMilestones[m]) {
          cell->evaluations_to[m] = items[i]->id + 1;
        }
      }
    }
  }
  return report;
}

const Elite* Archive::cell(int k) const {
  const std::optional<Elite>& cell = cells_.at(static_cast<std::size_t>(k));
  return cell ? &*cell : nullptr;
}

std::vector<ItemPtr> Archive::champions() const {
  std::vector<ItemPtr> result;
  result.reserve(cells_.size());
  for (const auto& cell : cells_) {
    if (cell) result.push_back(cell->item);
  }
  return result;
}

ArchiveStats Archive::stats() const {
  ArchiveStats stats;
  if (cells_.empty()) return stats;
  std::vector<double> values;
  values.reserve(cells_.size());
  for (const auto& cell : cells_) {
    const float confidence = cell ? cell->confidence : 0.0F;
    values.push_back(confidence);
    stats.qd_score += static_cast<double>(confidence);
    if (!cell) continue;
    ++stats.filled;
    stats.replacements += cell->replacements;
    stats.at_least_99 += confidence >= 0.99F ? 1 : 0;
    stats.at_least_9999 += confidence >= 0.9999F ? 1 : 0;
  }
  std::sort(values.begin(), values.end());
  stats.median = quantile(values, 0.5);
  stats.p10 = quantile(values, 0.1);
  stats.p90 = quantile(values, 0.9);
  stats.min = values.front();
  stats.max = values.back();
  stats.mean = stats.qd_score / static_cast<double>(values.size());
  return stats;
}

std::string Archive::digest(const Encoding& encoding) const {
  std::map<ItemId, std::string> genomes;
  std::string text;
  for (const auto& cell : cells_) {
    if (!cell) {
      text += "empty\n";
      continue;
    }
    std::string& genome = genomes[cell->item->id];
    if (genome.empty()) genome = sha256_hex(encoding.encode(*cell->item->genome));
    std::uint32_t bits = 0;
    std::memcpy(&bits, &cell->confidence, sizeof(bits));
    text += fmt::format("{} {:08x} {}\n", cell->item->id, bits, genome);
  }
  return sha256_hex(text);
}

std::vector<ItemPtr> Archive::items() const {
  std::map<ItemId, ItemPtr> distinct;
  for (const auto& cell : cells_) {
    if (cell) distinct.emplace(cell->item->id, cell->item);
  }
  std::vector<ItemPtr> result;
  result.reserve(distinct.size());
  for (auto& [id, item] : distinct) result.push_back(std::move(item));
  return result;
}

Json Archive::save() const {
  Json items = Json::array();
  for (const ItemPtr& item : this->items()) {
    items.push_back(
        {{"id", item->id}, {"generation", item->generation}, {"parents", item->parents}});
  }
  Json cells = Json::array();
  for (const auto& cell : cells_) {
    if (!cell) {
      cells.push_back(nullptr);
      continue;
    }
    cells.push_back({{"item", cell->item->id},
                     {"confidence", cell->confidence},
                     {"replacements", cell->replacements},
                     {"evaluations_to", cell->evaluations_to}});
    if (cell->screened != 0.0F) cells.back()["screened"] = cell->screened;
  }
  return {{"items", std::move(items)}, {"cells", std::move(cells)}};
}

Archive Archive::load(const Json& json, const std::function<GenomePtr(ItemId)>& genome) {
  try {
    std::map<ItemId, ItemPtr> items;
    for (const Json& saved : json.at("items")) {
      Item item;
      item.id = saved.at("id").get<ItemId>();
      item.generation = saved.at("generation").get<int>();
      item.parents = saved.at("parents").get<std::vector<ItemId>>();
      item.genome = genome(item.id);
      items.emplace(item.id, std::make_shared<const Item>(std::move(item)));
    }
    const Json& cells = json.at("cells");
    Archive archive(static_cast<int>(cells.size()));
    for (std::size_t k = 0; k < cells.size(); ++k) {
      const Json& saved = cells[k];
      if (saved.is_null()) continue;
      const auto it = items.find(saved.at("item").get<ItemId>());
      if (it == items.end())
        fail(ErrorKind::kData, "saved archive: cell {} names an item that is not there", k);
      Elite elite;
      elite.item = it->second;
      elite.confidence = saved.at("confidence").get<float>();
      elite.screened = saved.value("screened", 0.0F);
      elite.replacements = saved.at("replacements").get<std::uint64_t>();
      elite.evaluations_to = saved.at("evaluations_to").get<decltype(elite.evaluations_to)>();
      archive.bars_[k] = elite.confidence;
      archive.cells_[k] = std::move(elite);
    }
    return archive;
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "saved archive: {}", complaint_of(error));
  }
}

}  // namespace fool
