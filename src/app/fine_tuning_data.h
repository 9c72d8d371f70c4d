// Photos and fooling images for a network that learns the latter as one class more, and how it does
// on those that are held out (paper, section 3.7). Used by fine_tuning.h.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/worker_pool.h"
#include "fool/data/dataset.h"
#include "fool/data/resize.h"
#include "fool/model/model_spec.h"
#include "fool/train/fine_tuner.h"

namespace fool {

// The images of a run (its folder "images"), the pictures in a folder and its sub-folders, or one
// picture; sorted. Throws Error(kData) if there are none.
std::vector<std::filesystem::path> fooling_files(const std::string& run_or_folder);

// Photos and fooling images in a network's shape, those to learn from and those to test with.
struct FineTuningData {
  LabelledBatch train;   // the photos before the fooling images
  LabelledBatch photos;  // held out, as the following
  LabelledBatch fooling;
  int train_photos = 0;

  int train_fooling() const { return train.images.count() - train_photos; }
};

// Photos fit by the rule. So do fooling images, unless they have the network's shape, or are
// larger: then it saw their centre. `held_out` (0..1) of each are for testing, drawn by the seed;
// one of each at least. Throws Error(kData) for photos without a label or with one that the network
// does not have, and where less than two of a kind are there.
FineTuningData read_fine_tuning_data(const ModelSpec& spec, const Dataset& photos,
                                     const std::vector<std::filesystem::path>& fooling,
                                     const PhotoRule& rule, double held_out, std::uint64_t seed,
                                     WorkerPool& pool);

// How a network does on what was held out.
struct FineTuningScores {
  double accuracy_n = 0;      // of photos, where the fooling class may not be chosen
  double accuracy_n1 = 0;     // where it may
  double photos_caught = 0;   // share of photos that are taken for fooling images
  double fooling_caught = 0;  // share of fooling images that are
  double fooling_median = 0;  // median confidence in the first choice among the real classes
  double fooling_99 = 0;      // share of fooling images with one of .99 or more
};

// real_classes: the network's, or one less where it knows the fooling class.
FineTuningScores score_held_out(const ModelSpec& spec, int real_classes, const FineTuningData& data,
                                WorkerPool& pool);

}  // namespace fool
