// Networks that OpenCV's DNN module reads whole, layers and weights: the door for ONNX files and
// for Caffe networks that are not built in. A black box: no gradients, float32 on the CPU.
#pragma once

#include <functional>
#include <memory>
#include <opencv2/dnn/dnn.hpp>
#include <string>

#include "fool/classify/classifier.h"

namespace fool {

// Makes another instance of the network: OpenCV's can serve one thread only.
using OpenNetwork = std::function<cv::dnn::Net()>;

// `output_layer`: whose output it is, empty for a network with one. Throws Error(kModel) if OpenCV
// cannot read or run the network, or if its output does not suit the card.
std::unique_ptr<Classifier> make_opencv_classifier(const ModelSpec& spec,
                                                   const std::string& output_layer,
                                                   OpenNetwork open);

}  // namespace fool
