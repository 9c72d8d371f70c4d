#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

// A part of a card; messages name the file and the dotted key.
class Section {
 public:
  Section(const Json& json, std::string file, std::string prefix)
      : json_(json), file_(std::move(file)), prefix_(std::move(prefix)) {}

  bool has(const char* key) const { return json_.contains(key); }

  const Json& at(const char* key, const char* expected) const {
    const auto it = json_.find(key);
    if (it == json_.end()) {
      fail(ErrorKind::kModel, "{}: key \"{}{}\" is missing; expected {}", file_, prefix_, key,
           expected);
    }
    return *it;
  }

  [[noreturn]] void bad(const char* key, const char* expected) const {
    const std::string found = json_.at(key).dump(-1, ' ', false, Json::error_handler_t::replace);
    fail(ErrorKind::kModel, "{}: key \"{}{}\": expected {}, found {}", file_, prefix_, key,
         expected, found.size() <= 80 ? found : found.substr(0, 77) + "...");
  }

  std::string text(const char* key, const char* expected) const {
    const Json& value = at(key, expected);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) bad(key, expected);
    return value.get<std::string>();
  }

  int integer(const char* key, int low, int high, const char* expected) const {
    const Json& value = at(key, expected);
    if (!value.is_number_integer() || value < low || value > high) bad(key, expected);
    return value.get<int>();
  }

  Section object(const char* key, const char* expected) const {
    const Json& value = at(key, expected);
    if (!value.is_object()) bad(key, expected);
    return {value, file_, prefix_ + key + "."};
  }

  // The value that a word stands for.
  template <typename T>
  T choice(const char* key, const std::vector<std::pair<std::string, T>>& choices) const {
    std::vector<std::string> words;
    for (const auto& [word, meaning] : choices) words.push_back('"' + word + '"');
    const std::string expected = fmt::format("one of {}", fmt::join(words, ", "));
    const std::string found = text(key, expected.c_str());
    for (const auto& [word, meaning] : choices) {
      if (word == found) return meaning;
    }
    bad(key, expected.c_str());
  }

  // One finite number per channel.
  std::vector<float> per_channel(const char* key, int channels, bool positive) const {
    const std::string expected = fmt::format("a list of {}{} number{}, one per channel", channels,
                                             positive ? " positive" : "", channels == 1 ? "" : "s");
    const Json& value = at(key, expected.c_str());
    if (!value.is_array() || value.size() != static_cast<std::size_t>(channels)) {
      bad(key, expected.c_str());
    }
    std::vector<float> result;
    for (const Json& item : value) {
      if (!item.is_number()) bad(key, expected.c_str());
      const float number = item.get<float>();
      if (!std::isfinite(number) || (positive && !(number > 0.0F))) bad(key, expected.c_str());
      result.push_back(number);
    }
    return result;
  }

 private:
  const Json& json_;
  std::string file_;
  std::string prefix_;
};

InputSpec parse_input(const Section& card) {
  constexpr const char* kSize = "a whole number of pixels, 1 to 8192";
  const Section section = card.object("input", "an object that says what the network's input is");
  InputSpec input;
  input.height = section.integer("height", 1, 8192, kSize);
  input.width = section.integer("width", 1, 8192, kSize);
  input.channels = section.choice<ChannelOrder>("channels", {{"RGB", ChannelOrder::kRgb},
                                                             {"BGR", ChannelOrder::kBgr},
                                                             {"GRAY", ChannelOrder::kGray},
                                                             {"GREY", ChannelOrder::kGray}});
  if (section.has("layout")) section.choice<int>("layout", {{"NCHW", 0}});
  input.scale = section.choice<float>("range", {{"0..255", 1.0F}, {"0..1", 1.0F / 255.0F}});
  const int channels = input.shape().channels;
  input.mean = section.per_channel("mean", channels, false);
  input.std = section.per_channel("std", channels, true);
  return input;
}

// "n01440764 tench" -> "tench": the WordNet id is for machines.
std::string without_wnid(const std::string& line) {
  const bool has_wnid = line.size() > 10 && line[0] == 'n' && line[9] == ' ' &&
                        std::all_of(line.begin() + 1, line.begin() + 9,
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
  return has_wnid ? line.substr(10) : line;
}

std::vector<std::string> read_lines(const std::filesystem::path& path, const std::string& card) {
  std::string text;
  try {
    text = read_file(path);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}: key \"labels\": {}", card, e.what());
  }
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(without_wnid(line));
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> parse_labels(const Section& card, const Json& json,
                                      const std::filesystem::path& path, int classes) {
  constexpr const char* kExpected = "a file of one label a line, or a list of labels";
  std::vector<std::string> labels;
  std::string where = path.string();
  if (json.is_array()) {
    for (const Json& item : json) {
      if (!item.is_string()) card.bad("labels", kExpected);
      labels.push_back(item.get<std::string>());
    }
  } else {
    const auto file = path.parent_path() / card.text("labels", kExpected);
    where = file.string();
    labels = read_lines(file, path.string());
  }
  if (labels.size() != static_cast<std::size_t>(classes)) {
    fail(ErrorKind::kModel, "{}: has {} labels for a network of {} classes ({})", where,
         labels.size(), classes, path.string());
  }
  return labels;
}

std::string parse_sha256(const Section& card) {
  constexpr const char* kExpected = "64 hexadecimal digits";
  std::string sha256 = card.text("sha256", kExpected);
  for (char& c : sha256) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) card.bad("sha256", kExpected);
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (sha256.size() != 64) card.bad("sha256", kExpected);
  return sha256;
}

}  // namespace

ModelSpec read_card(const std::filesystem::path& given) {
  const std::filesystem::path path = std::filesystem::absolute(given).lexically_normal();
  const std::filesystem::path folder = path.parent_path();
  ModelSpec spec;
  try {
    spec.raw = Json::parse(read_file(path), nullptr, true, /*ignore_comments=*/true);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "model card: {}", e.what());
  } catch (const Json::exception& e) {
    fail(ErrorKind::kModel, "{}: not a valid JSON file: {}", path.string(), e.what());
  }
  if (!spec.raw.is_object()) {
    fail(ErrorKind::kModel, "{}: expected a model card, a JSON object", path.string());
  }
  const Section card(spec.raw, path.string(), "");
  spec.card = path;
  spec.name = card.text("name", "the model's name");
  spec.format = card.text("format", "how the weights are stored, such as \"safetensors\"");
  if (card.has("architecture")) spec.architecture = card.text("architecture", "a name");
  if (card.has("weights") || spec.format != "fake") {
    spec.weights =
        (folder / card.text("weights", "the name of the weights file")).lexically_normal();
  }
  if (card.has("sha256")) spec.sha256 = parse_sha256(card);
  spec.classes = card.integer("classes", 1, 10'000'000, "a whole number of 1 or more");
  if (card.has("labels")) {
    spec.labels = parse_labels(card, spec.raw.at("labels"), path, spec.classes);
  }
  spec.input = parse_input(card);
  spec.output =
      card.choice<OutputKind>("output", {{"logits", OutputKind::kLogits},
                                         {"probabilities", OutputKind::kProbabilities},
                                         {"log-probabilities", OutputKind::kLogProbabilities}});
  if (card.has("options")) {
    card.object("options", "an object");
    spec.options = spec.raw.at("options");
  }
  if (card.has("golden")) spec.golden = (folder / card.text("golden", "a file")).lexically_normal();
  return spec;
}

std::string ModelSpec::label(int class_index) const {
  return labels.empty() ? std::to_string(class_index)
                        : labels.at(static_cast<std::size_t>(class_index));
}

}  // namespace fool
