#include "classify/opencv_classifier.h"

#include <algorithm>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/core/version.hpp>
#include <utility>
#include <vector>

#include "classify/classifier_info.h"
#include "classify/outputs.h"
#include "classify/preprocess.h"
#include "fool/core/error.h"

namespace fool {
namespace {

// OpenCV says what went wrong in several lines; the last that is not empty tells it.
template <typename Action>
auto translate_opencv_errors(const std::string& name, Action&& action) {
  try {
    return action();
  } catch (const cv::Exception& e) {
    std::string text = e.err;
    std::replace(text.begin(), text.end(), '\n', ' ');
    fail(ErrorKind::kModel, "{}: OpenCV: {}", name, text);
  }
}

std::string name_output_layers(cv::dnn::Net& net) {
  const std::vector<cv::String> names = net.getUnconnectedOutLayersNames();
  return fmt::format("{}", fmt::join(names, ", "));
}

class OpenCvClassifier : public Classifier {
 public:
  OpenCvClassifier(std::shared_ptr<const ModelSpec> spec, std::string output_layer,
                   OpenNetwork open)
      : spec_(std::move(spec)),
        output_layer_(std::move(output_layer)),
        open_(std::move(open)),
        info_(make_classifier_info(*spec_, "OpenCV DNN", "OpenCV " CV_VERSION)),
        preprocessor_(spec_->input) {
    info_.differentiable = false;
    // Otherwise its importer writes to the terminal what the exception says too.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    translate_opencv_errors(spec_->weights.string(), [&] {
      net_ = open_();
      net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
      net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    });
    choose_output();
    batched_ = takes_batches();
  }

  const ClassifierInfo& info() const override { return info_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    run(images, probabilities);
    const ScopedStage stage(times_, Stage::kForward);
    const auto classes = static_cast<std::size_t>(info_.classes);
    for (std::size_t at = 0; at < probabilities.size(); at += classes) {
      const Span<float> row = probabilities.subspan(at, classes);
      const std::vector<float> outputs(row.begin(), row.end());
      to_probabilities(spec_->output, outputs, row);
    }
  }

  void logits(const ImageBatch& images, Span<float> logits) override {
    expect_logits(*spec_);
    run(images, logits);
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<OpenCvClassifier>(spec_, output_layer_, open_);
  }

  const StageTimes& times() const override { return times_; }

 private:
  void choose_output() {
    const std::vector<cv::String> names = net_.getUnconnectedOutLayersNames();
    const auto known = net_.getLayerNames();
    if (output_layer_.empty() && names.size() == 1) output_layer_ = names.front();
    if (output_layer_.empty()) {
      fail(ErrorKind::kModel,
           "{}: the network has {} outputs ({}); name one in the card: \"options\": "
           "{{\"output_layer\": \"NAME\"}}",
           spec_->weights.string(), names.size(), name_output_layers(net_));
    }
    if (std::find(known.begin(), known.end(), output_layer_) == known.end()) {
      fail(ErrorKind::kModel, "{}: the network has no layer \"{}\"; its outputs: {}",
           spec_->weights.string(), output_layer_, name_output_layers(net_));
    }
  }

  // Some exported networks have a batch of 1 written into their layers.
  bool takes_batches() {
    const ImageBatch two(2, info_.shape);
    try {
      const std::vector<std::int64_t> shape = output_shape(forward(two));
      if (shape.front() == 2 && shape.size() == 2) return true;
    } catch (const cv::Exception&) {
      // Shown by the single image below if it is not the batch that it cannot do.
    }
    return false;
  }

  // Without trailing ones: [B, K, 1, 1] is as good as [B, K].
  static std::vector<std::int64_t> output_shape(const cv::Mat& output) {
    std::vector<std::int64_t> shape(output.size.p, output.size.p + output.dims);
    while (shape.size() > 2 && shape.back() == 1) shape.pop_back();
    return shape;
  }

  // [B, H, W, C] -> the blob [B, C, H, W] that OpenCV takes.
  cv::Mat make_blob(const ImageBatch& images) {
    const ScopedStage stage(times_, Stage::kPreprocess);
    const ImageShape& shape = info_.shape;
    const auto pixels = static_cast<std::size_t>(shape.height) * shape.width;
    const auto channels = static_cast<std::size_t>(shape.channels);
    const auto batch = static_cast<std::size_t>(images.count());
    interleaved_.resize(batch * shape.size());
    preprocessor_.forward(images.bytes(), interleaved_);
    cv::Mat blob({images.count(), shape.channels, shape.height, shape.width}, CV_32F);
    float* out = blob.ptr<float>();
    for (std::size_t b = 0; b < batch; ++b) {
      const float* in = interleaved_.data() + b * shape.size();
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t i = 0; i < pixels; ++i) *out++ = in[i * channels + c];
      }
    }
    return blob;
  }

  cv::Mat forward(const ImageBatch& images) {
    const cv::Mat blob = make_blob(images);
    const ScopedStage stage(times_, Stage::kForward);
    net_.setInput(blob);
    return net_.forward(output_layer_);
  }

  // Writes the raw outputs, [B, K].
  void run(const ImageBatch& images, Span<float> outputs) {
    const int step = batched_ ? images.count() : 1;
    translate_opencv_errors(spec_->weights.string(), [&] {
      for (int first = 0; first < images.count(); first += step) {
        ImageBatch part(step, info_.shape);
        std::copy_n(images[first].data, part.bytes().size(), part.bytes().begin());
        const cv::Mat output = forward(part);
        const std::vector<std::int64_t> shape = output_shape(output);
        expect_output_shape(*spec_, step, {shape.data(), shape.size()});
        if (output.type() != CV_32F || !output.isContinuous()) {
          fail(ErrorKind::kModel, "{}: the network's output is not of float32",
               spec_->weights.string());
        }
        std::copy_n(output.ptr<float>(), output.total(),
                    outputs.begin() + static_cast<std::ptrdiff_t>(first) * info_.classes);
      }
    });
  }

  std::shared_ptr<const ModelSpec> spec_;
  std::string output_layer_;
  OpenNetwork open_;
  ClassifierInfo info_;
  Preprocessor preprocessor_;
  cv::dnn::Net net_;
  bool batched_ = false;
  std::vector<float> interleaved_;
  StageTimes times_;
};

}  // namespace

std::unique_ptr<Classifier> make_opencv_classifier(const ModelSpec& spec,
                                                   const std::string& output_layer,
                                                   OpenNetwork open) {
  return std::make_unique<OpenCvClassifier>(std::make_shared<const ModelSpec>(spec), output_layer,
                                            std::move(open));
}

}  // namespace fool
