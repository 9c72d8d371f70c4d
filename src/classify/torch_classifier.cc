#include "classify/torch_classifier.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "classify/classifier_info.h"
#include "classify/cuda_classifier.h"
#include "classify/input_gradient.h"
#include "classify/outputs.h"
#include "classify/torch_errors.h"

namespace fool {
namespace {

// The numbers of a dense tensor, in the order of memory.
Span<float> values(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

TorchClassifier::TorchClassifier(const ModelSpec& spec, std::shared_ptr<Network> network,
                                 const std::string& backend, const Execution& how)
    : spec_(std::make_shared<const ModelSpec>(spec)),
      network_(std::move(network)),
      info_(make_classifier_info(spec, backend, numeric_library())),
      preprocessor_(spec.input) {
  choose_engine(how);
  if (engines_ == nullptr) keep_memory_of_threads();
  info_.fingerprint["engine"] = engines_ != nullptr ? engines_->name() : "LibTorch";
  info_.fingerprint["dtype"] = how.precision;
}

TorchClassifier::TorchClassifier(const TorchClassifier& other)
    : spec_(other.spec_),
      network_(other.network_),
      info_(other.info_),
      preprocessor_(other.preprocessor_),
      engines_(other.engines_) {}

void TorchClassifier::choose_engine(const Execution& how) {
  const bool narrow = how.precision == "bfloat16";
  try {
    LayerGraph layers =
        translate_torch_errors(info_.name, [&] { return network_->layers(spec_->input.shape()); });
    info_.multiply_adds = layers.multiply_adds();
    if (how.engine == "torch" && !narrow) return;
    engines_ = make_onednn_engines(std::move(layers), preprocessor_,
                                   narrow ? Precision::kBfloat16 : Precision::kFloat32);
  } catch (const Error& e) {
    if (how.engine != "auto" && how.engine != "torch") {
      fail(ErrorKind::kConfig, "evaluate.engine: {} cannot run {}: {}", how.engine, info_.name,
           e.what());
    }
    if (narrow) {
      fail(ErrorKind::kConfig, "{}: cannot be run in bfloat16: {}", info_.name, e.what());
    }
  }
}

torch::Tensor TorchClassifier::make_input(int batch) const {
  return torch::empty({batch, info_.shape.channels, info_.shape.height, info_.shape.width},
                      torch::kFloat32, torch::MemoryFormat::ChannelsLast);
}

torch::Tensor TorchClassifier::forward(const torch::Tensor& input, int batch) {
  const ScopedStage stage(times_, Stage::kForward);
  const torch::Tensor output = network_->forward(input);
  expect_output_shape(*spec_, batch, {output.sizes().data(), output.sizes().size()});
  return output.to(torch::kFloat32).contiguous();
}

Span<const float> TorchClassifier::outputs(const ImageBatch& images) {
  if (engines_ == nullptr) return outputs_of_torch(images);
  if (engine_ == nullptr || engine_batch_ != images.count()) {
    engine_ = engines_->make(images.count());
    engine_batch_ = images.count();
  }
  return engine_->forward(images, times_);
}

Span<const float> TorchClassifier::outputs_of_torch(const ImageBatch& images) {
  output_ = translate_torch_errors(info_.name, [&] {
    const c10::InferenceMode no_gradient;
    {
      const ScopedStage stage(times_, Stage::kPreprocess);
      if (!input_.defined() || input_.size(0) != images.count()) {
        input_ = make_input(images.count());
      }
      preprocessor_.forward(images.bytes(), values(input_));
    }
    return forward(input_, images.count());
  });
  return values(output_);
}

void TorchClassifier::classify(const ImageBatch& images, Span<float> probabilities) {
  const Span<const float> output = outputs(images);
  const ScopedStage stage(times_, Stage::kForward);
  to_probabilities(output, probabilities);
}

void TorchClassifier::to_probabilities(Span<const float> output, Span<float> probabilities) const {
  const auto classes = static_cast<std::size_t>(info_.classes);
  for (std::size_t start = 0; start < output.size(); start += classes) {
    fool::to_probabilities(spec_->output, output.subspan(start, classes),
                           probabilities.subspan(start, classes));
  }
}

void TorchClassifier::logits(const ImageBatch& images, Span<float> logits) {
  expect_logits(*spec_);
  const Span<const float> output = outputs(images);
  std::copy_n(output.begin(), logits.size(), logits.begin());
}

void TorchClassifier::input_gradient(const ImageBatch& images, Span<const int> classes,
                                     Objective objective, Span<float> probabilities,
                                     Span<float> gradient) {
  if (objective == Objective::kLogit) expect_logits(*spec_);
  if (GradientEngine* engine = gradient_engine(images.count()); engine != nullptr) {
    const auto row = static_cast<std::size_t>(info_.classes);
    by_input_.resize(gradient.size());
    engine->run(
        images,
        [&](int first, Span<const float> outputs, Span<float> slope) {
          for (std::size_t k = 0; k < outputs.size(); k += row) {
            const std::size_t b = static_cast<std::size_t>(first) + k / row;
            const Span<float> of_image = probabilities.subspan(b * row, row);
            fool::to_probabilities(spec_->output, outputs.subspan(k, row), of_image);
            objective_gradient(spec_->output, objective, of_image, classes[b],
                               slope.subspan(k, row));
          }
        },
        by_input_, times_);
    preprocessor_.backward(by_input_, gradient);
    return;
  }
  translate_torch_errors(info_.name, [&] {
    const ScopedStage stage(times_, Stage::kForward);
    compute_input_gradient(*network_, *spec_, preprocessor_, torch::kCPU,
                           torch::MemoryFormat::ChannelsLast, images, classes, objective,
                           probabilities, gradient);
  });
}

GradientEngine* TorchClassifier::gradient_engine(int batch) {
  if (engines_ == nullptr || !engine_has_gradients_) return nullptr;
  if (gradient_engine_ == nullptr || !gradient_engine_->takes(batch)) {
    try {
      gradient_engine_ = engines_->make_gradient(batch);
    } catch (const Error&) {
      engine_has_gradients_ = false;  // LibTorch has
      return nullptr;
    }
  }
  return gradient_engine_.get();
}

std::unique_ptr<Classifier> TorchClassifier::clone() const {
  return std::unique_ptr<Classifier>(new TorchClassifier(*this));
}

std::unique_ptr<Classifier> make_network_classifier(const ModelSpec& spec,
                                                    std::shared_ptr<Network> network,
                                                    const std::string& backend,
                                                    const Execution& how) {
  if (how.device == "cpu")
    return std::make_unique<TorchClassifier>(spec, std::move(network), backend, how);
  return make_cuda_classifier(spec, backend, how,
                              [&] { return network->layers(spec.input.shape()); });
}

}  // namespace fool
