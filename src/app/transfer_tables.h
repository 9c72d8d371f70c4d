// What `fool transfer` leaves behind: a row per image and network, their matrix of sources and
// networks, its classes, and the matrix as a picture.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/transfer.h"
#include "fool/core/json.h"
#include "fool/model/model_spec.h"

namespace fool {

struct TransferNetwork {
  std::string name;  // as the tables have it: no two networks have the same
  ModelSpec spec;
  Json fingerprint;
};

struct TransferScores {
  std::vector<TransferSource> sources;
  std::vector<TransferNetwork> networks;
  std::vector<std::vector<ScoredSource>> scored;  // [networks][sources]
};

// The same with the sources of a network together, in the place of the first of them, under the
// network's name: what the paper's table compares. Sources whose network is not known, and those
// that are alone, stay as they are.
TransferScores by_network(const TransferScores& result);

// transfer.csv: source, source_model, image, target_class, evolved_confidence, network, top1,
// top1_name, top1_confidence, target_confidence, agrees (yes or no).
std::string transfer_csv(const TransferScores& result);

// matrix.csv: a row per source and network. Shares are of all images or, "_of_agreeing", of those
// whose class is the network's first choice; of images without a logged confidence they say
// nothing. What there is no image for is empty.
std::string matrix_csv(const TransferScores& result);

// per_class.csv: the same for the images of each class.
std::string per_class_csv(const TransferScores& result);

// matrix.json: the same matrix, with what was scored and how.
Json matrix_json(const TransferScores& result);

// matrix.png: agreement as colours.
ImageBatch matrix_picture(const TransferScores& result);

// For a terminal.
std::string matrix_text(const TransferScores& result);

// All of the above but the last. `matrix` is what all but transfer.csv are made of: the result, or
// what by_network made of it. Throws Error(kIo).
void write_transfer(const TransferScores& result, const TransferScores& matrix,
                    const std::filesystem::path& folder);

}  // namespace fool
