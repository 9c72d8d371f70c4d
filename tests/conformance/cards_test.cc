// What every bundled card owes to the person who trusts it.
#include <gmock/gmock.h>

#include <set>

#include "classify/network.h"
#include "classify/settings_of_card.h"
#include "fool/classify/classifier.h"
#include "fool/model/model_spec.h"
#include "fool/model/weights_places.h"

namespace fool {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;

std::vector<ModelSpec> bundled() {
  return ModelFinder({std::filesystem::path(FOOL_SOURCE_DIR) / "models"}).list();
}

TEST(BundledCards, CanAllBeRead) {
  std::vector<std::string> problems;
  std::vector<std::string> names;
  const ModelFinder finder({std::filesystem::path(FOOL_SOURCE_DIR) / "models"});
  for (const ModelSpec& spec : finder.list(&problems)) names.push_back(spec.name);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(
      names,
      IsSupersetOf({"alexnet",     "bvlc_alexnet", "caffenet",      "convnext_tiny", "googlenet",
                    "lenet-mnist", "mobilenet_v2", "resnet18",      "resnet34",      "resnet50",
                    "resnet101",   "resnet152",    "squeezenet1_0", "squeezenet1_1", "vgg11",
                    "vgg11_bn",    "vgg13",        "vgg13_bn",      "vgg16",         "vgg16_bn",
                    "vgg19",       "vgg19_bn",     "vit_b_16"}));
}

class BundledCard : public testing::TestWithParam<ModelSpec> {};

TEST_P(BundledCard, IsNamedAsItsFile) { EXPECT_EQ(GetParam().card.stem(), GetParam().name); }

TEST_P(BundledCard, NamesABackendAndANetworkWithItsOptions) {
  const ModelSpec& spec = GetParam();
  EXPECT_TRUE(ClassifierRegistry::instance().contains(spec.format)) << spec.format;
  ASSERT_TRUE(NetworkRegistry::instance().contains(spec.architecture)) << spec.architecture;
  const auto& network = NetworkRegistry::instance().find(spec.architecture, "architecture");
  const Json settings = settings_of_card(spec, network.parameters);
  EXPECT_EQ(network.make(settings, spec)->parameters().empty(), false);
}

TEST_P(BundledCard, SaysHowEveryFileIsRecognised) {
  std::set<std::string> names;
  for (const WeightsFile& file : weights_files(GetParam())) {
    EXPECT_TRUE(file.digest.known()) << file.file;
    EXPECT_TRUE(names.insert(file.file).second) << file.file << " is there twice";
    for (const std::string& url : file.urls) EXPECT_THAT(url, MatchesRegex("https?://[^ ]+"));
    // PyTorch writes the first digits into the name, so these two must agree.
    const std::size_t dash = file.file.rfind('-');
    const std::size_t dot = file.file.rfind(".pth");
    if (dash == std::string::npos || dot == std::string::npos) continue;
    EXPECT_EQ(file.file.substr(dash + 1, dot - dash - 1), file.digest.hex.substr(0, 8));
  }
}

TEST_P(BundledCard, HasWeightsOrSaysWhereTheyAre) {
  const ModelSpec& spec = GetParam();
  if (spec.urls.empty()) {
    verify_weights(spec);
    return;
  }
  EXPECT_TRUE(spec.raw.at("licence").is_string());
  EXPECT_GT(spec.raw.at("published").at("top1"), 0.5);
  EXPECT_LT(spec.raw.at("published").at("top1"), spec.raw.at("published").at("top5"));
  EXPECT_LT(spec.raw.at("published").at("top5"), 1.0);
  EXPECT_EQ(spec.classes, 1000);
  EXPECT_EQ(spec.labels_file.filename(), "imagenet_classes.txt");
  EXPECT_FALSE(spec.labels_urls.empty());
}

// torchvision counted them too.
TEST_P(BundledCard, CountsTheNetworksParameters) {
  const ModelSpec& spec = GetParam();
  if (!spec.raw.contains("parameters")) GTEST_SKIP() << "the card does not say how many";
  const auto& network = NetworkRegistry::instance().find(spec.architecture, "architecture");
  std::int64_t count = 0;
  const auto made = network.make(settings_of_card(spec, network.parameters), spec);
  for (const torch::Tensor& parameter : made->parameters()) count += parameter.numel();
  EXPECT_EQ(count, spec.raw.at("parameters"));
}

INSTANTIATE_TEST_SUITE_P(All, BundledCard, testing::ValuesIn(bundled()), [](const auto& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace

void PrintTo(const ModelSpec& spec, std::ostream* out) { *out << spec.name; }

}  // namespace fool
