// What is asked of every built-in network; a new one is found in the registry.
#include <gmock/gmock.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "classify/networks/layers.h"
#include "classify/random_network.h"
#include "classify/torch_classifier.h"
#include "fakes/expect_error.h"
#include "fakes/python.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"
#include "fool/core/rng.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kClasses = 11;
constexpr int kImages = 2;

// A card for the network with an input of odd sizes where it takes any.
ModelSpec spec_of(const std::string& architecture) {
  if (architecture == "lenet") return lenet_spec("net.pth", kClasses);
  ModelSpec spec;
  spec.name = architecture;
  spec.architecture = architecture;
  spec.format = "pytorch";
  spec.card = architecture + ".json";
  spec.classes = kClasses;
  spec.input.height = 129;
  spec.input.width = 97;
  if (architecture == "vit_b_16") spec.input.height = spec.input.width = 224;
  if (architecture == "caffenet" || architecture == "bvlc_alexnet") {
    spec.input.height = spec.input.width = 227;
    spec.input.channels = ChannelOrder::kBgr;
    spec.input.mean = {104.0F, 117.0F, 123.0F};
    spec.input.std = {1.0F, 1.0F, 1.0F};
  } else {
    spec.input.scale = 1.0F / 255.0F;
    spec.input.mean = {0.485F, 0.456F, 0.406F};
    spec.input.std = {0.229F, 0.224F, 0.225F};
  }
  return spec;
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// Random weights that keep activations within bounds.
void randomise(torch::nn::Module& network) {
  torch::manual_seed(1);
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : network.named_parameters()) {
    torch::Tensor& value = parameter.value();
    if (value.dim() >= 2) {
      const double fan_in = static_cast<double>(value.numel()) / static_cast<double>(value.size(0));
      const double bound = std::sqrt(6.0 / fan_in);
      value.uniform_(-bound, bound);
    } else if (ends_with(parameter.key(), "weight")) {
      value.uniform_(0.9, 1.3);
    } else {
      value.uniform_(-0.1, 0.1);
    }
  }
  for (auto& buffer : network.named_buffers()) {
    const bool variance = ends_with(buffer.key(), "running_var");
    buffer.value().uniform_(variance ? 0.6 : -0.1, variance ? 1.0 : 0.1);
  }
}

torch::Tensor output_of(NativeNetwork& network, const torch::Tensor& input) {
  const torch::NoGradGuard no_gradient;
  return network.forward(input);
}

void expect_gradient(NativeNetwork& network, const torch::Tensor& input) {
  const torch::Tensor direction = torch::randn({kClasses}, torch::kFloat64);
  const auto objective = [&](const torch::Tensor& x) {
    return (network.forward(x) * direction).sum();
  };
  const torch::Tensor leaf = input.clone().set_requires_grad(true);
  const torch::Tensor gradient = torch::autograd::grad({objective(leaf)}, {leaf})[0].contiguous();
  const double largest = gradient.abs().max().item<double>();
  ASSERT_GT(largest, 0.0);
  ASSERT_TRUE(std::isfinite(largest));

  const torch::NoGradGuard no_gradient;
  constexpr double kStep = 1e-7;
  const torch::Tensor pixels = torch::randint(input.numel(), {8});
  for (int i = 0; i < 8; ++i) {
    const auto pixel = pixels[i].item<std::int64_t>();
    const auto moved = [&](double step) {
      torch::Tensor x = input.contiguous().clone();
      x.view(-1)[pixel] += step;
      return objective(x.contiguous(torch::MemoryFormat::ChannelsLast)).item<double>();
    };
    EXPECT_NEAR((moved(kStep) - moved(-kStep)) / (2 * kStep),
                gradient.view(-1)[pixel].item<double>(), 1e-4 * largest)
        << pixel;
  }
}

std::vector<float> floats_of(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  float difference = 0.0F;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = std::max(difference, std::abs(a[i] - b[i]));
  return difference;
}

// What a smaller network of the same file shows as well.
const std::set<std::string> kDeeperSiblings = {"vgg13",    "vgg13_bn",  "vgg16",
                                               "vgg16_bn", "vgg19",     "vgg19_bn",
                                               "resnet34", "resnet101", "resnet152"};

class Networks : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<NativeNetwork> make(const ModelSpec& spec) const {
    const auto& entry = NetworkRegistry::instance().find(GetParam(), "architecture");
    return entry.make(entry.parameters.resolve(spec.options, "options"), spec);
  }
};

// Weights that PyTorch wrote give the logits that the same network there computed from them.
TEST_P(Networks, AgreeWithTorchvision) {
  if (GetParam() == "lenet") GTEST_SKIP() << "torchvision has no LeNet; see lenet_test.cc";
  const std::string python = python_with("torchvision");
  if (python.empty()) {
    GTEST_SKIP() << "no Python with torchvision: apt-get install python3-torchvision";
  }
  use_one_thread();
  const ScratchFolder folder;
  ModelSpec spec = spec_of(GetParam());
  const std::string command =
      fmt::format("{} '{}/tests/classify/make_torchvision.py' {} {} {} {} '{}' >'{}' 2>&1", python,
                  FOOL_SOURCE_DIR, GetParam(), spec.input.height, spec.input.width, kClasses,
                  folder.path().string(), (folder / "log").string());
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(folder / "log");

  spec.weights = folder / "net.pth";
  if (GetParam() == "googlenet") spec.options = {{"transform_input", true}};
  ImageBatch images(kImages, spec.input.shape());
  const std::string bytes = read_file(folder / "images.bin");
  ASSERT_EQ(bytes.size(), images.bytes().size());
  std::memcpy(images.bytes().data(), bytes.data(), bytes.size());
  const std::vector<float> expected = floats_of(read_file(folder / "logits.bin"));
  ASSERT_EQ(expected.size(), static_cast<std::size_t>(kImages * kClasses));

  float difference = 0.0F;
  for (const char* engine : {"torch", "auto"}) {
    std::vector<float> found(expected.size());
    open_classifier(spec, {engine})->logits(images, found);
    difference = std::max(difference, largest_difference(found, expected));
    EXPECT_LT(difference, 1e-4F) << engine;
  }
  const float largest = largest_difference(std::vector<float>(expected.size()), expected);

  // The file is known again without a card.
  const ModelSpec recognised = ModelFinder({}).find(spec.weights.string());
  EXPECT_EQ(recognised.architecture, GetParam() == "bvlc_alexnet" ? "caffenet" : GetParam());
  EXPECT_EQ(recognised.classes, kClasses);
  EXPECT_EQ(recognised.format, "pytorch");
  EXPECT_GT(largest, 0.5F) << "the logits are too small to tell anything";
  RecordProperty("difference", fmt::format("{:.1e}", difference));
}

// The same function whoever computes it, to the rounding of sums; a block has several portions.
TEST_P(Networks, EnginesAgree) {
  static const std::set<std::string> kOnlyLibTorch = {"convnext_tiny", "vit_b_16"};
  if (kDeeperSiblings.count(GetParam()) != 0) GTEST_SKIP() << "only a smaller one is tried";
  use_one_thread();
  ModelSpec spec = spec_of(GetParam());
  spec.sha256 = "of no file";
  // Elsewhere these have to divide a size by one that does not divide it.
  if (GetParam() == "alexnet" || GetParam().rfind("vgg", 0) == 0) {
    spec.input.height = spec.input.width = 224;
  }
  const std::shared_ptr<NativeNetwork> network = make(spec);
  randomise(*network);
  network->eval();
  for (torch::Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
  fold_batch_norms(*network);
  ImageBatch images(3, spec.input.shape());
  RngStream rng(1, "test.images", 0, 0);
  for (std::uint8_t& pixel : images.bytes())
    pixel = static_cast<std::uint8_t>(rng.next_u32() >> 24);
  std::vector<float> expected(3 * kClasses);
  TorchClassifier(spec, network, "native", {"torch"}).logits(images, expected);
  TorchClassifier fast(spec, network, "native", {"auto"});
  const std::string engine = fast.info().fingerprint.at("engine");
  if (kOnlyLibTorch.count(GetParam()) != 0) {
    EXPECT_EQ(engine, "LibTorch");
    EXPECT_THAT(error_message(ErrorKind::kConfig,
                              [&] { TorchClassifier(spec, network, "native", {"onednn"}); }),
                HasSubstr("evaluate.engine: onednn cannot run " + GetParam() +
                          ": no engine but LibTorch runs aten::"));
    return;
  }
  if (!has_onednn()) GTEST_SKIP() << "built without oneDNN";
  EXPECT_THAT(engine, HasSubstr("oneDNN"));
  EXPECT_GT(fast.info().multiply_adds, 0);
  std::vector<float> found(expected.size());
  fast.logits(images, found);
  const float largest = largest_difference(std::vector<float>(expected.size()), expected);
  EXPECT_LT(largest_difference(found, expected), 5e-5F * largest);
  std::vector<float> of_clone(expected.size());
  fast.clone()->logits(images, of_clone);
  EXPECT_EQ(of_clone, found);
}

// What the finder takes for the usual input is one that the network takes.
TEST_P(Networks, AreRecognised) {
  ModelSpec spec = spec_of(GetParam());
  if (GetParam() == "vit_b_16" || spec.input.height == 129) {
    spec.input.height = spec.input.width = 224;
  }
  const auto network = make(spec);
  NamedTensors weights;
  for (const auto& p : network->named_parameters()) {
    weights.tensors[p.key()] = {DType::kF32, p.value().sizes().vec(), {}};
  }
  const ModelSpec found = recognise(weights, "net.pth", "pytorch");
  EXPECT_EQ(found.architecture, GetParam() == "bvlc_alexnet" ? "caffenet" : GetParam());
  EXPECT_EQ(found.classes, kClasses);
  EXPECT_EQ(found.input.height, spec.input.height);
  make(found);
}

// In double precision, where differences are exact enough to tell a wrong derivative from a kink.
TEST_P(Networks, GradientsAgreeWithFiniteDifferences) {
  if (kDeeperSiblings.count(GetParam()) != 0) GTEST_SKIP() << "only a smaller one is tried";
  use_one_thread();
  ModelSpec spec = spec_of(GetParam());
  const bool any_size = spec.input.height == 129;
  if (any_size || GetParam() == "vit_b_16") {
    spec.input.height = spec.input.width = any_size ? 65 : 64;
  }
  const auto network = make(spec);
  randomise(*network);
  network->to(torch::kFloat64);
  network->eval();
  const torch::Tensor input =
      torch::rand({1, spec.input.shape().channels, spec.input.height, spec.input.width},
                  torch::kFloat64)
          .contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor before = output_of(*network, input);
  expect_gradient(*network, input);
  fold_batch_norms(*network);
  EXPECT_TRUE(torch::allclose(output_of(*network, input), before, 1e-9, 0.0));
  expect_gradient(*network, input);
}

TEST_P(Networks, RefuseInputsThatTheyCannotTake) {
  ModelSpec spec = spec_of(GetParam());
  const bool colour = spec.input.channels != ChannelOrder::kGray;
  spec.input.channels = colour ? ChannelOrder::kGray : ChannelOrder::kRgb;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { make(spec); }),
              AllOf(HasSubstr(GetParam() + ".json: " + GetParam() + " takes "),
                    HasSubstr(colour ? "the card says grey of " : "the card says colour of ")));
  spec = spec_of(GetParam());
  spec.input.width = 9;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { make(spec); }), HasSubstr("says "));
}

INSTANTIATE_TEST_SUITE_P(All, Networks, ::testing::ValuesIn([] {
                           std::vector<std::string> names = NetworkRegistry::instance().names();
                           names.erase(std::remove(names.begin(), names.end(), "sequential"),
                                       names.end());  // has a test of its own
                           return names;
                         }()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace fool
