// What the text of a champion's PNG says: enough to verify the image and to draw it again. The
// images reporter writes it; `fool verify` and `fool render` read it.
#pragma once

#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/report/png.h"

namespace fool {

struct ImageRecord {
  int class_index = 0;
  std::string label;
  float confidence = 0.0F;
  ItemId item = 0;
  int generation = kInitialGeneration;
  std::vector<ItemId> parents;
  Json encoding;  // the section of the resolved configuration that makes the Encoding
  Json genome;    // Encoding::to_json
};

// Keywords: class, label, confidence, item, generation, parents, encoding, genome, and Software.
PngText to_text(const ImageRecord& record);

// The way back. Throws Error(kData) naming `name` and the keyword that is missing or damaged.
ImageRecord to_image_record(const PngText& text, const std::string& name);

// "0042_agama.png" for class 42.
std::string image_file_name(int class_index, const std::string& label);

// The fewest digits that give the same float when read again.
std::string to_text(float confidence);

// "12 57": the ids of an item's parents in text and tables.
std::string to_text(const std::vector<ItemId>& ids);

}  // namespace fool
