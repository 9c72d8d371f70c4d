// A search proposes items and learns from their scores. It knows no device, no file and no thread
// order: ask() is a pure function of seed, generation, archive and its own saved state.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/core/registry.h"
#include "fool/core/worker_pool.h"
#include "fool/encoding/encoding.h"
#include "fool/search/evaluations.h"

namespace fool {

struct SearchContext {
  const Encoding& encoding;  // outlives the search
  std::uint64_t seed = 1;
  int classes = 0;  // K
};

class Search {
 public:
  virtual ~Search() = default;

  // How many items ask() returns for a generation, at most; kInitialGeneration is the random start.
  virtual int size(int generation) const = 0;

  // What they cost, see evaluations.h.
  virtual std::uint64_t equivalents(int generation) const {
    return static_cast<std::uint64_t>(size(generation));
  }

  // The items of a generation, in index order; item i has the id first_id + i. Work that can be
  // spread over threads is handed to the pool.
  virtual std::vector<ItemPtr> ask(const Archive& archive, int generation, ItemId first_id,
                                   WorkerPool& pool) = 0;

  // Whether it ever wants a gradient.
  virtual bool follows_gradients() const { return false; }

  // What became of the items.
  virtual void tell(Span<const ItemPtr> items, const Evaluations& evaluations,
                    const AddReport& report) {}

  // State beyond the archive, for checkpoints. load_state throws Error(kData).
  virtual Json save_state() const { return Json::object(); }
  virtual void load_state(const Json& state) {}

  // The cost until the end of `generation`, the initial population included.
  std::uint64_t equivalents_after(int generation) const {
    std::uint64_t sum = 0;
    for (int g = kInitialGeneration; g <= generation; ++g) sum += equivalents(g);
    return sum;
  }
};

using SearchRegistry = Registry<Search, const SearchContext&>;

}  // namespace fool
