// A network ready to be opened: its weights from wherever they lie, or downloaded.
#pragma once

#include <string>

#include "app/download.h"
#include "fool/model/model_spec.h"

namespace fool {

enum class Thoroughness {
  kMissing,  // downloads weights that are nowhere
  kAll,      // also weights that were downloaded and are damaged now, and labels
};

// Finds a network as ModelFinder does. Weights that another program downloaded are announced and
// used where they lie; weights that are nowhere are downloaded into the cache if the card has an
// address. Labels come with them if they can be had. Throws Error(kModel): what verify_weights
// says of missing weights, and why they did not come.
ModelSpec provide_model(const std::string& model, Thoroughness thoroughness,
                        const DownloadFlags& flags, Console& console);

}  // namespace fool
