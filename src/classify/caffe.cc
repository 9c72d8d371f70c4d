// Caffe's .caffemodel: into a built-in network where the card names one, else through OpenCV with
// the layers that a prototxt describes.
#include "classify/native.h"
#include "classify/opencv_classifier.h"
#include "classify/settings_of_card.h"
#include "classify/torch_classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"

namespace fool {
namespace {

ParameterTable parameters() {
  return {param("prototxt", "", "file with the layers of a network that is not built in"),
          param("output_layer", "", "whose output it is, for a network with more than one")};
}

std::string read_prototxt(const std::filesystem::path& path) {
  try {
    return read_file(path);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "the card's prototxt: {}", e.what());
  }
}

std::unique_ptr<Classifier> make_from_prototxt(const ModelSpec& spec) {
  const Json options = settings_of_card(spec, parameters());
  if (options.at("prototxt") == "") {
    fail(ErrorKind::kModel,
         "{}: a Caffe model needs \"architecture\", a built-in network such as \"caffenet\", or "
         "\"options\": {{\"prototxt\": \"deploy.prototxt\"}}, the file that describes its layers",
         spec.card.string());
  }
  const auto file = std::make_shared<const MappedFile>(spec.weights);
  const auto prototxt = std::make_shared<const std::string>(
      read_prototxt(spec.card.parent_path() / options.at("prototxt").get<std::string>()));
  return make_opencv_classifier(spec, options.at("output_layer"), [file, prototxt] {
    return cv::dnn::readNetFromCaffe(prototxt->data(), prototxt->size(), file->bytes().data(),
                                     file->bytes().size());
  });
}

std::unique_ptr<Classifier> make_caffe(const Json& settings, const ModelSpec& spec,
                                       const Execution& how) {
  if (const WeightsFormat format = weights_format(spec.weights); format != WeightsFormat::kCaffe) {
    fail(ErrorKind::kModel, "{}: the card says \"format\": \"caffe\", but the file is {}",
         spec.weights.string(), format_name(format));
  }
  if (spec.architecture.empty()) return make_from_prototxt(spec);
  return make_network_classifier(spec, make_native_network(spec), "native " + spec.architecture,
                                 how);
}

FOOL_REGISTER(ClassifierRegistry, {"caffe",
                                   "A Caffe model: into a built-in network, or by its prototxt "
                                   "through OpenCV, without gradients",
                                   parameters(),
                                   {},
                                   make_caffe});

}  // namespace
}  // namespace fool
