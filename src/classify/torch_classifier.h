// What all networks that LibTorch can run share: preprocessing, the forward pass, in LibTorch or in
// a faster engine, probabilities and gradients.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "classify/forward_engine.h"
#include "classify/network.h"
#include "classify/preprocess.h"
#include "fool/classify/classifier.h"

namespace fool {

class TorchClassifier : public Classifier {
 public:
  // `backend` is for the fingerprint. Throws Error(kConfig) if the engine that is asked for by name
  // cannot run the network.
  TorchClassifier(const ModelSpec& spec, std::shared_ptr<Network> network,
                  const std::string& backend, const Execution& how);

  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> probabilities) override;
  void logits(const ImageBatch& images, Span<float> logits) override;
  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override;
  std::unique_ptr<Classifier> clone() const override;
  const StageTimes& times() const override { return times_; }

 private:
  TorchClassifier(const TorchClassifier& other);  // shares the weights

  void choose_engine(const Execution& how);
  torch::Tensor make_input(int batch) const;
  torch::Tensor forward(const torch::Tensor& input, int batch);
  // output: [B, K] of the network.
  void to_probabilities(Span<const float> output, Span<float> probabilities) const;
  // [B, K], valid until the next call.
  Span<const float> outputs(const ImageBatch& images);
  Span<const float> outputs_of_torch(const ImageBatch& images);
  // Null where LibTorch computes gradients.
  GradientEngine* gradient_engine(int batch);

  std::shared_ptr<const ModelSpec> spec_;
  std::shared_ptr<Network> network_;
  ClassifierInfo info_;
  Preprocessor preprocessor_;
  std::shared_ptr<EngineFactory> engines_;  // null: LibTorch
  std::unique_ptr<ForwardEngine> engine_;   // for batches of engine_batch_
  int engine_batch_ = 0;
  std::unique_ptr<GradientEngine> gradient_engine_;  // once a gradient is wanted
  bool engine_has_gradients_ = true;
  std::vector<float> by_input_;  // [B, H, W, C]
  torch::Tensor input_;          // of the last batch in LibTorch, kept for the next one
  torch::Tensor output_;         // likewise
  StageTimes times_;
};

// The network where `how` wants it: on the processor as above, or on a device.
std::unique_ptr<Classifier> make_network_classifier(const ModelSpec& spec,
                                                    std::shared_ptr<Network> network,
                                                    const std::string& backend,
                                                    const Execution& how);

}  // namespace fool
