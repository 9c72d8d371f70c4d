// What the text of an image's PNG says: enough to verify the image and to make it again. The images
// reporter and `fool ascend` write it; `fool verify` and `fool render` read it.
#pragma once

#include <optional>
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

// What every image says of itself, whatever made it.
struct ImageClaim {
  int class_index = 0;
  std::string label;
  float confidence = 0.0F;
  // How to get the confidence again: the sections "model", "image" and "evaluate" of a
  // configuration and the "weights_sha256"; of an image that says so.
  std::optional<Json> scoring;
};

// Keywords: class, label, confidence, scoring, and Software.
PngText to_text(const ImageClaim& claim);

// The way back, for images with an ImageRecord too. Throws Error(kData) as to_image_record.
ImageClaim to_image_claim(const PngText& text, const std::string& name);

// "0042_agama.png" for class 42.
std::string image_file_name(int class_index, const std::string& label);

// The fewest digits that give the same float when read again.
std::string to_text(float confidence);

// "12 57": the ids of an item's parents in text and tables.
std::string to_text(const std::vector<ItemId>& ids);

}  // namespace fool
