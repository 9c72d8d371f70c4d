// Where the images of `fool transfer` come from: the run of a search or an ascent, or a folder of
// labelled pictures.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fool/core/image.h"
#include "fool/core/json.h"

namespace fool {

// An image that was made to be taken for a class.
struct TransferImage {
  ImageBatch image;  // one, in its own size; dropped once it is scored
  std::string path;
  int target_class = 0;
  std::optional<float> confidence;  // that its own network gave the class; none: nobody says
};

struct TransferSource {
  std::string name;            // as it was asked for
  std::string model;           // the network that the images were made for; empty: not known
  std::string weights_sha256;  // of that network; empty: not known, or several
  std::string model_setting;   // how the run named it, or them; empty: not known
  int classes = 0;             // of that network; 0: not known
  // Where the network saw crops of the images, such as {"size": 256, "crops": 10}.
  std::optional<Json> crops;
  int images = 0;
  std::function<TransferImage(int index)> read;  // thread-safe; throws Error(kData)
};

// Opens a run's folder, of which classes.csv or results.csv says what images there are (of a run
// that has not ended, the images themselves), or a folder of class sub-folders or of pictures with
// a labels.csv. A column "confidence" of that table counts as logged. Throws Error(kData) or
// Error(kIo).
TransferSource open_transfer_source(const std::string& path);

}  // namespace fool
