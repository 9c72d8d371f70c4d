#include "encoding/direct.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "encoding/genomes.h"
#include "encoding/slopes.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

using testing::HasSubstr;

constexpr ImageShape kGray{28, 28, 1};
constexpr ImageShape kColor{64, 64, 3};

template <typename Gene>
std::vector<Gene> genes(const GenomePtr& genome) {
  return dynamic_cast<const DirectGenome<Gene>&>(*genome).genes;
}

GenomePtr child_of(const Encoding& encoding, const GenomePtr& a, const GenomePtr& b,
                   const ItemAddress& address) {
  const GenomePtr parents[2] = {a, b};
  return encoding.vary({parents, static_cast<std::size_t>(encoding.parents())}, address);
}

// n within five standard errors of a binomial count.
void expect_count(double n, double draws, double probability) {
  EXPECT_NEAR(n, draws * probability,
              5 * std::sqrt(draws * probability * (1 - probability)) + 1e-9);
}

TEST(Direct, IntegerGenesStartUniform) {
  const auto encoding = make_encoding("direct", {256, 256, 3});
  std::vector<int> counts(256);
  for (const std::uint8_t gene : genes<std::uint8_t>(encoding->random({1, 0, 0}))) ++counts[gene];
  for (const int count : counts) expect_count(count, 256 * 256 * 3, 1 / 256.0);
}

TEST(Direct, RealGenesStartUniform) {
  const auto encoding = make_encoding("direct", {256, 256, 3}, {{"genes", "real"}});
  double sum = 0;
  double squares = 0;
  for (const float gene : genes<float>(encoding->random({1, 0, 0}))) {
    ASSERT_GE(gene, 0.0F);
    ASSERT_LT(gene, 1.0F);
    sum += gene;
    squares += static_cast<double>(gene) * gene;
  }
  const double n = 256 * 256 * 3;
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1 / (12 * n)));
  EXPECT_NEAR(squares / n, 1 / 3.0, 5 * std::sqrt(4 / (45 * n)));
}

// The memory of 1000 elites of ImageNet's size.
TEST(Direct, AnIntegerGeneTakesOneByte) {
  const auto encoding = make_encoding("direct", {256, 256, 3});
  const auto own = genes<std::uint8_t>(encoding->random({1, 0, 0}));
  EXPECT_LE(own.capacity() * sizeof(own[0]) * 1000, 400'000'000U);
}

// The share of genes that change in the given generation of children.
double changed_share(const Encoding& encoding, std::uint32_t paper_generation) {
  // All genes in the middle, so that no step is clipped and few are rounded to nothing.
  const std::string middle = "i" + std::string(encoding.shape().size(), static_cast<char>(128));
  const GenomePtr parent = encoding.decode(middle);
  double changed = 0;
  for (std::uint32_t i = 0; i < 10; ++i) {
    const GenomePtr child = encoding.vary({&parent, 1}, {1, paper_generation + 1, i});
    for (const std::uint8_t gene : genes<std::uint8_t>(child)) changed += gene != 128 ? 1 : 0;
  }
  return changed / (10.0 * static_cast<double>(encoding.shape().size()));
}

TEST(Direct, MutationRateHalvesEachThousandGenerations) {
  const auto encoding = make_encoding("direct", kColor, {{"preset", "paper"}});
  // A step of less than half a level changes nothing: P(|d| < 1/510) = 1 - (1 - 1/510)^16.
  const double visible = std::pow(1 - 1 / 510.0, 16);
  const double n = 10.0 * 64 * 64 * 3;
  const auto expect_rate = [&](std::uint32_t generation, double rate) {
    const double p = rate * visible;
    EXPECT_NEAR(changed_share(*encoding, generation), p, 5 * std::sqrt(p * (1 - p) / n))
        << generation;
  };
  expect_rate(0, 0.1);
  expect_rate(999, 0.1);
  expect_rate(1000, 0.05);
  expect_rate(1999, 0.05);
  expect_rate(5000, 0.1 / 32);
  EXPECT_EQ(changed_share(*encoding, 4'000'000), 0);
}

TEST(Direct, MutationRateMayStayConstant) {
  DirectSettings settings(EncodingRegistry::instance().resolve(
      {{"type", "direct"}, {"mutation_halving_period", 0}, {"mutation_rate", 0.25}}, "encoding"));
  EXPECT_EQ(settings.rate_at(0), 0.25);
  EXPECT_EQ(settings.rate_at(1'000'000), 0.25);
  settings.mutation_halving_period = 10;
  EXPECT_EQ(settings.rate_at(9), 0.25);
  EXPECT_EQ(settings.rate_at(10), 0.125);
  EXPECT_EQ(settings.rate_at(39), 0.03125);
}

TEST(Direct, MutationRateOneChangesAllAndZeroNone) {
  const auto all = make_encoding("direct", kGray, {{"genes", "real"}, {"mutation_rate", 1.0}});
  const auto none = make_encoding("direct", kGray, {{"genes", "real"}, {"mutation_rate", 0.0}});
  const GenomePtr parent = all->random({1, 0, 0});
  const GenomePtr changed = all->vary({&parent, 1}, {1, 1, 0});
  const GenomePtr same = none->vary({&parent, 1}, {1, 1, 0});
  int differ = 0;
  for (std::size_t i = 0; i < kGray.size(); ++i)
    differ += genes<float>(parent)[i] != genes<float>(changed)[i] ? 1 : 0;
  EXPECT_GE(differ, 780);  // but for steps that are clipped or vanish
  EXPECT_EQ(genes<float>(parent), genes<float>(same));
}

// Real steps as they arrive in the genes: the mean size is 1/17, the root mean square 0.08085.
TEST(Direct, RealStepsHaveTheRightSize) {
  const auto encoding = make_encoding("direct", {256, 256, 3}, {{"genes", "real"}});
  std::string middle = "r";
  for (std::size_t i = 0; i < encoding->shape().size(); ++i) middle += std::string("\0\0\0\x3f", 4);
  const GenomePtr parent = encoding->decode(middle);
  const GenomePtr child = encoding->vary({&parent, 1}, {1, 1, 0});
  double n = 0;
  double sum = 0;
  double squares = 0;
  for (const float gene : genes<float>(child)) {
    if (gene == 0.5F) continue;
    ++n;
    sum += std::fabs(gene - 0.5);
    squares += (gene - 0.5) * (gene - 0.5);
  }
  expect_count(n, 256 * 256 * 3, 0.1);
  EXPECT_NEAR(sum / n, 1 / 17.0, 5 * 0.0555 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(squares / n), 0.08085, 0.0015);
}

TEST(Direct, StepsAreClippedAtBothEnds) {
  const auto encoding =
      make_encoding("direct", kGray, {{"mutation_rate", 1.0}, {"mutation_eta", 0.0}});
  for (const char end : {'\0', '\xff'}) {
    const GenomePtr parent = encoding->decode("i" + std::string(kGray.size(), end));
    const GenomePtr child = encoding->vary({&parent, 1}, {1, 1, 0});
    const auto child_genes = genes<std::uint8_t>(child);
    const auto clipped =
        std::count(child_genes.begin(), child_genes.end(), static_cast<std::uint8_t>(end));
    expect_count(static_cast<double>(clipped), 784, 0.5 + 1 / 1020.0);
  }
}

const Json kOnlyCrossover = {{"genes", "real"},
                             {"crossover", "sbx"},
                             {"crossover_probability", 1.0},
                             {"mutation_rate", 0.0}};

TEST(Direct, TheChildrenOfAPairShareOutTheCrossing) {
  const auto encoding = make_encoding("direct", kGray, kOnlyCrossover);
  EXPECT_EQ(encoding->parents(), 2);
  const GenomePtr a = encoding->random({1, 0, 0});
  const GenomePtr b = encoding->random({1, 0, 1});
  const auto first = genes<float>(child_of(*encoding, a, b, {1, 1, 6}));
  const auto second = genes<float>(child_of(*encoding, a, b, {1, 1, 7}));
  int first_is_smaller = 0;
  for (std::size_t i = 0; i < kGray.size(); ++i) {
    // Unless a bound is near, the children lie around the parents' mean as the parents do.
    const float low = std::min(genes<float>(a)[i], genes<float>(b)[i]);
    const float high = std::max(genes<float>(a)[i], genes<float>(b)[i]);
    if (low > 0.4F && high < 0.6F) {
      EXPECT_NEAR(first[i] + second[i], low + high, 0.02);
    }
    first_is_smaller += first[i] < second[i] ? 1 : 0;
  }
  expect_count(first_is_smaller, 784, 0.5);
}

TEST(Direct, WithoutACrossingThePairIsCopiedInEitherOrder) {
  Json settings = kOnlyCrossover;
  settings["crossover_probability"] = 0.0;
  const auto encoding = make_encoding("direct", kGray, settings);
  const GenomePtr a = encoding->random({1, 0, 0});
  const GenomePtr b = encoding->random({1, 0, 1});
  int swapped = 0;
  for (std::uint32_t pair = 0; pair < 200; ++pair) {
    const auto first = genes<float>(child_of(*encoding, a, b, {1, 1, 2 * pair}));
    const auto second = genes<float>(child_of(*encoding, a, b, {1, 1, 2 * pair + 1}));
    const bool is_swapped = first == genes<float>(b);
    EXPECT_EQ(first, genes<float>(is_swapped ? b : a));
    EXPECT_EQ(second, genes<float>(is_swapped ? a : b));
    swapped += is_swapped ? 1 : 0;
  }
  expect_count(swapped, 200, 0.5);
}

TEST(Direct, EqualGenesAreKeptOrSetToOneHalf) {
  for (const bool quirk : {false, true}) {
    Json settings = kOnlyCrossover;
    settings["sbx_equal_genes_quirk"] = quirk;
    const auto encoding = make_encoding("direct", kGray, settings);
    const GenomePtr parent = encoding->random({1, 0, 0});
    const auto child = genes<float>(child_of(*encoding, parent, parent, {1, 1, 0}));
    EXPECT_EQ(child, quirk ? std::vector<float>(784, 0.5F) : genes<float>(parent));
  }
}

TEST(Direct, IntegerGenesMayBeCrossedToo) {
  Json settings = kOnlyCrossover;
  settings["genes"] = "integer";
  settings["sbx_equal_genes_quirk"] = true;
  const auto encoding = make_encoding("direct", kGray, settings);
  const GenomePtr a = encoding->decode("i" + std::string(784, static_cast<char>(100)));
  const GenomePtr b = encoding->decode("i" + std::string(784, static_cast<char>(140)));
  double sum = 0;
  for (const std::uint8_t gene : genes<std::uint8_t>(child_of(*encoding, a, b, {1, 1, 0})))
    sum += gene;
  EXPECT_NEAR(sum / 784, 120, 5 * 20 / std::sqrt(784));
  for (const std::uint8_t gene : genes<std::uint8_t>(child_of(*encoding, a, a, {1, 1, 0})))
    EXPECT_EQ(gene, 128);
}

TEST(Direct, PresetsSayWhatTheirNamesSay) {
  const auto settings = [](const char* preset) {
    return DirectSettings(
        EncodingRegistry::instance().resolve({{"type", "direct"}, {"preset", preset}}, "encoding"));
  };
  const DirectSettings paper = settings("paper");
  EXPECT_TRUE(paper.integer_genes);
  EXPECT_EQ(paper.color.space, ColorSpace::kHsv);
  EXPECT_EQ(paper.crossover, Crossover::kNone);
  EXPECT_EQ(paper.rate_at(2000), 0.025);
  const DirectSettings code = settings("released-code");
  EXPECT_FALSE(code.integer_genes);
  EXPECT_EQ(code.color.space, ColorSpace::kHls);
  EXPECT_EQ(code.color.hue_scale, 255);
  EXPECT_EQ(code.crossover, Crossover::kSbx);
  EXPECT_TRUE(code.sbx_equal_genes_quirk);
  EXPECT_EQ(code.rate_at(2000), 0.1);
}

TEST(Direct, DrawsGenesRowByRow) {
  const auto gray = make_encoding("direct", {2, 3, 1});
  ImageBatch image(1, {2, 3, 1});
  gray->render(*gray->decode("iabcdef"), image[0]);
  EXPECT_EQ(std::string(image.bytes().begin(), image.bytes().end()), "abcdef");

  const auto color = make_encoding("direct", {1, 2, 3}, {{"color_space", "rgb"}});
  ImageBatch pixels(1, {1, 2, 3});
  color->render(*color->decode("iabcdef"), pixels[0]);
  EXPECT_EQ(std::string(pixels.bytes().begin(), pixels.bytes().end()), "abcdef");

  const auto real = make_encoding("direct", {1, 2, 1}, {{"genes", "real"}});
  ImageBatch levels(1, {1, 2, 1});
  real->render(*real->decode(std::string("r\0\0\0\x3f\0\0\x80\x3f", 9)), levels[0]);  // 0.5 and 1
  EXPECT_EQ(levels.bytes()[0], 127);
  EXPECT_EQ(levels.bytes()[1], 255);
}

template <typename Call>
std::string error_of(ErrorKind kind, const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(Direct, NamesWhatIsWrong) {
  const auto encoding = make_encoding("direct", kGray);
  const auto real = make_encoding("direct", kGray, {{"genes", "real"}});
  const GenomePtr genome = encoding->random({1, 0, 0});
  ImageBatch larger(1, {56, 56, 1});
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { encoding->render_at(*genome, larger[0]); }),
              HasSubstr("it is 28 x 28 with 1 channels, 56 x 56 with 1 was asked for"));
  EXPECT_THAT(error_of(ErrorKind::kInternal, [&] { real->encode(*genome); }),
              HasSubstr("the direct encoding was given a genome of another encoding or gene type"));
  EXPECT_THAT(error_of(ErrorKind::kConfig,
                       [] {
                         make_encoding("direct", {28, 28, 4});
                       }),
              HasSubstr("1 or 3 channels, not of 4"));
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->decode("i123"); }),
              HasSubstr("expected 785 bytes with integer genes, found 4 bytes"));
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->decode("r" + std::string(784, 'x')); }),
              HasSubstr("of another kind"));
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { real->decode("r" + std::string(784 * 4, '\x7f')); }),
              HasSubstr("expected 0..1"));
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { real->decode("r" + std::string(784 * 4, '\xff')); }),
              HasSubstr("a gene is -nan"));

  Json json = encoding->to_json(*genome);
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->from_json(Json::array()); }),
              HasSubstr("expected an object, found array"));
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { real->from_json(json); }),
              HasSubstr("expected genes \"real\", found string: \"integer\""));
  json["height"] = 29;
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->from_json(json); }),
              HasSubstr("expected height 28, found number: 29"));
  json.erase("height");
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->from_json(json); }),
              HasSubstr("expected height 28, found nothing"));
  json = encoding->to_json(*genome);
  json["data"] = 5;
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->from_json(json); }),
              HasSubstr("no text \"data\""));
  json["data"] = "AAAA";
  EXPECT_THAT(error_of(ErrorKind::kData, [&] { encoding->from_json(json); }), HasSubstr("damaged"));
}

TEST(Direct, ParametersAreTheGenesInTheirOwnUnit) {
  for (const char* kind : {"integer", "real"}) {
    const bool is_integer = std::string(kind) == "integer";
    const float most = is_integer ? 255.0F : 1.0F;
    const auto encoding = make_encoding("direct", {4, 5, 3}, {{"genes", kind}});
    ASSERT_NE(encoding->differentiable(), nullptr);
    const Differentiable& differentiable = *encoding->differentiable();
    const GenomePtr genome = encoding->random({1, 0, 0});
    std::vector<float> parameters = differentiable.parameters(*genome);
    ASSERT_EQ(parameters.size(), 60U);
    EXPECT_EQ(encoding->encode(*differentiable.with_parameters(*genome, parameters)),
              encoding->encode(*genome));
    const float kept = parameters[4];
    parameters[0] = 0.3F * most;
    parameters[1] = 2 * most;
    parameters[2] = -most;
    parameters[3] = INFINITY;
    parameters[4] = NAN;
    const GenomePtr changed = differentiable.with_parameters(*genome, parameters);
    const std::vector<float> after = differentiable.parameters(*changed);
    EXPECT_EQ(after[0], is_integer ? 76.0F : 0.3F);  // of 76.5 to the even one
    EXPECT_EQ(after[1], most);
    EXPECT_EQ(after[2], 0.0F);
    EXPECT_EQ(after[3], most);
    EXPECT_EQ(after[4], kept);
    for (std::size_t i = 5; i < 60; ++i) EXPECT_EQ(after[i], parameters[i]);
    parameters.pop_back();
    EXPECT_THAT(error_of(ErrorKind::kInternal,
                         [&] { differentiable.with_parameters(*genome, parameters); }),
                HasSubstr("59 parameters for a direct genome of 60 genes"));
  }
}

TEST(Direct, ItsGradientIsThatOfTheContinuousPicture) {
  for (const char* kind : {"integer", "real"}) {
    const double unit = std::string(kind) == "integer" ? 1 : 255;
    for (const int hue_scale : {180, 255}) {
      for (const char* space : {"rgb", "hsv", "hls"}) {
        const auto encoding =
            make_encoding("direct", {6, 7, 3},
                          {{"genes", kind}, {"color_space", space}, {"hue_scale", hue_scale}});
        const auto& direct = dynamic_cast<const DirectEncoding&>(*encoding);
        const Differentiable& differentiable = *encoding->differentiable();
        const GenomePtr genome = encoding->random({1, 0, 0});
        const std::vector<float> parameters = differentiable.parameters(*genome);
        for (std::size_t pixel = 0; pixel < 42; ++pixel) {
          for (std::size_t channel = 0; channel < 3; ++channel) {
            std::vector<float> by_pixels(parameters.size());
            by_pixels[3 * pixel + channel] = 1;
            std::vector<float> gradient(parameters.size(), 77.0F);
            differentiable.pull_back(*genome, by_pixels, gradient);
            for (std::size_t i = 0; i < gradient.size(); ++i) {
              if (i / 3 != pixel) {
                ASSERT_EQ(gradient[i], 0.0F);
                continue;
              }
              const auto f = [&](double step) {
                std::array<double, 3> numbers{};
                for (std::size_t j = 0; j < 3; ++j)
                  numbers[j] = unit * static_cast<double>(parameters[3 * pixel + j]);
                numbers[i % 3] += unit * step;
                return rgb_in_doubles(direct.settings().color, numbers)[channel];
              };
              ASSERT_TRUE(is_slope(static_cast<double>(gradient[i]), f, 1e-4 * unit, 1e-6))
                  << kind << " " << space << " pixel " << pixel << " channel " << channel;
            }
          }
        }
      }
    }
    const auto grey = make_encoding("direct", {2, 3, 1}, {{"genes", kind}});
    std::vector<float> gradient(6);
    grey->differentiable()->pull_back(*grey->random({1, 0, 0}),
                                      std::vector<float>{1, -2, 0, 0.5F, 3, 4}, gradient);
    const auto factor = static_cast<float>(unit);
    EXPECT_EQ(gradient,
              (std::vector<float>{factor, -2 * factor, 0, 0.5F * factor, 3 * factor, 4 * factor}));
  }
}

// The same on every machine and with every compiler. These numbers may change only together with
// what a seed means.
TEST(Direct, GenomesAndPicturesAreFixed) {
  const auto of_preset = [](const char* preset) {
    return fingerprint(*make_encoding("direct", {19, 23, 3}, {{"preset", preset}}));
  };
  EXPECT_EQ(of_preset("paper"), 13962710137422721321U);
  EXPECT_EQ(of_preset("released-code"), 2862422188084388911U);
}

}  // namespace
}  // namespace fool
