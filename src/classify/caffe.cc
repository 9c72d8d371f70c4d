// Caffe's .caffemodel: into a built-in network where the card names one, else through OpenCV with
// the layers that a prototxt describes.
#include <algorithm>
#include <vector>

#include "classify/native.h"
#include "classify/opencv_classifier.h"
#include "classify/settings_of_card.h"
#include "classify/torch_classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"
#include "model/caffe_model.h"

namespace fool {
namespace {

using Shape = std::vector<std::int64_t>;

// Old files give every blob four dimensions, the first ones 1.
Shape without_leading_ones(const Shape& shape) {
  return {std::find_if(shape.begin(), shape.end(), [](std::int64_t dim) { return dim != 1; }),
          shape.end()};
}

struct NamedBlob {
  std::string name;
  TensorView view;
};

std::vector<NamedBlob> blobs_of(const CaffeModel& model) {
  std::vector<NamedBlob> blobs;
  for (const CaffeLayer& layer : model.layers) {
    for (std::size_t i = 0; i < layer.blobs.size(); ++i) {
      blobs.push_back({layer.name + (i == 0   ? ".weight"
                                     : i == 1 ? ".bias"
                                              : ".more"),
                       layer.blobs[i]});
    }
  }
  return blobs;
}

// Caffe's layers have names of their own ("ip1" for "fc1"), but stand in the same order.
NamedTensors in_order(const CaffeModel& model, const NativeNetwork& network,
                      const std::string& file) {
  const auto parameters = network.named_parameters();
  const std::vector<NamedBlob> blobs = blobs_of(model);
  NamedTensors result;
  result.storage = model.storage;
  for (std::size_t i = 0; i < std::min(blobs.size(), parameters.size()); ++i) {
    const auto& [key, parameter] = parameters[i].pair();
    const Shape expected = parameter.sizes().vec();
    TensorView view = blobs[i].view;
    if (without_leading_ones(view.shape) != without_leading_ones(expected)) {
      fail(ErrorKind::kModel, "{}: {} cannot be {}: expected [{}], found [{}]", file, blobs[i].name,
           key, fmt::join(expected, ", "), fmt::join(view.shape, ", "));
    }
    view.shape = expected;
    result.tensors[key] = view;
  }
  if (blobs.size() != parameters.size()) {
    fail(ErrorKind::kModel, "{}: expected {} blobs for the network's parameters, found {}", file,
         parameters.size(), blobs.size());
  }
  return result;
}

std::unique_ptr<Classifier> make_built_in(const ModelSpec& spec,
                                          const std::shared_ptr<const MappedFile>& file) {
  const std::string name = spec.weights.string();
  const CaffeModel model = parse_caffe_model(file->bytes(), name);
  return std::make_unique<TorchClassifier>(
      spec,
      make_native_network(
          spec, [&](const NativeNetwork& network) { return in_order(model, network, name); }),
      "native " + spec.architecture);
}

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

std::unique_ptr<Classifier> make_from_prototxt(const ModelSpec& spec,
                                               const std::shared_ptr<const MappedFile>& file) {
  const Json options = settings_of_card(spec, parameters());
  if (options.at("prototxt") == "") {
    fail(ErrorKind::kModel,
         "{}: a Caffe model needs \"architecture\", a built-in network such as \"caffenet\", or "
         "\"options\": {{\"prototxt\": \"deploy.prototxt\"}}, the file that describes its layers",
         spec.card.string());
  }
  const auto prototxt = std::make_shared<const std::string>(
      read_prototxt(spec.card.parent_path() / options.at("prototxt").get<std::string>()));
  return make_opencv_classifier(spec, options.at("output_layer"), [file, prototxt] {
    return cv::dnn::readNetFromCaffe(prototxt->data(), prototxt->size(), file->bytes().data(),
                                     file->bytes().size());
  });
}

std::unique_ptr<Classifier> make_caffe(const Json& settings, const ModelSpec& spec) {
  if (const WeightsFormat format = weights_format(spec.weights); format != WeightsFormat::kCaffe) {
    fail(ErrorKind::kModel, "{}: the card says \"format\": \"caffe\", but the file is {}",
         spec.weights.string(), format_name(format));
  }
  const auto file = std::make_shared<const MappedFile>(spec.weights);
  return spec.architecture.empty() ? make_from_prototxt(spec, file) : make_built_in(spec, file);
}

FOOL_REGISTER(ClassifierRegistry, {"caffe",
                                   "A Caffe model: into a built-in network, or by its prototxt "
                                   "through OpenCV, without gradients",
                                   parameters(),
                                   {},
                                   make_caffe});

}  // namespace
}  // namespace fool
