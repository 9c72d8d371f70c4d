#include "fool/eval/evaluator.h"

#include <algorithm>

#include "fool/core/error.h"

namespace fool {

// What one thread needs to score a block without asking anybody.
struct Evaluator::Worker {
  std::unique_ptr<Renderer> renderer;
  std::unique_ptr<Classifier> classifier;
  ImageBatch images;               // [B, H, W, C]
  std::vector<GenomePtr> genomes;  // [B]
  std::vector<float> confidences;  // [B, K]
  StageTimes times;
};

Evaluator::Evaluator(const Encoding& encoding, const std::string& renderer,
                     const Classifier& classifier, int block, WorkerPool& pool)
    : encoding_(encoding), pool_(pool), block_(block), classes_(classifier.info().classes) {
  const ImageShape& drawn = encoding.shape();
  const ImageShape& taken = classifier.info().shape;
  if (drawn != taken) {
    fail(ErrorKind::kConfig, "the encoding draws {} x {} x {} images, but {} takes {} x {} x {}",
         drawn.height, drawn.width, drawn.channels, classifier.info().name, taken.height,
         taken.width, taken.channels);
  }
  for (int i = 0; i < pool.workers(); ++i) {
    auto worker = std::make_unique<Worker>();
    worker->renderer = make_renderer(renderer, encoding);
    worker->classifier = classifier.clone();
    worker->images = ImageBatch(block, drawn);
    worker->genomes.resize(static_cast<std::size_t>(block));
    worker->confidences.resize(static_cast<std::size_t>(block) *
                               static_cast<std::size_t>(classes_));
    workers_.push_back(std::move(worker));
  }
}

Evaluator::~Evaluator() = default;

Span<const float> Evaluator::evaluate(Span<const ItemPtr> items,
                                      const std::function<void()>& before_block) {
  return evaluate_blocks(static_cast<int>(items.size()), [&](Worker& worker, int first) {
    if (before_block) before_block();
    const ScopedStage stage(worker.times, Stage::kRender);
    const int last = static_cast<int>(items.size()) - 1;
    for (int b = 0; b < block_; ++b) {
      worker.genomes[static_cast<std::size_t>(b)] =
          items[static_cast<std::size_t>(std::min(first + b, last))]->genome;
    }
    worker.renderer->render(worker.genomes, worker.images);
  });
}

Span<const float> Evaluator::evaluate_images(const ImageBatch& images) {
  return evaluate_blocks(images.count(), [&](Worker& worker, int first) {
    for (int b = 0; b < block_; ++b) {
      const ConstImageView from = images[std::min(first + b, images.count() - 1)];
      std::copy_n(from.data, from.size(), worker.images[b].data);
    }
  });
}

template <typename Fill>
Span<const float> Evaluator::evaluate_blocks(int items, Fill fill) {
  const auto classes = static_cast<std::size_t>(classes_);
  confidences_.resize(static_cast<std::size_t>(items) * classes);
  pool_.for_each((items + block_ - 1) / block_, [&](int w, int k) {
    Worker& worker = *workers_[static_cast<std::size_t>(w)];
    const int first = k * block_;
    fill(worker, first);
    worker.classifier->classify(worker.images, worker.confidences);
    const auto rows = static_cast<std::size_t>(std::min(block_, items - first));
    std::copy_n(worker.confidences.data(), rows * classes,
                confidences_.data() + static_cast<std::size_t>(first) * classes);
  });
  return confidences_;
}

std::string Evaluator::renderer_name() const { return workers_.front()->renderer->name(); }

StageTimes Evaluator::times() const {
  StageTimes sum;
  for (const auto& worker : workers_) {
    sum += worker->times;
    sum += worker->classifier->times();
  }
  return sum;
}

}  // namespace fool
