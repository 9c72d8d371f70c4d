// The champions of a run and their ancestors as genomes and pictures, from whatever holds them: the
// run's PNGs, its checkpoint, or a replay of what was drawn at random.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/encoding/encoding.h"
#include "report/page/run_reading.h"

namespace fool {

struct PictureOptions {
  int largest_side = 0;               // of champions' pictures, in pixels; 0: as stored
  int ancestors = 24;                 // pictures of a line of descent, at most
  int ancestor_side = 64;             // of theirs
  std::size_t most_ancestors = 4000;  // of all lines of a run
  std::function<void()> tick;         // called once for each champion; may throw; may be empty
  // The shape of the images that a configuration makes, where no image says so; may be empty or
  // throw Error.
  std::function<ImageShape(const Json& config)> shape_of;
};

struct ChampionPicture {
  std::string png;           // without text; empty: there is none
  Json genome;               // null: not known
  std::vector<ItemId> line;  // of descent, the champion itself last
  bool line_drawn = false;   // the pictures of its ancestors are in RunPictures::ancestors
};

struct RunPictures {
  ImageShape shape;  // height 0: not known
  std::map<ItemId, ChampionPicture> champions;
  std::map<ItemId, std::string> ancestors;  // PNGs
  std::vector<std::string> notes;
};

RunPictures read_pictures(const RunReading& run, const PictureOptions& options);

}  // namespace fool
