// Whether images that were made to fool one network fool others: what `fool transfer` computes
// (paper section 3.5).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/transfer_source.h"
#include "fool/classify/classifier.h"
#include "fool/core/worker_pool.h"

namespace fool {

// What one network says of one image.
struct TransferScore {
  int top1 = 0;
  float top1_confidence = 0.0F;
  float target_confidence = 0.0F;  // of the class that the image was made for
};

struct ScoredSource {
  std::vector<TransferImage> images;  // without their pixels
  std::vector<TransferScore> scores;  // [images]
  int resized = 0;                    // images that had another shape than the network takes
};

// The network as it is to see the images of a source. Where their own network saw crops, this one
// sees as many crops, of its own size, if the images are large enough for them; else it takes
// images of its own size.
std::unique_ptr<Classifier> with_crops_of(const TransferSource& source, const Classifier& network);

// Scores the images as with_crops_of has them; those of another shape are resized to it, bilinearly
// and with antialiasing, and grey is made of colours or colours of grey. Images are scored in the
// same blocks for any number of workers, each block on one. `progress` is called on the calling
// thread with the number of images done, and may throw to stop. Throws Error(kData) for an image
// that cannot be read or whose class the network does not have.
ScoredSource score_source(const TransferSource& source, const Classifier& network, WorkerPool& pool,
                          const std::function<void(int done)>& progress);

// Some images of a source on one network, summed up. The shares' denominators may be 0, and then
// there is no share.
struct TransferSummary {
  int images = 0;
  int agreeing = 0;         // the network's first choice is the class the image was made for
  int logged = 0;           // images whose own confidence is known: the others count for nothing
  int logged_agreeing = 0;  // of the rest
  int over_99_on_both = 0;  // at least so sure, both of them
  int over_9999_on_both = 0;
  int surer_before = 0;  // the network that the image was made for is surer than this one
  int surer_before_agreeing = 0;
  double median_confidence = 0;  // of this network, in the class the image was made for
  std::optional<double> median_evolved_confidence;
  std::optional<double> median_drop;  // from the logged confidence to this network's
};

struct ScoredImage {
  const TransferImage* image;
  const TransferScore* score;
};

// Of at least one image.
TransferSummary summarise_transfer(const std::vector<ScoredImage>& images);

std::optional<double> share_of(int part, int whole);

}  // namespace fool
