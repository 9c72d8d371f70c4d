// The scorer of a processor core: a renderer draws into memory, a classifier reads from there.
#include <utility>

#include "fool/core/error.h"
#include "fool/eval/block_scorer.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

class HostScorer : public BlockScorer {
 public:
  HostScorer(std::unique_ptr<Renderer> renderer, std::unique_ptr<Classifier> classifier, int block)
      : renderer_(std::move(renderer)),
        classifier_(std::move(classifier)),
        images_(block, classifier_->info().shape) {}

  void score(Span<const GenomePtr> genomes, Span<float> confidences) override {
    {
      const ScopedStage stage(render_times_, Stage::kRender);
      renderer_->render(genomes, images_);
    }
    classifier_->classify(images_, confidences);
  }

  void score_images(const ImageBatch& images, Span<float> confidences) override {
    classifier_->classify(images, confidences);
  }

  void forward_again(Span<float> confidences) override {
    classifier_->classify(images_, confidences);
  }

  std::string renderer_name() const override { return renderer_->name(); }

  StageTimes times() const override {
    StageTimes sum = render_times_;
    return sum += classifier_->times();
  }

 private:
  std::unique_ptr<Renderer> renderer_;
  std::unique_ptr<Classifier> classifier_;
  ImageBatch images_;  // [B, H, W, C]
  StageTimes render_times_;
};

}  // namespace

void expect_same_shape(const Encoding& encoding, const Classifier& classifier) {
  const ImageShape& drawn = encoding.shape();
  const ImageShape& taken = classifier.info().shape;
  if (drawn != taken) {
    fail(ErrorKind::kConfig, "the encoding draws {} x {} x {} images, but {} takes {} x {} x {}",
         drawn.height, drawn.width, drawn.channels, classifier.info().name, taken.height,
         taken.width, taken.channels);
  }
}

BlockScorers make_host_scorers(const Encoding& encoding, const std::string& renderer,
                               const Classifier& classifier, int block, int workers) {
  expect_same_shape(encoding, classifier);
  BlockScorers scorers;
  for (int i = 0; i < workers; ++i) {
    scorers.push_back(
        std::make_unique<HostScorer>(make_renderer(renderer, encoding), classifier.clone(), block));
  }
  return scorers;
}

}  // namespace fool
