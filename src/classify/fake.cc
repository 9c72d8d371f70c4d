// A network that is no network: a hash of the image, for tests of everything around it.
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "classify/outputs.h"
#include "classify/settings_of_card.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

// FNV-1a.
std::uint32_t hash_bytes(ConstImageView image) {
  std::uint32_t hash = 2166136261U;
  for (std::size_t i = 0; i < image.size(); ++i) hash = (hash ^ image.data[i]) * 16777619U;
  return hash;
}

class Fake : public Classifier {
 public:
  Fake(const Json& settings, std::shared_ptr<const ModelSpec> spec)
      : settings_(settings), spec_(std::move(spec)) {
    info_.name = spec_->name;
    info_.classes = spec_->classes;
    info_.shape = spec_->input.shape();
    info_.fingerprint = {{"backend", "fake"}, {"options", settings}, {"crops", 1}};
  }

  const ClassifierInfo& info() const override { return info_; }

  void logits(const ImageBatch& images, Span<float> logits) override {
    const ScopedStage stage(times_, Stage::kForward);
    const std::string emit = settings_.at("emit");
    const std::int64_t found = spec_->classes - (emit == "fewer classes" ? 1 : 0);
    const std::int64_t shape[] = {images.count(), found};
    expect_output_shape(*spec_, images.count(), shape);
    const auto classes = static_cast<std::size_t>(info_.classes);
    for (std::size_t b = 0; b < static_cast<std::size_t>(images.count()); ++b) {
      const std::uint32_t hash = emit == "constant" ? 0U : hash_bytes(images[static_cast<int>(b)]);
      RngStream stream(settings_.at("seed").get<std::uint64_t>(), "classify.fake", hash, 0);
      for (float& value : logits.subspan(b * classes, classes)) {
        value = static_cast<float>(12.0 * stream.uniform());
      }
      if (emit == "nan") logits[b * classes] = std::numeric_limits<float>::quiet_NaN();
    }
  }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    outputs_.resize(probabilities.size());
    logits(images, outputs_);
    const auto classes = static_cast<std::size_t>(info_.classes);
    for (std::size_t i = 0; i < outputs_.size(); i += classes) {
      to_probabilities(OutputKind::kLogits, Span<const float>(outputs_).subspan(i, classes),
                       probabilities.subspan(i, classes));
    }
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<Fake>(settings_, spec_);
  }
  const StageTimes& times() const override { return times_; }

 private:
  Json settings_;
  std::shared_ptr<const ModelSpec> spec_;
  ClassifierInfo info_;
  StageTimes times_;
  std::vector<float> outputs_;
};

ParameterTable parameters() {
  return {param("seed", 0, "another seed is another network").at_least(0),
          param("emit", "hash", "what comes out: a hash of the image, or a way to fail")
              .one_of({"hash", "constant", "nan", "fewer classes"})};
}

std::unique_ptr<Classifier> make_fake(const Json& settings, const ModelSpec& spec,
                                      const Execution& how) {
  return std::make_unique<Fake>(settings_of_card(spec, parameters()),
                                std::make_shared<const ModelSpec>(spec));
}

FOOL_REGISTER(ClassifierRegistry,
              {"fake", "A hash of the image, for tests", parameters(), {}, make_fake});

}  // namespace
}  // namespace fool
