// The first classes of a network alone, for searches that must not aim at the others: a network
// that knows fooling images as a class of its own is fooled by making it see one of the real
// classes.
#pragma once

#include <memory>

#include "fool/classify/classifier.h"

namespace fool {

// Gives of each image the first `classes` probabilities, or logits, and keeps the rest to itself.
// The others take part in the softmax all the same, so a row may sum to less than 1. Images are
// scored in the host's memory. Throws Error(kConfig) unless 1 <= classes <= the network's.
std::unique_ptr<Classifier> make_leading_classes(std::unique_ptr<Classifier> inner, int classes);

}  // namespace fool
