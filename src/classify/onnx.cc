// ONNX files: whole networks, read by OpenCV.
#include "classify/opencv_classifier.h"
#include "classify/settings_of_card.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"

namespace fool {
namespace {

ParameterTable parameters() {
  return {param("output_layer", "", "whose output it is, for a network with more than one")};
}

std::unique_ptr<Classifier> make_onnx(const Json& settings, const ModelSpec& spec,
                                      const Execution& how) {
  if (const WeightsFormat format = weights_format(spec.weights); format != WeightsFormat::kOnnx) {
    fail(ErrorKind::kModel, "{}: the card says \"format\": \"onnx\", but the file is {}",
         spec.weights.string(), format_name(format));
  }
  const auto file = std::make_shared<const MappedFile>(spec.weights);
  const Json options = settings_of_card(spec, parameters());
  return make_opencv_classifier(spec, options.at("output_layer"), [file] {
    return cv::dnn::readNetFromONNX(file->bytes().data(), file->bytes().size());
  });
}

FOOL_REGISTER(ClassifierRegistry,
              {"onnx",
               "An ONNX file, read by OpenCV: for searches that need no gradient",
               parameters(),
               {},
               make_onnx});

}  // namespace
}  // namespace fool
