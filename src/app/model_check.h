// Is a network what its card says? Its recorded outputs, and its accuracy on labelled images. For
// `fool models check` and the tests.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/core/worker_pool.h"
#include "fool/data/dataset.h"
#include "fool/data/resize.h"
#include "fool/model/model_spec.h"

namespace fool {

// One input of the card's golden file: a synthetic image or a photo whose outputs are recorded.
struct GoldenCheck {
  std::string input;      // "synthetic", or the photo's file
  double difference = 0;  // the largest, of recorded logits and probabilities
  double tolerance = 0;
  std::string problem;  // why the comparison could not be made, or empty

  bool passed() const { return problem.empty() && difference <= tolerance; }
};

// Empty if the card names no golden file. Photos are looked for as PNG in golden_photos beside that
// file. Throws Error(kModel) if the golden file is missing or malformed.
std::vector<GoldenCheck> check_golden(const ModelSpec& spec, Classifier& classifier);

// What a network makes of one labelled image.
struct ImageOutcome {
  std::string name;  // file or index
  int label = 0;
  int top1 = 0;
  float top1_confidence = 0.0F;
  float label_confidence = 0.0F;
};

struct Accuracy {
  std::string data;  // "photos", "mnist"
  std::string rule;  // by which photos were made to fit; empty where they are not
  int images = 0;
  int top1_correct = 0;
  int top5_correct = 0;
  double mean_confidence = 0;  // of the first choice
  // First choices that would be right if every label were one less, or one more: lists of classes
  // with and without a "background" are often mixed up.
  int top1_one_less = 0;
  int top1_one_more = 0;
  std::vector<ImageOutcome> outcomes = {};  // of all images, in their order

  double top1() const { return static_cast<double>(top1_correct) / images; }
  double top5() const { return static_cast<double>(top5_correct) / images; }
};

// Classifies the images of a data set, or `limit` (> 0) of them spread over it. `progress` is
// called on the calling thread with the number done so far, and may throw to stop. Throws
// Error(kData) for an image without a label, or with a label that the network does not have.
Accuracy measure_accuracy(const Dataset& dataset, const Classifier& classifier,
                          const PhotoRule& rule, int limit, WorkerPool& pool,
                          const std::function<void(int done)>& progress);

// What the card's "measured" says for the same data, rule and number of images.
struct RecordedAccuracy {
  std::optional<double> top1;
  std::optional<double> top5;
  std::optional<double> mean_confidence;
};
std::optional<RecordedAccuracy> recorded_accuracy(const ModelSpec& spec, const Accuracy& measured);

}  // namespace fool
