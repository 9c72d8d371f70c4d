#include "fool/report/image_record.h"

#include <charconv>
#include <string_view>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/version.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

// The texts of one PNG, with messages that name it.
class Fields {
 public:
  Fields(const PngText& text, const std::string& name) : text_(text), name_(name) {}

  const std::string& string(const std::string& keyword) const {
    const auto it = text_.find(keyword);
    if (it == text_.end()) {
      fail(ErrorKind::kData, "{} was not made by fool evolve: it has no text \"{}\"", name_,
           keyword);
    }
    return it->second;
  }

  template <typename Number>
  Number number(const std::string& keyword) const {
    return parse<Number>(keyword, string(keyword));
  }

  std::vector<ItemId> ids(const std::string& keyword) const {
    std::vector<ItemId> result;
    std::string_view rest = string(keyword);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.push_back(parse<ItemId>(keyword, rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result;
  }

  Json json(const std::string& keyword) const {
    Json result = Json::parse(string(keyword), nullptr, false);
    if (result.is_discarded()) reject(keyword, string(keyword));
    return result;
  }

 private:
  template <typename Number>
  Number parse(const std::string& keyword, std::string_view text) const {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) reject(keyword, text);
    return value;
  }

  [[noreturn]] void reject(const std::string& keyword, std::string_view text) const {
    fail(ErrorKind::kData, "{}: its text \"{}\" is damaged: {:.40}", name_, keyword, text);
  }

  const PngText& text_;
  const std::string& name_;
};

}  // namespace

PngText to_text(const ImageRecord& record) {
  return {{"Software", std::string("fool ") + kVersion},
          {"class", std::to_string(record.class_index)},
          {"label", record.label},
          {"confidence", to_text(record.confidence)},
          {"item", std::to_string(record.item)},
          {"generation", std::to_string(record.generation)},
          {"parents", to_text(record.parents)},
          {"encoding", record.encoding.dump()},
          {"genome", record.genome.dump()}};
}

ImageRecord to_image_record(const PngText& text, const std::string& name) {
  const Fields fields(text, name);
  ImageRecord record;
  record.class_index = fields.number<int>("class");
  record.label = fields.string("label");
  record.confidence = fields.number<float>("confidence");
  record.item = fields.number<ItemId>("item");
  record.generation = fields.number<int>("generation");
  record.parents = fields.ids("parents");
  record.encoding = fields.json("encoding");
  record.genome = fields.json("genome");
  return record;
}

PngText to_text(const ImageClaim& claim) {
  PngText text{{"Software", std::string("fool ") + kVersion},
               {"class", std::to_string(claim.class_index)},
               {"label", claim.label},
               {"confidence", to_text(claim.confidence)}};
  if (claim.scoring) text["scoring"] = claim.scoring->dump();
  return text;
}

ImageClaim to_image_claim(const PngText& text, const std::string& name) {
  const Fields fields(text, name);
  ImageClaim claim;
  claim.class_index = fields.number<int>("class");
  claim.label = fields.string("label");
  claim.confidence = fields.number<float>("confidence");
  if (text.count("scoring") != 0) claim.scoring = fields.json("scoring");
  return claim;
}

std::string image_file_name(int class_index, const std::string& label) {
  const std::string name = file_safe(label);
  return fmt::format("{:04d}{}{}.png", class_index, name.empty() ? "" : "_", name);
}

std::string to_text(float confidence) { return fmt::format("{}", confidence); }

std::string to_text(const std::vector<ItemId>& ids) {
  return fmt::format("{}", fmt::join(ids, " "));
}

}  // namespace fool
