// Networks with public weights against outputs that an independent implementation computed.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <thread>

#include "fool/classify/classifier.h"
#include "fool/core/files.h"

namespace fool {
namespace {

ImageBatch synthetic_image(const ImageShape& shape) {
  ImageBatch image(1, shape);
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image[0].data[(y * shape.width + x) * 3 + c] =
            static_cast<std::uint8_t>((31 * y + 17 * x + 53 * c) % 256);
      }
    }
  }
  return image;
}

ImageBatch photo(const std::filesystem::path& folder, const Json& input, const ImageShape& shape) {
  auto file = folder / "golden_photos" / input.at("file").get<std::string>();
  file.replace_extension(".png");
  const cv::Mat bgr = cv::imread(file.string(), cv::IMREAD_COLOR);
  ImageBatch image(1, shape);
  if (bgr.empty()) {
    ADD_FAILURE() << "cannot read " << file;
    return image;
  }
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      const auto& pixel =
          bgr.at<cv::Vec3b>(input.at("y0").get<int>() + y, input.at("x0").get<int>() + x);
      for (int c = 0; c < 3; ++c) image[0].data[(y * shape.width + x) * 3 + c] = pixel[2 - c];
    }
  }
  return image;
}

ImageBatch input_image(const ModelSpec& spec, const Json& input) {
  const ImageShape shape = spec.input.shape();
  EXPECT_EQ(input.at("height"), shape.height);
  EXPECT_EQ(input.at("width"), shape.width);
  ImageBatch image = input.at("input") == "synthetic"
                         ? synthetic_image(shape)
                         : photo(spec.golden.parent_path(), input, shape);
  EXPECT_EQ(sha256_hex({reinterpret_cast<const char*>(image[0].data), shape.size()}),
            input.at("rgb_sha256").get<std::string>());
  return image;
}

void expect_golden(const ModelSpec& spec, const std::string& engine, const Json& inputs) {
  constexpr double kTolerance = 1e-4;
  const auto classifier = open_classifier(spec, {engine});
  for (const Json& input : inputs) {
    SCOPED_TRACE(input.value("file", "synthetic"));
    const ImageBatch image = input_image(spec, input);
    std::vector<float> logits(static_cast<std::size_t>(spec.classes));
    std::vector<float> p(logits.size());
    classifier->logits(image, logits);
    classifier->classify(image, p);

    std::vector<std::size_t> order(logits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
    for (std::size_t i = 0; i < 5; ++i) {
      const Json& expected = input.at("top5").at(i);
      EXPECT_EQ(order[i], expected.at("class").get<std::size_t>());
      EXPECT_NEAR(logits[order[i]], expected.at("logit").get<double>(), kTolerance);
      EXPECT_NEAR(p[order[i]], expected.at("probability").get<double>(), kTolerance);
      EXPECT_NEAR(logits[i], input.at("logits_first5").at(i).get<double>(), kTolerance);
    }
    EXPECT_NEAR(logits[order.back()], input.at("logits_min").get<double>(), kTolerance);
    EXPECT_NEAR(logits[order.front()], input.at("logits_max").get<double>(), kTolerance);
    // Errors of single logits have either sign; their sum grows more slowly than their number.
    EXPECT_NEAR(std::accumulate(logits.begin(), logits.end(), 0.0),
                input.at("logits_sum").get<double>(), kTolerance * 100);
  }
}

class Golden : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    use_one_thread();
    const char* path = std::getenv("FOOL_MODEL_PATH");
    if (path == nullptr) GTEST_SKIP() << "FOOL_MODEL_PATH is not set";
    try {
      spec_ = ModelFinder::from_environment().find(GetParam());
    } catch (const Error& e) {
      GTEST_SKIP() << e.what();
    }
    if (!std::filesystem::exists(spec_.weights) || !std::filesystem::exists(spec_.golden)) {
      GTEST_SKIP() << "no weights or no reference outputs of " << GetParam();
    }
    golden_ = Json::parse(read_file(spec_.golden));
  }

  ModelSpec spec_;
  Json golden_;
};

TEST_P(Golden, OutputsAgree) {
  for (const char* engine : {"torch", "auto"}) {
    SCOPED_TRACE(engine);
    expect_golden(spec_, engine, golden_.at("inputs"));
    for (const Json& alternative : golden_.value("alternatives", Json::array())) {
      if (spec_.format == "torchscript") continue;  // its options are baked in
      ModelSpec other = spec_;
      other.options.update(alternative.at("options"));
      expect_golden(other, engine, alternative.at("inputs"));
    }
  }
}

// A block of fixed composition: the same bits again, from a clone, and from two threads at once.
TEST_P(Golden, BlocksAreDeterministic) {
  constexpr int kBlock = 16;
  const auto classifier = open_classifier(spec_);
  const ImageShape shape = spec_.input.shape();
  ImageBatch images(kBlock, shape);
  for (int b = 0; b < kBlock; ++b) {
    const ImageBatch image = synthetic_image(shape);
    for (std::size_t i = 0; i < shape.size(); ++i) {
      images[b].data[i] = static_cast<std::uint8_t>(image[0].data[i] * (b + 1) + b);
    }
  }
  const auto classify = [&](Classifier& one) {
    std::vector<float> result(static_cast<std::size_t>(kBlock * spec_.classes));
    one.classify(images, result);
    return result;
  };
  const std::vector<float> first = classify(*classifier);
  EXPECT_EQ(classify(*classifier), first);
  std::vector<float> found[2];
  std::thread threads[2];
  for (int t = 0; t < 2; ++t) {
    threads[t] = std::thread([&, t] {
      use_one_thread();
      found[t] = classify(*classifier->clone());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found[0], first);
  EXPECT_EQ(found[1], first);
}

INSTANTIATE_TEST_SUITE_P(Networks, Golden,
                         ::testing::Values("squeezenet1_0", "squeezenet1_1",
                                           "squeezenet1_1.torchscript.pt", "mobilenet_v2",
                                           "mobilenet_edgetpu_100", "mobilenet_v1_050_160",
                                           "tiny_darknet", "mcunet_in3"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace fool
