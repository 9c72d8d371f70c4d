#include <gmock/gmock.h>
#include <sys/stat.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json colour_card() {
  return Json::parse(R"({
    "name": "net", "architecture": "squeezenet1_1", "format": "safetensors",
    "weights": "net.safetensors", "classes": 3,
    "input": {"height": 10, "width": 12, "channels": "BGR", "layout": "NCHW", "range": "0..255",
              "mean": [104.0, 117, 123.5], "std": [1, 2, 3]},
    "output": "logits"})");
}

class ModelCard : public ::testing::Test {
 protected:
  ModelSpec read(const Json& card) {
    write_file(folder_ / "net.json", card.dump());
    return read_card(folder_ / "net.json");
  }

  // The error for the card after one change.
  std::string message_for(const std::string& pointer, const Json& value) {
    Json card = colour_card();
    card[Json::json_pointer(pointer)] = value;
    return error_message(ErrorKind::kModel, [&] { read(card); });
  }

  ScratchFolder folder_;
};

TEST_F(ModelCard, ReadsAColourCard) {
  Json json = colour_card();
  json["sha256"] = std::string(64, 'A');
  json["options"] = {{"conv10_padding", 1}};
  json["golden"] = "net.golden.json";
  json["notes"] = {"anything"};
  const ModelSpec spec = read(json);
  EXPECT_EQ(spec.name, "net");
  EXPECT_EQ(spec.architecture, "squeezenet1_1");
  EXPECT_EQ(spec.format, "safetensors");
  EXPECT_EQ(spec.weights, folder_ / "net.safetensors");
  EXPECT_EQ(spec.card, folder_ / "net.json");
  EXPECT_EQ(spec.golden, folder_ / "net.golden.json");
  EXPECT_EQ(spec.sha256, std::string(64, 'a'));
  EXPECT_EQ(spec.classes, 3);
  EXPECT_EQ(spec.input.height, 10);
  EXPECT_EQ(spec.input.width, 12);
  EXPECT_EQ(spec.input.channels, ChannelOrder::kBgr);
  EXPECT_EQ(spec.input.shape(), (ImageShape{10, 12, 3}));
  EXPECT_EQ(spec.input.scale, 1.0F);
  EXPECT_THAT(spec.input.mean, ElementsAre(104.0F, 117.0F, 123.5F));
  EXPECT_THAT(spec.input.std, ElementsAre(1.0F, 2.0F, 3.0F));
  EXPECT_EQ(spec.output, OutputKind::kLogits);
  EXPECT_EQ(spec.options, (Json{{"conv10_padding", 1}}));
  EXPECT_EQ(spec.raw.at("notes"), Json::array({"anything"}));
  EXPECT_EQ(spec.label(2), "2");
}

TEST_F(ModelCard, ReadsAGreyCard) {
  Json json = colour_card();
  json["input"] = {{"height", 28},
                   {"width", 28},
                   {"channels", "GRAY"},
                   {"range", "0..1"},
                   {"mean", Json::array({0.5})},
                   {"std", Json::array({0.25})}};
  json["output"] = "log-probabilities";
  const ModelSpec spec = read(json);
  EXPECT_EQ(spec.input.channels, ChannelOrder::kGray);
  EXPECT_EQ(spec.input.shape(), (ImageShape{28, 28, 1}));
  EXPECT_EQ(spec.input.scale, 1.0F / 255.0F);
  EXPECT_THAT(spec.input.mean, ElementsAre(0.5F));
  EXPECT_EQ(spec.output, OutputKind::kLogProbabilities);
  EXPECT_TRUE(spec.options.empty());
  EXPECT_TRUE(spec.golden.empty());
}

TEST_F(ModelCard, AFakeNeedsNoWeights) {
  Json json = colour_card();
  json["format"] = "fake";
  json.erase("weights");
  EXPECT_TRUE(read(json).weights.empty());
}

TEST_F(ModelCard, ReadsLabels) {
  Json json = colour_card();
  json["labels"] = {"zero", "one", "two"};
  EXPECT_EQ(read(json).label(1), "one");

  json["labels"] = "classes.txt";
  write_file(folder_ / "classes.txt", "n01440764 tench\nn01443537 gold fish\r\nn2 short\n");
  EXPECT_THAT(read(json).labels, ElementsAre("tench", "gold fish", "n2 short"));
}

TEST_F(ModelCard, RefusesWrongLabels) {
  EXPECT_THAT(message_for("/labels", {"zero", "one"}),
              HasSubstr("net.json: has 2 labels for a network of 3 classes"));
  EXPECT_THAT(message_for("/labels", {"zero", 1, "two"}), HasSubstr("key \"labels\": expected"));
  EXPECT_THAT(message_for("/labels", 7), HasSubstr("key \"labels\": expected"));
  EXPECT_THAT(message_for("/labels", "none.txt"),
              AllOf(HasSubstr("net.json: key \"labels\": "), HasSubstr("none.txt")));
  write_file(folder_ / "classes.txt", "a\nb\nc\nd\n");
  EXPECT_THAT(message_for("/labels", "classes.txt"),
              AllOf(HasSubstr("classes.txt: has 4 labels for a network of 3 classes"),
                    HasSubstr("net.json")));
}

TEST_F(ModelCard, NamesEveryMissingKey) {
  for (const char* pointer :
       {"/name", "/format", "/weights", "/classes", "/input", "/output", "/input/height",
        "/input/width", "/input/channels", "/input/range", "/input/mean", "/input/std"}) {
    const Json::json_pointer where(pointer);
    Json json = colour_card();
    json[where.parent_pointer()].erase(where.back());
    std::string key = pointer + 1;
    std::replace(key.begin(), key.end(), '/', '.');
    EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read(json); }),
                HasSubstr("net.json: key \"" + key + "\" is missing; expected "));
  }
}

TEST_F(ModelCard, NamesEveryWrongValue) {
  EXPECT_THAT(message_for("/name", 7), HasSubstr("\"name\": expected the model's name, found 7"));
  EXPECT_THAT(message_for("/architecture", ""), HasSubstr("\"architecture\": expected a name"));
  EXPECT_THAT(message_for("/weights", Json::array()), HasSubstr("\"weights\": expected the name"));
  EXPECT_THAT(message_for("/sha256", "12"), HasSubstr("\"sha256\": expected 64 hexadecimal"));
  EXPECT_THAT(message_for("/sha256", std::string(64, 'g')), HasSubstr("expected 64 hexadecimal"));
  EXPECT_THAT(message_for("/classes", 0), HasSubstr("\"classes\": expected a whole number"));
  EXPECT_THAT(message_for("/classes", 2.5), HasSubstr("\"classes\": expected a whole number"));
  EXPECT_THAT(message_for("/input", "x"), HasSubstr("\"input\": expected an object"));
  EXPECT_THAT(
      message_for("/input/height", -1),
      HasSubstr("\"input.height\": expected a whole number of pixels, 1 to 8192, found -1"));
  EXPECT_THAT(message_for("/input/width", "224"), HasSubstr("\"input.width\": expected"));
  EXPECT_THAT(message_for("/input/channels", "RBG"),
              HasSubstr("\"input.channels\": expected one of \"RGB\", \"BGR\", \"GRAY\", \"GREY\", "
                        "found \"RBG\""));
  EXPECT_THAT(message_for("/input/layout", "NHWC"), HasSubstr("expected one of \"NCHW\""));
  EXPECT_THAT(message_for("/input/range", "-1..1"),
              HasSubstr("\"input.range\": expected one of \"0..255\", \"0..1\""));
  EXPECT_THAT(message_for("/input/mean", Json::array({1.0})),
              HasSubstr("\"input.mean\": expected a list of 3 numbers, one per channel"));
  EXPECT_THAT(message_for("/input/mean", {1.0, "2", 3.0}), HasSubstr("\"input.mean\": expected"));
  EXPECT_THAT(message_for("/input/std", {1.0, 0.0, 1.0}),
              HasSubstr("\"input.std\": expected a list of 3 positive numbers"));
  EXPECT_THAT(message_for("/output", "softmax"),
              HasSubstr("expected one of \"logits\", \"probabilities\", \"log-probabilities\""));
  EXPECT_THAT(message_for("/options", 1), HasSubstr("\"options\": expected an object"));
  EXPECT_THAT(message_for("/golden", 1), HasSubstr("\"golden\": expected a file"));
}

TEST_F(ModelCard, RefusesWhatIsNoCard) {
  const auto message = [&](const std::string& text) {
    write_file(folder_ / "bad.json", text);
    return error_message(ErrorKind::kModel, [&] { read_card(folder_ / "bad.json"); });
  };
  EXPECT_THAT(message("{"), HasSubstr("bad.json: not a valid JSON file: "));
  EXPECT_THAT(message("[1e400]"), HasSubstr("not a valid JSON file: number overflow"));
  EXPECT_THAT(message("[]"), HasSubstr("bad.json: expected a model card, a JSON object"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read_card(folder_ / "none.json"); }),
              AllOf(HasSubstr("model card: "), HasSubstr("none.json")));
}

TEST_F(ModelCard, ReadsWhereWeightsComeFrom) {
  Json json = colour_card();
  json["sha256_prefix"] = "B8A52DC0";
  json["bytes"] = 4958839;
  json["urls"] = {"https://a.example/net.safetensors", "http://b.example/net.safetensors"};
  json["other_files"] = {{{"file", "net.pth"},
                          {"format", "pytorch"},
                          {"sha1", std::string(40, 'a')},
                          {"urls", {"https://a.example/net.pth"}}},
                         {{"file", "net.pt"}, {"format", "torchscript"}}};
  const ModelSpec spec = read(json);
  EXPECT_EQ(spec.sha256, "");
  EXPECT_EQ(spec.digest().text(), "sha256 beginning with b8a52dc0");
  EXPECT_EQ(spec.bytes, 4958839);
  EXPECT_THAT(spec.urls,
              ElementsAre("https://a.example/net.safetensors", "http://b.example/net.safetensors"));
  ASSERT_EQ(spec.other_files.size(), 2U);
  EXPECT_EQ(spec.other_files[0].file, "net.pth");
  EXPECT_EQ(spec.other_files[0].format, "pytorch");
  EXPECT_EQ(spec.other_files[0].digest.text(), "sha1 " + std::string(40, 'a'));
  EXPECT_THAT(spec.other_files[0].urls, ElementsAre("https://a.example/net.pth"));
  EXPECT_FALSE(spec.other_files[1].digest.known());
}

TEST_F(ModelCard, RefusesWrongSources) {
  EXPECT_THAT(message_for("/sha256_prefix", "b8a5"),
              HasSubstr("\"sha256_prefix\": expected 8 to 63 hexadecimal digits"));
  EXPECT_THAT(message_for("/sha1", "12"), HasSubstr("\"sha1\": expected 40 hexadecimal digits"));
  EXPECT_THAT(message_for("/bytes", 0), HasSubstr("\"bytes\": expected the size of the file"));
  for (const Json& urls : {Json("https://a.example/x"), Json::array(), Json{"ftp://a.example/x"},
                           Json{"file:///etc/passwd"}, Json{7}}) {
    EXPECT_THAT(message_for("/urls", urls), HasSubstr("\"urls\": expected a list of one or more"));
  }
  // Nothing is downloaded that cannot be checked.
  EXPECT_THAT(message_for("/urls", {"https://a.example/x"}),
              HasSubstr("key \"sha256\" is missing; expected the hash of what the addresses give"));
  EXPECT_THAT(message_for("/other_files", {{"file", "a.pth"}}),
              HasSubstr("\"other_files\": expected a list of files"));
  EXPECT_THAT(message_for("/other_files", {{{"file", "../a.pth"}, {"format", "pytorch"}}}),
              HasSubstr("\"other_files.file\": expected the name of a file, without a folder"));
  EXPECT_THAT(message_for("/other_files", {{{"file", "a.pth"}}}),
              HasSubstr("\"other_files.format\" is missing"));
  Json json = colour_card();
  json["weights"] = "../net.safetensors";
  json["sha1"] = std::string(40, 'a');
  json["urls"] = {"https://a.example/x"};
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read(json); }),
              HasSubstr("\"weights\": expected the name of a file, without a folder"));
}

TEST_F(ModelCard, ReadsTheRuleForPhotos) {
  Json json = colour_card();
  EXPECT_EQ(read(json).input.resize.shorter_side, 0);
  json["input"]["resize"] = "a sentence for people";
  EXPECT_EQ(read(json).input.resize.shorter_side, 0);
  json["input"]["resize"] = {
      {"shorter_side", 256}, {"interpolation", "bicubic"}, {"then", "centre_crop"}};
  EXPECT_EQ(read(json).input.resize.shorter_side, 256);
  EXPECT_EQ(read(json).input.resize.interpolation, "bicubic");
  EXPECT_THAT(message_for("/input/resize", 3), HasSubstr("\"input.resize\": expected a sentence"));
  json["input"]["resize"]["interpolation"] = "cubist";
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read(json); }),
              HasSubstr("\"input.resize.interpolation\": expected one of \"bilinear\""));
}

TEST_F(ModelCard, LabelsThatCanBeFetchedMayBeAbsent) {
  Json json = colour_card();
  json["labels"] = "classes.txt";
  json["labels_urls"] = {"https://a.example/classes.txt"};
  const ModelSpec spec = read(json);
  EXPECT_TRUE(spec.labels.empty());
  EXPECT_EQ(spec.labels_file, folder_ / "classes.txt");
  EXPECT_EQ(spec.label(2), "2");
  EXPECT_THAT(message_for("/labels_urls", "x"), HasSubstr("\"labels_urls\": expected a list"));
}

TEST_F(ModelCard, LabelsAreABoundedRegularFile) {
  EXPECT_THAT(message_for("/labels", "/dev/zero"),
              AllOf(HasSubstr("key \"labels\""), HasSubstr("not a regular file")));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(message_for("/labels", "pipe"), HasSubstr("not a regular file"));
  write_file(folder_ / "large.txt", "");
  std::filesystem::resize_file(folder_ / "large.txt", 1ULL << 36);  // sparse
  EXPECT_THAT(message_for("/labels", "large.txt"), HasSubstr("at most 16777216 bytes"));
}

}  // namespace
}  // namespace fool
