#include "app/input_variants.h"

#include <algorithm>

#include "app/model_check.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "model/channel_order.h"

namespace fool {
namespace {

// A range with the mean and deviation of each channel, red first.
struct Normalisation {
  float scale;
  std::vector<float> mean;
  std::vector<float> std;
};

const std::vector<Normalisation>& usual_colour() {
  constexpr float kUnit = 1.0F / 255.0F;
  static const std::vector<Normalisation> all = {
      {kUnit, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}},  // torchvision
      {kUnit, {0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}},              // TensorFlow
      {kUnit, {0.0F, 0.0F, 0.0F}, {1.0F, 1.0F, 1.0F}},
      {1.0F, {123.0F, 117.0F, 104.0F}, {1.0F, 1.0F, 1.0F}},  // Caffe
      {1.0F, {0.0F, 0.0F, 0.0F}, {1.0F, 1.0F, 1.0F}}};
  return all;
}

const std::vector<Normalisation>& usual_grey() {
  constexpr float kUnit = 1.0F / 255.0F;
  static const std::vector<Normalisation> all = {{kUnit, {0.0F}, {1.0F}},
                                                 {kUnit, {0.1307F}, {0.3081F}},  // MNIST's own
                                                 {kUnit, {0.5F}, {0.5F}},
                                                 {1.0F, {0.0F}, {1.0F}}};
  return all;
}

std::string text_of(const InputSpec& input) {
  return fmt::format("channels {}, range {}, mean {}, std {}", card_name(input.channels),
                     input.scale == 1.0F ? "0..255" : "0..1", fmt::join(input.mean, " "),
                     fmt::join(input.std, " "));
}

InputSpec with(InputSpec input, ChannelOrder channels, const Normalisation& normalisation) {
  input.channels = channels;
  input.scale = normalisation.scale;
  input.mean = normalisation.mean;
  input.std = normalisation.std;
  if (channels == ChannelOrder::kBgr) {
    std::reverse(input.mean.begin(), input.mean.end());
    std::reverse(input.std.begin(), input.std.end());
  }
  return input;
}

bool same(const InputSpec& a, const InputSpec& b) {
  return a.channels == b.channels && a.scale == b.scale && a.mean == b.mean && a.std == b.std;
}

}  // namespace

std::vector<InputVariant> usual_inputs(const InputSpec& card) {
  std::vector<InputVariant> variants;
  const auto add = [&](const InputSpec& input) {
    const bool known = std::any_of(variants.begin(), variants.end(),
                                   [&](const auto& other) { return same(other.input, input); });
    if (!known) variants.push_back({text_of(input), input});
  };
  add(card);
  if (card.channels == ChannelOrder::kGray) {
    for (const Normalisation& usual : usual_grey()) add(with(card, card.channels, usual));
    return variants;
  }
  Normalisation own{card.scale, card.mean, card.std};
  if (card.channels == ChannelOrder::kBgr) {
    std::reverse(own.mean.begin(), own.mean.end());
    std::reverse(own.std.begin(), own.std.end());
  }
  for (const ChannelOrder channels : {ChannelOrder::kRgb, ChannelOrder::kBgr}) {
    add(with(card, channels, own));
    for (const Normalisation& usual : usual_colour()) add(with(card, channels, usual));
  }
  return variants;
}

std::vector<VariantScore> score_inputs(const ModelSpec& spec,
                                       const std::vector<InputVariant>& variants,
                                       const Dataset& dataset, const PhotoRule& rule, int limit,
                                       WorkerPool& pool,
                                       const std::function<void(int done)>& progress) {
  std::vector<VariantScore> scores;
  for (const InputVariant& variant : variants) {
    VariantScore score{variant, limit > 0 ? std::min(limit, dataset.size()) : dataset.size(), 0};
    ModelSpec changed = spec;
    changed.input = variant.input;
    try {
      const auto classifier = open_classifier(changed);
      score.top1_correct =
          measure_accuracy(dataset, *classifier, rule, limit, pool, [](int) {}).top1_correct;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel) throw;  // only what a wrong input can cause
    }
    scores.push_back(score);
    progress(static_cast<int>(scores.size()));
  }
  std::stable_sort(scores.begin(), scores.end(), [](const VariantScore& a, const VariantScore& b) {
    return a.top1_correct > b.top1_correct;
  });
  return scores;
}

}  // namespace fool
