// Where the weights of a card may already lie, so that nobody downloads them twice.
#pragma once

#include <filesystem>
#include <vector>

#include "fool/model/model_spec.h"

namespace fool {

// The weights that a card names, then its other files.
std::vector<WeightsFile> weights_files(const ModelSpec& spec);

// Takes one of weights_files(), which lies at `place`.
void adopt_weights(ModelSpec& spec, const WeightsFile& file, const std::filesystem::path& place);

// The files that other programs have downloaded and that have this file's name (and size, where it
// is known): in torch hub's cache ($TORCH_HOME/hub/checkpoints, ~/.cache/torch/hub/checkpoints,
// ~/.torch/models) and, if an address is one of huggingface.co, in Hugging Face's ($HF_HUB_CACHE,
// $HF_HOME/hub, ~/.cache/huggingface/hub). Nothing is read.
std::vector<std::filesystem::path> copies_in_other_caches(const WeightsFile& file);

// Looks by name for the weights of a card, then for its other files: in the folders, then in other
// programs' caches. Where one is found the spec takes it; otherwise the spec stays as it is.
void locate_weights(ModelSpec& spec, const std::vector<std::filesystem::path>& folders);

// Labels that the card names but that do not lie beside it are taken from the first of the folders
// that has a list of the right length under that name.
void locate_labels(ModelSpec& spec, const std::vector<std::filesystem::path>& folders);

}  // namespace fool
