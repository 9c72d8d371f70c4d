// The scorer of a processor core: a renderer draws into memory, a classifier reads from there.
#include <utility>

#include "fool/core/error.h"
#include "fool/eval/block_scorer.h"
#include "fool/render/differentiator.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

class HostScorer : public BlockScorer {
 public:
  HostScorer(const Encoding& encoding, const std::string& renderer,
             std::unique_ptr<Classifier> classifier, int block, const Frame& seen)
      : encoding_(encoding),
        wanted_renderer_(renderer),
        renderer_(make_renderer(renderer, encoding, seen)),
        classifier_(std::move(classifier)),
        seen_(seen),
        images_(block, seen.shape()) {}

  void score(Span<const GenomePtr> genomes, Span<float> confidences) override {
    {
      const ScopedStage stage(render_times_, Stage::kRender);
      renderer_->render(genomes, images_);
    }
    classifier_->classify(images_, confidences);
  }

  void score_with_gradients(Span<const GenomePtr> genomes, Span<const int> classes,
                            Span<float> confidences, Span<std::vector<float>> gradients) override {
    if (differentiator_ == nullptr) {
      differentiator_ = make_differentiator(wanted_renderer_, encoding_, seen_);
    }
    {
      const ScopedStage stage(render_times_, Stage::kRender);
      renderer_->render(genomes, images_);
    }
    by_pixel_.resize(images_.bytes().size());
    classifier_->input_gradient(images_, classes, Objective::kLogProbability, confidences,
                                by_pixel_);
    const ScopedStage stage(render_times_, Stage::kRender);
    std::vector<Span<float>> by_parameter;
    for (std::size_t b = 0; b < genomes.size(); ++b) {
      gradients[b].resize(encoding_.differentiable()->parameter_count(*genomes[b]));
      by_parameter.emplace_back(gradients[b]);
    }
    differentiator_->pull_back(genomes, by_pixel_, by_parameter);
  }

  void score_images(const ImageBatch& images, Span<float> confidences) override {
    if (seen_.is_whole()) {
      classifier_->classify(images, confidences);
    } else {
      cut(images);
      classifier_->classify(images_, confidences);
    }
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
  // What is seen of whole pictures, into images_.
  void cut(const ImageBatch& images) {
    if (images.shape() != seen_.canvas || images.count() != images_.count()) {
      fail(ErrorKind::kInternal, "{} images of {} x {} are no block of {} of {} x {}",
           images.count(), images.shape().height, images.shape().width, images_.count(),
           seen_.canvas.height, seen_.canvas.width);
    }
    for (int b = 0; b < images.count(); ++b) cut_out(seen_, images[b], images_[b]);
  }

  const Encoding& encoding_;
  std::string wanted_renderer_;
  std::unique_ptr<Renderer> renderer_;
  std::unique_ptr<Differentiator> differentiator_;  // once a gradient is wanted
  std::unique_ptr<Classifier> classifier_;
  Frame seen_;
  ImageBatch images_;            // [B, H, W, C]
  std::vector<float> by_pixel_;  // the same, of gradients
  StageTimes render_times_;
};

}  // namespace

void expect_same_shape(const ImageShape& drawn, const Classifier& classifier) {
  const ImageShape& taken = classifier.info().shape;
  if (drawn != taken) {
    fail(ErrorKind::kConfig, "the encoding draws {} x {} x {} images, but {} takes {} x {} x {}",
         drawn.height, drawn.width, drawn.channels, classifier.info().name, taken.height,
         taken.width, taken.channels);
  }
}

BlockScorers make_host_scorers(const Encoding& encoding, const std::string& renderer,
                               const Classifier& classifier, int block, int workers) {
  return make_host_scorers(encoding, renderer, classifier, block, workers,
                           Frame::whole(encoding.shape()));
}

BlockScorers make_host_scorers(const Encoding& encoding, const std::string& renderer,
                               const Classifier& classifier, int block, int workers,
                               const Frame& seen) {
  expect_same_shape(seen.shape(), classifier);
  BlockScorers scorers;
  for (int i = 0; i < workers; ++i) {
    scorers.push_back(
        std::make_unique<HostScorer>(encoding, renderer, classifier.clone(), block, seen));
  }
  return scorers;
}

}  // namespace fool
