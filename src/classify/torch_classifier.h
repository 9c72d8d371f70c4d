// What all LibTorch backends share: preprocessing, the forward pass, probabilities and gradients.
#pragma once

#include <memory>
#include <string>

#include "classify/network.h"
#include "classify/preprocess.h"
#include "fool/classify/classifier.h"

namespace fool {

class TorchClassifier : public Classifier {
 public:
  // `backend` is for the fingerprint.
  TorchClassifier(const ModelSpec& spec, std::shared_ptr<Network> network,
                  const std::string& backend);

  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> probabilities) override;
  void logits(const ImageBatch& images, Span<float> logits) override;
  void input_gradient(const ImageBatch& images, Span<const int> classes,
                      Span<float> gradient) override;
  std::unique_ptr<Classifier> clone() const override;
  const StageTimes& times() const override { return times_; }

 private:
  TorchClassifier(std::shared_ptr<const ModelSpec> spec, std::shared_ptr<Network> network,
                  ClassifierInfo info);

  torch::Tensor make_input(int batch) const;
  torch::Tensor forward(const torch::Tensor& input, int batch);
  torch::Tensor outputs(const ImageBatch& images);

  std::shared_ptr<const ModelSpec> spec_;
  std::shared_ptr<Network> network_;
  ClassifierInfo info_;
  Preprocessor preprocessor_;
  torch::Tensor input_;  // of the last batch, kept for the next one
  StageTimes times_;
};

}  // namespace fool
