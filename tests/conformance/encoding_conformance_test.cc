// What every encoding owes to searches, renderers and files, over all that are registered, in all
// their presets.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "encoding/genomes.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"
#include "fool/encoding/encoding.h"
#include "render/same_bits.h"

namespace fool {
namespace {

struct Case {
  std::string type;
  std::string preset;
  int channels;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  const EncodingRegistry& registry = EncodingRegistry::instance();
  for (const std::string& type : registry.names()) {
    std::vector<std::string> presets{"default"};
    for (const auto& [name, settings] : registry.find(type, "encoding").presets)
      presets.push_back(name);
    for (const std::string& preset : presets) {
      for (const int channels : {1, 3}) cases.push_back({type, preset, channels});
    }
  }
  return cases;
}

class EncodingConformance : public testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<Encoding> make(int height, int width) const {
    return make_encoding(GetParam().type, {height, width, GetParam().channels},
                         {{"preset", GetParam().preset}});
  }

  // Genomes of all ages.
  static std::vector<GenomePtr> genomes(const Encoding& encoding, int count) {
    std::vector<GenomePtr> result;
    for (int i = 0; i < count; ++i) {
      result.push_back(descendant(encoding, static_cast<std::uint64_t>(i) + 1, 2 * i));
    }
    return result;
  }

  static GenomePtr child(const Encoding& encoding, const GenomePtr& a, const GenomePtr& b,
                         const ItemAddress& address) {
    const GenomePtr parents[2] = {a, b};
    return encoding.vary({parents, static_cast<std::size_t>(encoding.parents())}, address);
  }

  static std::vector<std::uint8_t> picture(const Encoding& encoding, const Genome& genome,
                                           std::uint8_t background) {
    ImageBatch image(1, encoding.shape());
    for (std::uint8_t& byte : image.bytes()) byte = background;
    encoding.render(genome, image[0]);
    return {image.bytes().begin(), image.bytes().end()};
  }
};

TEST_P(EncodingConformance, SaysWhatItIs) {
  const auto encoding = make(12, 17);
  EXPECT_EQ(encoding->name(), GetParam().type);
  EXPECT_EQ(encoding->shape(), (ImageShape{12, 17, GetParam().channels}));
  EXPECT_TRUE(encoding->parents() == 1 || encoding->parents() == 2);
}

TEST_P(EncodingConformance, EveryParameterIsDocumentedAndCited) {
  for (const Parameter& parameter :
       EncodingRegistry::instance().find(GetParam().type, "encoding").parameters.parameters()) {
    EXPECT_FALSE(parameter.help.empty()) << parameter.key;
    EXPECT_FALSE(parameter.source.empty()) << parameter.key;
  }
}

TEST_P(EncodingConformance, GenomesDependOnTheAddressAlone) {
  const auto encoding = make(12, 17);
  const auto again = make(12, 17);
  const ItemAddress address{7, 3, 4};
  const std::string random = encoding->encode(*encoding->random(address));
  EXPECT_EQ(encoding->encode(*again->random(address)), random);
  const GenomePtr a = encoding->random({7, 0, 0});
  const GenomePtr b = encoding->random({7, 0, 1});
  const std::string varied = encoding->encode(*child(*encoding, a, b, address));
  EXPECT_EQ(encoding->encode(*child(*again, a, b, address)), varied);

  for (const ItemAddress& other : {ItemAddress{8, 3, 4}, {7, 2, 4}, {7, 3, 6}}) {
    EXPECT_NE(encoding->encode(*encoding->random(other)), random);
  }
  // A small change may be none; over some dozens of children the address must show.
  std::set<std::string> children;
  for (std::uint32_t i = 0; i < 40; ++i)
    children.insert(encoding->encode(*child(*encoding, a, b, {7, 3, i})));
  EXPECT_GT(children.size(), 20U);
}

TEST_P(EncodingConformance, VaryLeavesTheParentsAlone) {
  const auto encoding = make(12, 17);
  for (const GenomePtr& parent : genomes(*encoding, 10)) {
    const GenomePtr other = encoding->random({99, 0, 0});
    const std::string before = encoding->encode(*parent) + encoding->encode(*other);
    for (std::uint32_t i = 0; i < 20; ++i) child(*encoding, parent, other, {5, 1, i});
    EXPECT_EQ(encoding->encode(*parent) + encoding->encode(*other), before);
  }
}

TEST_P(EncodingConformance, RenderFillsThePictureAndRepeatsItself) {
  const auto encoding = make(12, 17);
  std::set<std::vector<std::uint8_t>> pictures;
  for (const GenomePtr& genome : genomes(*encoding, 20)) {
    const auto first = picture(*encoding, *genome, 0);
    EXPECT_EQ(picture(*encoding, *genome, 255), first);
    pictures.insert(first);
  }
  EXPECT_GT(pictures.size(), 15U);  // they are not all alike
}

TEST_P(EncodingConformance, RenderAtItsOwnSizeIsRender) {
  const auto encoding = make(12, 17);
  for (const GenomePtr& genome : genomes(*encoding, 10)) {
    ImageBatch image(1, encoding->shape());
    encoding->render_at(*genome, image[0]);
    EXPECT_EQ((std::vector<std::uint8_t>(image.bytes().begin(), image.bytes().end())),
              picture(*encoding, *genome, 77));
  }
}

TEST_P(EncodingConformance, RenderAtAnotherSizeDrawsOrSaysWhyNot) {
  const auto encoding = make(12, 17);
  ImageBatch image(1, {24, 34, GetParam().channels});
  try {
    encoding->render_at(*encoding->random({1, 0, 0}), image[0]);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
  }
}

TEST_P(EncodingConformance, EveryRendererGivesTheSameBits) {
  for (const auto& [height, width] : {std::pair{28, 28}, {1, 1}, {5, 3}, {63, 129}}) {
    const auto encoding = make(height, width);
    expect_same_bits(*encoding, genomes(*encoding, 30));
  }
}

TEST_P(EncodingConformance, AWindowShowsWhatTheWholePictureDoesThere) {
  for (const auto& [height, width] : {std::pair{28, 28}, {1, 1}, {5, 3}, {63, 129}}) {
    const auto encoding = make(height, width);
    expect_same_bits_in_windows(*encoding, genomes(*encoding, 5));
  }
}

TEST_P(EncodingConformance, GenomesComeBackFromBytesAndJson) {
  const auto encoding = make(12, 17);
  const auto again = make(12, 17);
  for (const GenomePtr& genome : genomes(*encoding, 30)) {
    const std::string bytes = encoding->encode(*genome);
    const GenomePtr from_bytes = again->decode(bytes);
    EXPECT_EQ(again->encode(*from_bytes), bytes);
    const std::string text = encoding->to_json(*genome).dump();
    const GenomePtr from_json = again->from_json(Json::parse(text));
    EXPECT_EQ(again->encode(*from_json), bytes);
    EXPECT_EQ(again->to_json(*from_json).dump(), text);
    EXPECT_EQ(picture(*again, *from_bytes, 0), picture(*encoding, *genome, 0));
    EXPECT_EQ(picture(*again, *from_json, 0), picture(*encoding, *genome, 0));
  }
}

// A genome that was read must do all that others do.
void expect_usable(const Encoding& encoding, const GenomePtr& genome) {
  ImageBatch image(1, encoding.shape());
  encoding.render(*genome, image[0]);
  const GenomePtr parents[2] = {genome, genome};
  encoding.vary({parents, static_cast<std::size_t>(encoding.parents())}, {1, 1, 0});
  EXPECT_EQ(encoding.encode(*encoding.decode(encoding.encode(*genome))), encoding.encode(*genome));
}

template <typename Read>
bool is_read(const Encoding& encoding, const Read& read) {
  try {
    expect_usable(encoding, read());
    return true;
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData) << e.what();
    EXPECT_STRNE(e.what(), "");
    return false;
  }
}

TEST_P(EncodingConformance, DamagedBytesAreAnErrorOrAGenome) {
  const auto encoding = make(6, 5);
  RngStream rng(1, "test.damage", 0, static_cast<std::uint32_t>(GetParam().channels));
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes =
        encoding->encode(*descendant(*encoding, static_cast<std::uint64_t>(i % 7), i % 11));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const std::uint32_t kind = rng.uniform_int(4);
    if (kind == 0) {
      bytes.resize(rng.uniform_int(size));
    } else if (kind == 1) {
      bytes.append(1 + rng.uniform_int(40), static_cast<char>(rng.next_u32()));
    } else {
      for (std::uint32_t flips = 1 + rng.uniform_int(3); flips-- > 0;) {
        const std::uint32_t at = rng.uniform_int(size);
        bytes[at] =
            static_cast<char>(static_cast<std::uint32_t>(bytes[at]) ^ (1U << rng.uniform_int(8)));
      }
    }
    refused += is_read(*encoding, [&] { return encoding->decode(bytes); }) ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);  // a wrong length is always noticed
  EXPECT_FALSE(is_read(*encoding, [&] { return encoding->decode(""); }));
}

// Every place in a JSON value.
std::vector<Json::json_pointer> places(const Json& json) {
  std::vector<Json::json_pointer> result;
  const Json flat = json.flatten();
  for (const auto& [key, value] : flat.items()) {
    for (Json::json_pointer p(key); !p.empty(); p = p.parent_pointer()) result.push_back(p);
  }
  return result;
}

TEST_P(EncodingConformance, DamagedJsonIsAnErrorOrAGenome) {
  const auto encoding = make(6, 5);
  RngStream rng(2, "test.damage", 0, static_cast<std::uint32_t>(GetParam().channels));
  const std::vector<Json> wrong = {nullptr,
                                   true,
                                   0,
                                   -1,
                                   3,
                                   4,
                                   70000,
                                   1ULL << 63,
                                   0.5,
                                   1e300,
                                   -1e300,
                                   "",
                                   "sine",
                                   "hidden",
                                   "AAAA",
                                   Json::array(),
                                   Json::object(),
                                   Json::array({1, 2})};
  for (int i = 0; i < 1500; ++i) {
    Json json =
        encoding->to_json(*descendant(*encoding, static_cast<std::uint64_t>(i % 7), i % 11));
    const auto all = places(json);
    const Json::json_pointer& at = all[rng.uniform_int(static_cast<std::uint32_t>(all.size()))];
    if (rng.bernoulli(0.3)) {
      Json& parent = json[at.parent_pointer()];
      if (parent.is_object()) {
        parent.erase(at.back());
      } else {
        parent.erase(static_cast<std::size_t>(std::stoul(at.back())));
      }
    } else {
      json[at] = wrong[rng.uniform_int(static_cast<std::uint32_t>(wrong.size()))];
    }
    is_read(*encoding, [&] { return encoding->from_json(json); });
  }
  for (const Json& json : wrong)
    EXPECT_FALSE(is_read(*encoding, [&] { return encoding->from_json(json); }));
}

// Text as it stands in a file, with characters changed: what still parses is an error or a genome.
TEST_P(EncodingConformance, DamagedTextIsAnErrorOrAGenome) {
  const auto encoding = make(6, 5);
  RngStream rng(3, "test.damage", 0, static_cast<std::uint32_t>(GetParam().channels));
  for (int i = 0; i < 3000; ++i) {
    std::string text =
        encoding->to_json(*descendant(*encoding, static_cast<std::uint64_t>(i % 7), i % 11)).dump();
    text[rng.uniform_int(static_cast<std::uint32_t>(text.size()))] =
        "0123456789-.eE\"[]{}:,azAZ/+="[rng.uniform_int(29)];
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_discarded()) is_read(*encoding, [&] { return encoding->from_json(json); });
  }
}

TEST_P(EncodingConformance, LongLinesOfDescentStayValid) {
  const auto encoding = make(6, 5);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const GenomePtr genome = descendant(*encoding, seed, 2000);
    expect_usable(*encoding, genome);
    EXPECT_EQ(encoding->encode(*encoding->from_json(encoding->to_json(*genome))),
              encoding->encode(*genome));
  }
}

TEST_P(EncodingConformance, OtherNumbersOfChannelsAreAConfigurationError) {
  try {
    make_encoding(GetParam().type, {8, 8, 2}, {{"preset", GetParam().preset}});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kConfig);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EncodingConformance, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& info) {
                           std::string name = info.param.type + "_" + info.param.preset +
                                              (info.param.channels == 1 ? "_grey" : "_colour");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace fool
