#include <gmock/gmock.h>

#include <algorithm>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr int kClasses = 10;

// A stack of square planes.
struct Planes {
  int channels;
  int size;
  std::vector<double> values;

  double& at(int c, int y, int x) {
    return values[static_cast<std::size_t>((c * size + y) * size + x)];
  }
};

const std::vector<float>& values(const RandomWeights& weights, const std::string& key) {
  return weights.values.at(key);
}

Planes convolve5x5(Planes in, const RandomWeights& weights, const std::string& layer) {
  const std::vector<float>& w = values(weights, layer + ".weight");
  const std::vector<float>& bias = values(weights, layer + ".bias");
  Planes out{static_cast<int>(bias.size()), in.size - 4, {}};
  for (int k = 0; k < out.channels; ++k) {
    for (int y = 0; y < out.size; ++y) {
      for (int x = 0; x < out.size; ++x) {
        double sum = static_cast<double>(bias[static_cast<std::size_t>(k)]);
        for (int c = 0; c < in.channels; ++c) {
          for (int i = 0; i < 5; ++i) {
            for (int j = 0; j < 5; ++j) {
              const int at = ((k * in.channels + c) * 5 + i) * 5 + j;
              sum += static_cast<double>(w[static_cast<std::size_t>(at)]) * in.at(c, y + i, x + j);
            }
          }
        }
        out.values.push_back(sum);
      }
    }
  }
  return out;
}

Planes pool2x2(Planes in) {
  Planes out{in.channels, in.size / 2, {}};
  for (int c = 0; c < in.channels; ++c) {
    for (int y = 0; y < out.size; ++y) {
      for (int x = 0; x < out.size; ++x) {
        out.values.push_back(
            std::max({in.at(c, 2 * y, 2 * x), in.at(c, 2 * y, 2 * x + 1),
                      in.at(c, 2 * y + 1, 2 * x), in.at(c, 2 * y + 1, 2 * x + 1)}));
      }
    }
  }
  return out;
}

std::vector<double> connect(const std::vector<double>& in, const RandomWeights& weights,
                            const std::string& layer) {
  const std::vector<float>& w = values(weights, layer + ".weight");
  std::vector<double> out;
  for (const float bias : values(weights, layer + ".bias")) {
    double sum = static_cast<double>(bias);
    for (std::size_t i = 0; i < in.size(); ++i) {
      sum += static_cast<double>(w[out.size() * in.size() + i]) * in[i];
    }
    out.push_back(sum);
  }
  return out;
}

// The network as Caffe's description has it, one multiplication after the other.
std::vector<double> reference_logits(ConstImageView image, const RandomWeights& weights) {
  Planes input{1, 28, {}};
  for (std::size_t i = 0; i < image.size(); ++i) {
    input.values.push_back((image.data[i] / 255.0 - 0.125) / 0.25);
  }
  const Planes first = pool2x2(convolve5x5(input, weights, "conv1"));
  std::vector<double> hidden =
      connect(pool2x2(convolve5x5(first, weights, "conv2")).values, weights, "fc1");
  for (double& x : hidden) x = std::max(x, 0.0);
  return connect(hidden, weights, "fc2");
}

class LeNetTest : public ::testing::Test {
 protected:
  LeNetTest() { write_safetensors(file_, weights_.views); }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "lenet.safetensors";
  RandomWeights weights_ = lenet_weights(kClasses);
};

TEST_F(LeNetTest, AgreesWithPlainLoops) {
  const auto lenet = open_classifier(lenet_spec(file_, kClasses));
  const ImageBatch images = random_images(3, {28, 28, 1});
  std::vector<float> logits(3 * kClasses);
  lenet->logits(images, logits);
  for (int b = 0; b < 3; ++b) {
    const std::vector<double> expected = reference_logits(images[b], weights_);
    for (std::size_t k = 0; k < kClasses; ++k) {
      EXPECT_NEAR(logits[static_cast<std::size_t>(b) * kClasses + k], expected[k], 1e-5);
    }
  }
}

TEST_F(LeNetTest, TakesGreyDigitsOnly) {
  ModelSpec spec = lenet_spec(file_, kClasses);
  spec.input.width = 32;
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
      HasSubstr("lenet.json: lenet takes grey images of 28x28, the card says grey of 32x28"));
}

}  // namespace
}  // namespace fool
