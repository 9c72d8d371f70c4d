// What a network takes images for: its first choice among all classes, and among the real ones
// where the class behind them is that of fooling images.
#pragma once

#include <functional>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/core/image.h"
#include "fool/core/worker_pool.h"

namespace fool {

struct FirstChoice {
  int of_all = 0;
  int of_real = 0;
  float confidence = 0;  // in of_real
};

// Of `count` images; draw(i, image) fills in image i, on several threads at once. Blocks of images
// are scored together, the same whoever scores them. real_classes: from 1 to the network's.
std::vector<FirstChoice> first_choices(const Classifier& network, int real_classes, int count,
                                       const std::function<void(int i, ImageView image)>& draw,
                                       WorkerPool& pool);

}  // namespace fool
