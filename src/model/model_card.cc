#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>
#include <system_error>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/model/model_spec.h"
#include "fool/model/weights_places.h"

namespace fool {
namespace {

// A part of a card; messages name the file and the dotted key.
class Section {
 public:
  Section(const Json& json, std::string file, std::string prefix)
      : json_(json), file_(std::move(file)), prefix_(std::move(prefix)) {}

  const std::string& file() const { return file_; }
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

  std::int64_t integer(const char* key, std::int64_t low, std::int64_t high,
                       const char* expected) const {
    const Json& value = at(key, expected);
    if (!value.is_number_integer() || value < low || value > high) bad(key, expected);
    return value.get<std::int64_t>();
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

  // Hexadecimal digits, made lower case.
  std::string hex(const char* key, std::size_t least, std::size_t most) const {
    const std::string expected = least == most
                                     ? fmt::format("{} hexadecimal digits", most)
                                     : fmt::format("{} to {} hexadecimal digits", least, most);
    std::string digits = text(key, expected.c_str());
    for (char& c : digits) {
      if (std::isxdigit(static_cast<unsigned char>(c)) == 0) bad(key, expected.c_str());
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (digits.size() < least || digits.size() > most) bad(key, expected.c_str());
    return digits;
  }

  std::vector<std::string> urls(const char* key) const {
    constexpr const char* kExpected = "a list of one or more addresses, http:// or https://";
    const Json& value = at(key, kExpected);
    if (!value.is_array() || value.empty()) bad(key, kExpected);
    std::vector<std::string> result;
    for (const Json& item : value) {
      const std::string url = item.is_string() ? item.get<std::string>() : "";
      if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) bad(key, kExpected);
      result.push_back(url);
    }
    return result;
  }

  // The name of a file, which may be downloaded to a folder: so no path to elsewhere.
  std::string file_name(const char* key) const {
    constexpr const char* kExpected = "the name of a file, without a folder";
    const std::string name = text(key, kExpected);
    if (name.find('/') != std::string::npos || name == "." || name == "..") bad(key, kExpected);
    return name;
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

// Cards may also hold a sentence under "resize", for people.
ResizeRule parse_resize(const Section& input) {
  if (!input.has("resize") || input.at("resize", "").is_string()) return {};
  const Section section = input.object("resize", "a sentence, or an object with shorter_side");
  ResizeRule rule;
  rule.shorter_side = static_cast<int>(
      section.integer("shorter_side", 1, 8192, "a whole number of pixels, 1 to 8192"));
  rule.interpolation = section.choice<std::string>(
      "interpolation", {{"bilinear", "bilinear"}, {"bicubic", "bicubic"}});
  section.choice<int>("then", {{"centre_crop", 0}});
  return rule;
}

InputSpec parse_input(const Section& card) {
  constexpr const char* kSize = "a whole number of pixels, 1 to 8192";
  const Section section = card.object("input", "an object that says what the network's input is");
  InputSpec input;
  input.height = static_cast<int>(section.integer("height", 1, 8192, kSize));
  input.width = static_cast<int>(section.integer("width", 1, 8192, kSize));
  input.channels = section.choice<ChannelOrder>("channels", {{"RGB", ChannelOrder::kRgb},
                                                             {"BGR", ChannelOrder::kBgr},
                                                             {"GRAY", ChannelOrder::kGray},
                                                             {"GREY", ChannelOrder::kGray}});
  if (section.has("layout")) section.choice<int>("layout", {{"NCHW", 0}});
  input.scale = section.choice<float>("range", {{"0..255", 1.0F}, {"0..1", 1.0F / 255.0F}});
  const int channels = input.shape().channels;
  input.mean = section.per_channel("mean", channels, false);
  input.std = section.per_channel("std", channels, true);
  input.resize = parse_resize(section);
  return input;
}

// "n01440764 tench" -> "tench": the WordNet id is for machines.
std::string without_wnid(const std::string& line) {
  const bool has_wnid = line.size() > 10 && line[0] == 'n' && line[9] == ' ' &&
                        std::all_of(line.begin() + 1, line.begin() + 9,
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
  return has_wnid ? line.substr(10) : line;
}

std::vector<std::string> label_list(const Section& card, const Json& json, int classes) {
  constexpr const char* kExpected = "a file of one label a line, or a list of labels";
  if (!json.is_array()) card.bad("labels", kExpected);
  std::vector<std::string> labels;
  for (const Json& item : json) {
    if (!item.is_string()) card.bad("labels", kExpected);
    labels.push_back(item.get<std::string>());
  }
  if (labels.size() != static_cast<std::size_t>(classes)) {
    fail(ErrorKind::kModel, "{}: has {} labels for a network of {} classes", card.file(),
         labels.size(), classes);
  }
  return labels;
}

void parse_labels(const Section& card, ModelSpec& spec) {
  if (card.has("labels_urls")) spec.labels_urls = card.urls("labels_urls");
  if (!card.has("labels")) return;
  const Json& json = spec.raw.at("labels");
  if (!json.is_string()) {
    spec.labels = label_list(card, json, spec.classes);
    return;
  }
  spec.labels_file = spec.card.parent_path() / card.text("labels", "a file");
  std::error_code ignored;
  if (!spec.labels_urls.empty() && !std::filesystem::exists(spec.labels_file, ignored)) return;
  try {
    spec.labels = read_labels(spec.labels_file, spec.classes);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}: key \"labels\": {}", card.file(), e.what());
  }
}

// The hash, size and addresses of a weights file.
WeightsFile parse_file(const Section& section) {
  WeightsFile file;
  if (section.has("sha256")) {
    file.digest = {HashKind::kSha256, section.hex("sha256", 64, 64)};
  } else if (section.has("sha256_prefix")) {
    file.digest = {HashKind::kSha256, section.hex("sha256_prefix", 8, 63)};
  } else if (section.has("sha1")) {
    file.digest = {HashKind::kSha1, section.hex("sha1", 40, 40)};
  }
  if (section.has("bytes")) {
    file.bytes = section.integer("bytes", 1, std::int64_t{1} << 50, "the size of the file");
  }
  if (section.has("urls")) file.urls = section.urls("urls");
  if (!file.urls.empty() && !file.digest.known()) {
    section.at("sha256", "the hash of what the addresses give (or \"sha256_prefix\", \"sha1\")");
  }
  return file;
}

// The card's own weights, then its other files.
void parse_files(const Section& card, ModelSpec& spec) {
  if (spec.weights.empty()) return;
  WeightsFile own = parse_file(card);
  own.file = own.urls.empty() ? spec.weights.filename().string() : card.file_name("weights");
  own.format = spec.format;
  adopt_weights(spec, own, spec.weights);
  if (!card.has("other_files")) return;
  constexpr const char* kExpected = "a list of files, each with \"file\" and \"format\"";
  if (!spec.raw.at("other_files").is_array()) card.bad("other_files", kExpected);
  for (const Json& item : spec.raw.at("other_files")) {
    if (!item.is_object()) card.bad("other_files", kExpected);
    const Section section(item, card.file(), "other_files.");
    WeightsFile other = parse_file(section);
    other.file = section.file_name("file");
    other.format = section.text("format", "how the weights are stored");
    spec.other_files.push_back(std::move(other));
  }
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
    fail(ErrorKind::kModel, "{}: not a valid JSON file: {}", path.string(), complaint_of(e));
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
  parse_files(card, spec);
  spec.classes =
      static_cast<int>(card.integer("classes", 1, 10'000'000, "a whole number of 1 or more"));
  parse_labels(card, spec);
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

std::vector<std::string> read_labels(const std::filesystem::path& path, int classes) {
  constexpr std::uintmax_t kLargest = 16 << 20;
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  if (std::filesystem::is_regular_file(path, ignored) && size > kLargest) {
    fail(ErrorKind::kModel, "{}: a list of labels has at most {} bytes, this file has {}",
         path.string(), kLargest, size);
  }
  std::istringstream text;
  try {
    text.str(read_file(path));
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}", e.what());
  }
  std::vector<std::string> labels;
  for (std::string line; std::getline(text, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(without_wnid(line));
  }
  if (labels.size() != static_cast<std::size_t>(classes)) {
    fail(ErrorKind::kModel, "{}: has {} labels for a network of {} classes", path.string(),
         labels.size(), classes);
  }
  return labels;
}

std::string ModelSpec::label(int class_index) const {
  return labels.empty() ? std::to_string(class_index)
                        : labels.at(static_cast<std::size_t>(class_index));
}

}  // namespace fool
