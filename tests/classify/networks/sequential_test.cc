#include <gmock/gmock.h>
#include <torch/torch.h>

#include "classify/native.h"
#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"
#include "model/checkpoint_writer.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

namespace nn = torch::nn;

std::map<std::string, TensorView> views_of(const nn::Module& module) {
  std::map<std::string, TensorView> views;
  const auto add = [&](const std::string& key, const torch::Tensor& value) {
    const bool integer = value.scalar_type() == torch::kInt64;
    views[key] = {integer ? DType::kI64 : DType::kF32,
                  value.sizes().vec(),
                  {static_cast<const char*>(value.data_ptr()), value.nbytes()}};
  };
  for (const auto& p : module.named_parameters()) add(p.key(), p.value());
  for (const auto& b : module.named_buffers()) add(b.key(), b.value());
  return views;
}

// The input of a network behind a card, made here.
torch::Tensor input_of(const ImageBatch& images, const InputSpec& input) {
  const ImageShape& shape = images.shape();
  torch::Tensor x = torch::empty({images.count(), shape.height, shape.width, shape.channels});
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.data_ptr<float>()[i] = images.bytes()[static_cast<std::size_t>(i)];
  }
  return ((x * input.scale - input.mean[0]) / input.std[0]).permute({0, 3, 1, 2}).contiguous();
}

// A network of the library, whose state dict has the keys 0.weight, 0.bias, 3.weight, ...
nn::Sequential tutorial_network() {
  torch::manual_seed(1);
  nn::Sequential net(nn::Conv2d(1, 6, 5), nn::MaxPool2d(2), nn::ReLU(), nn::Conv2d(6, 16, 5),
                     nn::MaxPool2d(2), nn::ReLU(), nn::Flatten(), nn::Linear(256, 120), nn::ReLU(),
                     nn::Linear(120, 84), nn::ReLU(), nn::Linear(84, 10), nn::LogSoftmax(1));
  net->eval();
  return net;
}

TEST(Sequential, TheExampleCardReadsTheTutorialsNetwork) {
  use_one_thread();
  const ScratchFolder folder;
  const std::filesystem::path source(FOOL_SOURCE_DIR);
  write_file(folder / "mnist_tutorial.json",
             read_file(source / "configs" / "cards" / "mnist_tutorial.json"));
  nn::Sequential net = tutorial_network();
  SavedCheckpoint checkpoint = saved(views_of(*net));
  checkpoint.location = "cuda:0";
  write_file(folder / "mnist_tutorial.pth", zip_checkpoint(checkpoint));

  const ModelSpec spec = ModelFinder({folder.path()}).find("mnist_tutorial");
  EXPECT_EQ(spec.output, OutputKind::kLogProbabilities);
  EXPECT_FLOAT_EQ(spec.input.mean[0], 0.1307F);
  EXPECT_FLOAT_EQ(spec.input.std[0], 0.3081F);
  const auto classifier = open_classifier(spec);
  const ImageBatch images = random_images(3, {28, 28, 1});
  std::vector<float> p(30);
  std::vector<float> logs(30);
  classifier->classify(images, p);
  classifier->logits(images, logs);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor expected = net->forward(input_of(images, spec.input));
  for (std::int64_t i = 0; i < 30; ++i) {
    const float value = expected.view(-1)[i].item<float>();
    EXPECT_NEAR(logs[static_cast<std::size_t>(i)], value, 1e-5);
    EXPECT_NEAR(p[static_cast<std::size_t>(i)], std::exp(value), 1e-6);
  }
}

// A small colour network with all that a layer can be told.
class SequentialNetwork : public ::testing::Test {
 protected:
  SequentialNetwork() {
    spec_.name = "own";
    spec_.architecture = "sequential";
    spec_.format = "pytorch";
    spec_.card = "own.json";
    spec_.weights = "own.pth";
    spec_.classes = 5;
    spec_.input.height = 17;
    spec_.input.width = 14;
    spec_.input.channels = ChannelOrder::kRgb;
    spec_.input.mean = {0, 0, 0};
    spec_.input.std = {1, 1, 1};
    set_layers(R"([{"type": "conv", "outputs": 4, "kernel": 3, "stride": 2, "padding": 1,
                    "bias": false},
                   "batch_norm", {"type": "leaky_relu", "slope": 0.2},
                   {"type": "max_pool", "kernel": 3, "stride": 2, "padding": 1, "ceil_mode": true},
                   {"type": "lrn", "size": 3, "alpha": 0.5}, {"type": "dropout", "p": 0.2}, "tanh",
                   {"type": "conv", "outputs": 6, "kernel": 2, "groups": 2, "dilation": 2},
                   {"type": "batch_norm", "eps": 0.001}, "relu6", "elu", "gelu", "silu", "sigmoid",
                   {"type": "adaptive_avg_pool", "size": 2},
                   {"type": "linear", "outputs": 12}, "batch_norm", "relu",
                   {"type": "linear", "outputs": 5, "bias": false}])");
    randomise(*net_);
    net_->eval();
  }

  static void randomise(nn::Module& net) {
    torch::manual_seed(2);
    const torch::NoGradGuard no_gradient;
    for (auto& p : net.named_parameters()) p.value().uniform_(-0.5, 0.5);
    for (auto& b : net.named_buffers()) {
      if (b.value().is_floating_point()) b.value().uniform_(0.5, 1.5);
    }
  }

  void set_layers(const std::string& json) { spec_.options = {{"layers", Json::parse(json)}}; }

  void edit_layer(std::size_t i, const Json& layer) { spec_.options["layers"][i] = layer; }

  std::shared_ptr<NativeNetwork> make(const std::map<std::string, TensorView>& tensors) const {
    return make_native_network(spec_, {tensors, {}, nullptr});
  }
  std::string message() const {
    return error_message(ErrorKind::kModel, [&] { make(views_of(*net_)); });
  }

  ModelSpec spec_;
  nn::Sequential net_{nn::Conv2d(nn::Conv2dOptions(3, 4, 3).stride(2).padding(1).bias(false)),
                      nn::BatchNorm2d(4),
                      nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2)),
                      nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).padding(1).ceil_mode(true)),
                      nn::LocalResponseNorm(nn::LocalResponseNormOptions(3).alpha(0.5)),
                      nn::Dropout(0.2),
                      nn::Tanh(),
                      nn::Conv2d(nn::Conv2dOptions(4, 6, 2).groups(2).dilation(2)),
                      nn::BatchNorm2d(nn::BatchNormOptions(6).eps(0.001)),
                      nn::ReLU6(),
                      nn::ELU(),
                      nn::GELU(),
                      nn::SiLU(),
                      nn::Sigmoid(),
                      nn::AdaptiveAvgPool2d(2),
                      nn::Flatten(),
                      nn::Linear(24, 12),
                      nn::BatchNorm1d(12),
                      nn::ReLU(),
                      nn::Linear(nn::LinearOptions(12, 5).bias(false))};
};

// The keys of net_ have one number more than the card has layers: there the flattening goes without
// saying. 16.weight comes after 8.weight.
TEST_F(SequentialNetwork, ComputesWhatLibTorchDoes) {
  const auto network = make(views_of(*net_));
  const torch::NoGradGuard no_gradient;
  const torch::Tensor input = torch::rand({2, 3, 17, 14});
  EXPECT_TRUE(torch::allclose(network->forward(input), net_->forward(input), 1e-4, 1e-6));
}

TEST_F(SequentialNetwork, GradientsAgreeWithFiniteDifferences) {
  const auto network = make(views_of(*net_));
  network->to(torch::kFloat64);
  const torch::Tensor x = torch::rand({1, 3, 17, 14}, torch::kFloat64).set_requires_grad(true);
  const torch::Tensor gradient =
      torch::autograd::grad({network->forward(x).select(1, 2).sum()}, {x})[0].contiguous();
  const torch::NoGradGuard no_gradient;
  const double largest = gradient.abs().max().item<double>();
  EXPECT_GT(largest, 0.0);
  for (const int pixel : {0, 100, 300, 400, 713}) {
    const auto moved = [&](double step) {
      torch::Tensor y = x.detach().clone();
      y.view(-1)[pixel] += step;
      return network->forward(y)[0][2].item<double>();
    };
    EXPECT_NEAR((moved(1e-6) - moved(-1e-6)) / 2e-6, gradient.view(-1)[pixel].item<double>(),
                1e-4 * largest);
  }
}

TEST_F(SequentialNetwork, NamesGoBeforeOrder) {
  std::map<std::string, TensorView> tensors;
  for (const auto& [key, view] : views_of(*net_)) {
    const std::string number = key.substr(0, key.find('.'));
    const std::map<std::string, std::string> names = {{"16", "a_head"}, {"17", "b_head"}};
    const auto it = names.find(number);
    tensors[it == names.end() ? key : it->second + key.substr(number.size())] = view;
  }
  edit_layer(15, {{"type", "linear"}, {"outputs", 12}, {"name", "a_head"}});
  edit_layer(16, {{"type", "batch_norm"}, {"name", "b_head"}});
  const torch::NoGradGuard no_gradient;
  const torch::Tensor input = torch::rand({2, 3, 17, 14});
  EXPECT_TRUE(torch::allclose(make(tensors)->forward(input), net_->forward(input), 1e-4, 1e-6));
}

TEST_F(SequentialNetwork, SaysWhichTensorDoesNotFit) {
  edit_layer(7, Json::parse(R"({"type": "conv", "outputs": 6, "kernel": 3, "groups": 2})"));
  EXPECT_THAT(message(), HasSubstr("own.pth: options.layers[7] (conv): expected 7.weight [6, 2, 3, "
                                   "3], found [6, 2, 2, 2]"));
  edit_layer(7, Json::parse(R"({"type": "conv", "outputs": 6, "kernel": 2, "dilation": 2,
                                "groups": 2, "name": "conv2"})"));
  EXPECT_THAT(message(), AllOf(HasSubstr("options.layers[7] (conv): expected conv2.weight [6, 2, 2,"
                                         " 2], found only "),
                               HasSubstr("16.bias [12]")));
}

TEST_F(SequentialNetwork, SaysWhichTensorsAreLeftOrLacking) {
  auto tensors = views_of(*net_);
  tensors["20.weight"] = tensors.at("19.weight");
  EXPECT_EQ(error_message(ErrorKind::kModel, [&] { make(tensors); }),
            "own.pth: 1 tensors belong to none of the card's layers: 20.weight [5, 12]");
  tensors.erase("20.weight");
  tensors.erase("19.weight");
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { make(tensors); }),
              HasSubstr("own.pth: options.layers[18] (linear): no tensors are left for it"));
}

TEST_F(SequentialNetwork, ChecksTheCardsLayers) {
  const auto expect = [&](const std::string& layers, const std::string& text) {
    set_layers(layers);
    EXPECT_THAT(message(), AllOf(HasSubstr("own.json: "), HasSubstr(text)));
  };
  expect("[]", "options.layers end in 714 numbers per image; expected 5, the card's \"classes\"");
  expect(R"([{"type": "linear", "outputs": 6}])", "end in 6 numbers per image; expected 5");
  expect(R"(["rellu"])", "options.layers[0]: there is no layer \"rellu\", did you mean \"relu\"?");
  expect("[7]",
         "options.layers[0]: expected the name of a layer or an object with a \"type\", "
         "found 7");
  expect(R"([{"type": "relu", "name": 3}])", "options.layers[0].name: expected a text, found 3");
  expect(R"([{"type": "conv", "output": 6, "kernel": 3}])", "did you mean \"outputs\"?");
  expect(R"([{"type": "conv", "outputs": 6}])", "options.layers[0].kernel");
  expect(R"(["flatten", {"type": "conv", "outputs": 6, "kernel": 3}])",
         "options.layers[1] (conv): conv takes images, but what comes is flat (714 numbers)");
  expect(R"([{"type": "max_pool", "kernel": 15}])",
         "options.layers[0] (max_pool): a window of 15x15 does not fit into an input of 14x17");
  expect(R"([{"type": "avg_pool", "kernel": 2, "padding": 2}])",
         "a padding of 2 is more than half of the kernel, 2");
  expect(R"([{"type": "conv", "outputs": 4, "kernel": 3, "groups": 2}])",
         "3 input and 4 output channels do not divide into 2 groups");
  expect(R"([{"type": "linear", "outputs": 5}, "log_softmax"])",
         "the last layer is log_softmax; expected \"output\": \"log-probabilities\"");
  expect(R"([{"type": "linear", "outputs": 5}, "softmax"])",
         "the last layer is softmax; expected \"output\": \"probabilities\"");
}

TEST_F(SequentialNetwork, AverageAndCeilPoolingHaveLibTorchsSizes) {
  nn::Sequential net(nn::AvgPool2d(nn::AvgPool2dOptions(3).stride(2).padding(1).ceil_mode(true)),
                     nn::MaxPool2d(nn::MaxPool2dOptions(2).ceil_mode(true)), nn::Flatten(),
                     nn::Linear(60, 5));
  set_layers(R"([{"type": "avg_pool", "kernel": 3, "stride": 2, "padding": 1, "ceil_mode": true},
                 {"type": "max_pool", "kernel": 2, "ceil_mode": true},
                 {"type": "linear", "outputs": 5}, "softmax"])");
  spec_.output = OutputKind::kProbabilities;
  randomise(*net);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor input = torch::rand({2, 3, 17, 14});
  EXPECT_TRUE(torch::allclose(make(views_of(*net))->forward(input), net->forward(input).softmax(1),
                              1e-4, 1e-6));
}

}  // namespace
}  // namespace fool
