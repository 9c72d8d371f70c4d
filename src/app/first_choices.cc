#include "app/first_choices.h"

#include <algorithm>
#include <memory>

namespace fool {
namespace {

constexpr int kBlock = 50;

int highest(Span<const float> confidences) {
  return static_cast<int>(std::max_element(confidences.begin(), confidences.end()) -
                          confidences.begin());
}

}  // namespace

std::vector<FirstChoice> first_choices(const Classifier& network, int real_classes, int count,
                                       const std::function<void(int, ImageView)>& draw,
                                       WorkerPool& pool) {
  std::vector<std::unique_ptr<Classifier>> clones;
  for (int w = 0; w < pool.workers(); ++w) clones.push_back(network.clone());
  const auto classes = static_cast<std::size_t>(network.info().classes);
  std::vector<FirstChoice> choices(static_cast<std::size_t>(count));
  pool.for_each((count + kBlock - 1) / kBlock, [&](int worker, int block) {
    const int first = block * kBlock;
    const int last = std::min(count, first + kBlock);
    ImageBatch images(last - first, network.info().shape);
    for (int i = first; i < last; ++i) draw(i, images[i - first]);
    std::vector<float> confidences(static_cast<std::size_t>(images.count()) * classes);
    clones[static_cast<std::size_t>(worker)]->classify(images, confidences);
    for (int i = first; i < last; ++i) {
      const auto row = Span<const float>(confidences)
                           .subspan(static_cast<std::size_t>(i - first) * classes, classes);
      const auto real = row.first(static_cast<std::size_t>(real_classes));
      FirstChoice& choice = choices[static_cast<std::size_t>(i)];
      choice.of_all = highest(row);
      choice.of_real = highest(real);
      choice.confidence = real[static_cast<std::size_t>(choice.of_real)];
    }
  });
  return choices;
}

}  // namespace fool
