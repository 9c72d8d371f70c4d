// Several networks as one classifier: images that fool it fool them all, or most of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fool/classify/classifier.h"

namespace fool {

// What becomes of the members' probabilities of a class: their mean (paper, supplement B), or the
// smallest of them.
enum class EnsembleRule { kMean, kMin };

EnsembleRule ensemble_rule(const std::string& name);  // "mean" or "min"; throws Error(kConfig)
std::string name_of(EnsembleRule rule);

// Members: at least two that take images of one shape and have as many classes; else throws
// Error(kConfig). Each row of kMin sums to at most 1 instead of to 1. Gradients are those of the
// mean, or of the member that is least sure of the image's class; an ensemble has no logits.
std::unique_ptr<Classifier> make_ensemble(std::vector<std::unique_ptr<Classifier>> members,
                                          EnsembleRule rule);

}  // namespace fool
