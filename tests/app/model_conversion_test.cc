#include "app/model_conversion.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "model/checkpoint_writer.h"
#include "model/protobuf_writer.h"

namespace fool {
namespace {

using testing::HasSubstr;

constexpr int kClasses = 10;

class ConvertModel : public testing::Test {
 protected:
  ConvertModel() : weights_(lenet_weights(kClasses)) {}

  // A state dict of an untrained LeNet, with a prefix as a parallel training leaves it.
  std::string checkpoint() const {
    NamedTensors tensors;
    for (const auto& [key, view] : weights_.views) tensors.tensors["module." + key] = view;
    const auto path = folder_ / "trained.pth";
    write_file(path, zip_checkpoint(saved(tensors.tensors)));
    return path.string();
  }
  std::string card(const std::string& file, const std::string& format) const {
    const Json json = {{"name", "mine"},
                       {"architecture", "lenet"},
                       {"format", format},
                       {"weights", file},
                       {"classes", kClasses},
                       {"labels", {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}},
                       {"licence", "mine"},
                       {"input",
                        {{"height", 28},
                         {"width", 28},
                         {"channels", "GRAY"},
                         {"range", "0..1"},
                         {"mean", {0.1307}},
                         {"std", {0.3081}}}},
                       {"output", "logits"}};
    const auto path = folder_ / "mine.json";
    write_file(path, json.dump());
    return path.string();
  }
  static std::vector<float> logits(const std::string& model) {
    const ModelSpec spec = ModelFinder({}).find(model);
    std::vector<float> result(2 * kClasses);
    open_classifier(spec)->logits(random_images(2, spec.input.shape()), result);
    return result;
  }
  std::string out() const { return (folder_ / "new.safetensors").string(); }
  std::string new_card() const { return (folder_ / "new.json").string(); }

  ScratchFolder folder_;
  RandomWeights weights_;
  ScopedVariable variable_{"FOOL_MODEL_PATH", "/nonexistent"};
};

TEST_F(ConvertModel, KeepsWhatTheCardSays) {
  checkpoint();
  const std::string old_card = card("trained.pth", "pytorch");
  const Conversion done = convert_model(old_card, out(), "", false);
  EXPECT_EQ(done.weights, out());
  EXPECT_EQ(done.card, new_card());
  EXPECT_EQ(done.tensors, 8U);
  EXPECT_EQ(done.numbers, 20 * 25 + 20 + 50 * 20 * 25 + 50 + 500 * 800 + 500 + 10 * 500 + 10);
  EXPECT_EQ(done.sha256, sha256_file(out()));
  EXPECT_EQ(logits(new_card()), logits(old_card));
  const ModelSpec spec = ModelFinder({}).find(new_card());
  EXPECT_EQ(spec.name, "new");
  EXPECT_EQ(spec.sha256, done.sha256);
  EXPECT_EQ(spec.labels.at(3), "d");
  EXPECT_EQ(spec.raw.at("licence"), "mine");
  EXPECT_EQ(spec.raw.at("converted_from").at("file"), "trained.pth");
}

TEST_F(ConvertModel, MakesACardForANetworkThatItRecognises) {
  const std::string file = checkpoint();
  const Conversion done = convert_model(file, out(), "digits", false);
  EXPECT_THAT(done.remark, HasSubstr("no card says how its input is made; taken for lenet"));
  EXPECT_EQ(ModelFinder({}).find(new_card()).name, "digits");
  EXPECT_EQ(logits(new_card()), logits(file));
}

TEST_F(ConvertModel, GivesCaffesLayersTheNetworksNames) {
  std::vector<CaffeLayerMessage> layers;
  for (const auto& [caffe, ours] : std::vector<std::pair<std::string, std::string>>{
           {"conv1", "conv1"}, {"conv2", "conv2"}, {"ip1", "fc1"}, {"ip2", "fc2"}}) {
    CaffeLayerMessage layer{caffe, caffe[0] == 'c' ? "Convolution" : "InnerProduct", {}};
    for (const char* part : {".weight", ".bias"}) {
      const TensorView& view = weights_.views.at(ours + part);
      layer.blobs.push_back({view.shape, std::string(view.bytes)});
    }
    layers.push_back(layer);
  }
  write_file(folder_ / "net.caffemodel", old_caffe_model("LeNet", layers));
  const std::string old_card = card("net.caffemodel", "caffe");
  convert_model(old_card, out(), "", false);
  const NamedTensors written = read_safetensors(out());
  EXPECT_EQ(written.tensors.at("fc1.weight").bytes, weights_.views.at("fc1.weight").bytes);
  EXPECT_EQ(logits(new_card()), logits(old_card));
}

TEST_F(ConvertModel, WeightsOfAnotherNetworkGoWithoutACard) {
  RandomWeights other;
  other.add("encoder.weight", {3, 4});
  write_file(folder_ / "other.pth", zip_checkpoint(saved(other.views)));
  const Conversion done = convert_model((folder_ / "other.pth").string(), out(), "", false);
  EXPECT_TRUE(done.card.empty());
  EXPECT_THAT(done.remark, HasSubstr("no card was written: "));
  EXPECT_FALSE(std::filesystem::exists(new_card()));
  EXPECT_EQ(read_safetensors(out()).tensors.at("encoder.weight").bytes,
            other.views.at("encoder.weight").bytes);
}

TEST_F(ConvertModel, OverwritesNothingUnlessToldTo) {
  const std::string file = checkpoint();
  write_file(new_card(), "precious");
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { convert_model(file, out(), "", false); }),
              HasSubstr("new.json is there already"));
  EXPECT_FALSE(std::filesystem::exists(out()));
  write_file(out(), "precious");
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { convert_model(file, out(), "", false); }),
              HasSubstr("new.safetensors is there already"));
  EXPECT_EQ(read_file(out()), "precious");
  EXPECT_EQ(convert_model(file, out(), "", true).tensors, 8U);
}

TEST_F(ConvertModel, SaysWhatItCannotDo) {
  EXPECT_THAT(
      error_message(ErrorKind::kUsage, [&] { convert_model(checkpoint(), "x.pth", "", false); }),
      HasSubstr("--out x.pth: expected a file that ends in .safetensors"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { convert_model("nowhere", out(), "", false); }),
              HasSubstr("there is no model \"nowhere\""));
  write_file(folder_ / "net.pt", "{}");
  EXPECT_THAT(
      error_message(ErrorKind::kModel,
                    [&] { convert_model((folder_ / "net.pt").string(), out(), "", false); }),
      HasSubstr("a JSON file"));
}

}  // namespace
}  // namespace fool
