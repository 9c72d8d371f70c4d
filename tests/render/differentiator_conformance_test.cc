// What every differentiator owes, over all encodings that have one, in all their presets: the
// gradient of the encoding itself.
#include <gmock/gmock.h>

#include <cmath>

#include "encoding/genomes.h"
#include "fakes/expect_error.h"
#include "fool/core/rng.h"
#include "fool/render/differentiator.h"
#include "render/kernels.h"

namespace fool {
namespace {

using testing::HasSubstr;

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
      for (const int channels : {1, 3}) {
        const auto encoding = make_encoding(type, {4, 4, channels}, {{"preset", preset}});
        if (encoding->differentiable() != nullptr) cases.push_back({type, preset, channels});
      }
    }
  }
  return cases;
}

std::vector<float> random_gradient(std::size_t size, std::uint32_t purpose) {
  RngStream rng(1, "test.differentiator", purpose, 0);
  std::vector<float> result;
  for (std::size_t i = 0; i < size; ++i) result.push_back(static_cast<float>(rng.normal()));
  return result;
}

using Gradients = std::vector<std::vector<float>>;

Gradients pull_back(const std::string& name, const Encoding& encoding, const Frame& frame,
                    const std::vector<GenomePtr>& genomes, const std::vector<float>& by_pixels) {
  Gradients result;
  std::vector<Span<float>> places;
  for (const GenomePtr& genome : genomes) {
    result.emplace_back(encoding.differentiable()->parameters(*genome).size(), 77.0F);
  }
  for (std::vector<float>& gradient : result) places.emplace_back(gradient);
  const auto differentiator = make_differentiator(name, encoding, frame);
  EXPECT_EQ(differentiator->name(), name);
  differentiator->pull_back(genomes, by_pixels, places);
  differentiator->pull_back(genomes, by_pixels, places);  // a second time, over what the first left
  return result;
}

// The reference adds up in double precision; in sixteen lanes of single precision the rounding of
// some thousand terms of both signs remains, small beside the largest of a genome's gradients.
constexpr double kTolerance = 2e-5;

void expect_near(const Gradients& found, const Gradients& expected, const std::string& name) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    double largest = 0;
    for (const float g : expected[i])
      largest = std::max(largest, std::fabs(static_cast<double>(g)));
    ASSERT_TRUE(std::isfinite(largest));
    for (std::size_t d = 0; d < found[i].size(); ++d) {
      ASSERT_NEAR(found[i][d], expected[i][d], kTolerance * largest)
          << name << ": genome " << i << ", parameter " << d << " of " << found[i].size();
    }
  }
}

class DifferentiatorConformance : public testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<Encoding> make(int height, int width) const {
    return make_encoding(GetParam().type, {height, width, GetParam().channels},
                         {{"preset", GetParam().preset}});
  }
  static std::vector<GenomePtr> genomes(const Encoding& encoding, int count) {
    std::vector<GenomePtr> result;
    for (int i = 0; i < count; ++i) {
      result.push_back(descendant(encoding, static_cast<std::uint64_t>(i) + 1, 5 * i));
    }
    return result;
  }
};

TEST_P(DifferentiatorConformance, ParametersMakeTheSameGenome) {
  const auto encoding = make(6, 5);
  const Differentiable& differentiable = *encoding->differentiable();
  for (const GenomePtr& genome : genomes(*encoding, 10)) {
    const std::vector<float> parameters = differentiable.parameters(*genome);
    EXPECT_EQ(encoding->encode(*differentiable.with_parameters(*genome, parameters)),
              encoding->encode(*genome));
  }
}

TEST_P(DifferentiatorConformance, AWidenedGenomeHasMoreParametersAndTheSamePicture) {
  const auto encoding = make(6, 5);
  const Differentiable& differentiable = *encoding->differentiable();
  for (const GenomePtr& genome : genomes(*encoding, 10)) {
    const GenomePtr wide = differentiable.widened(*genome, {1, 2, 3});
    if (wide == nullptr) continue;
    EXPECT_GT(differentiable.parameter_count(*wide), differentiable.parameter_count(*genome));
    EXPECT_EQ(encoding->encode(*encoding->decode(encoding->encode(*wide))),
              encoding->encode(*wide));
    ImageBatch images(2, encoding->shape());
    encoding->render(*genome, images[0]);
    encoding->render(*wide, images[1]);
    const auto half = images.bytes().size() / 2;
    EXPECT_TRUE(std::equal(images.bytes().begin(), images.bytes().begin() + half,
                           images.bytes().begin() + half));
  }
}

// Whatever an optimiser comes up with is a genome that can be drawn, saved and read.
TEST_P(DifferentiatorConformance, ParametersOutOfRangeBecomeItsBounds) {
  const auto encoding = make(6, 5);
  const Differentiable& differentiable = *encoding->differentiable();
  const GenomePtr genome = descendant(*encoding, 1, 10);
  std::vector<float> parameters = differentiable.parameters(*genome);
  for (const float value : {1e30F, -1e30F, INFINITY, -INFINITY, NAN}) {
    for (std::size_t i = 0; i < parameters.size(); i += 2) parameters[i] = value;
    const GenomePtr changed = differentiable.with_parameters(*genome, parameters);
    EXPECT_EQ(encoding->encode(*encoding->decode(encoding->encode(*changed))),
              encoding->encode(*changed));
    ImageBatch image(1, encoding->shape());
    encoding->render(*changed, image[0]);
    const std::vector<float> kept = differentiable.parameters(*changed);
    for (const float parameter : kept) EXPECT_TRUE(std::isfinite(parameter));
  }
}

TEST_P(DifferentiatorConformance, AllAgreeWithTheReference) {
  for (const auto& [height, width] : {std::pair{28, 28}, {1, 1}, {5, 3}, {63, 129}}) {
    const auto encoding = make(height, width);
    const auto some = genomes(*encoding, 5);
    const Frame frame = Frame::whole(encoding->shape());
    const auto by_pixels = random_gradient(some.size() * encoding->shape().size(), 0);
    const Gradients expected = pull_back("reference", *encoding, frame, some, by_pixels);
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::vector<float> own(expected[i].size());
      const Span<const float> all(by_pixels);
      encoding->differentiable()->pull_back(
          *some[i], all.subspan(i * encoding->shape().size(), encoding->shape().size()), own);
      ASSERT_EQ(own, expected[i]);
    }
    for (const std::string& name : differentiator_names(*encoding)) {
      expect_near(pull_back(name, *encoding, frame, some, by_pixels), expected, name);
    }
  }
}

TEST_P(DifferentiatorConformance, AllTargetsHaveTheSameBits) {
  for (const auto& [height, width] : {std::pair{28, 28}, {1, 1}, {5, 3}, {63, 129}}) {
    const auto encoding = make(height, width);
    const auto some = genomes(*encoding, 4);
    const Frame frame = Frame::whole(encoding->shape());
    const auto by_pixels = random_gradient(some.size() * encoding->shape().size(), 1);
    Gradients first;
    for (const std::string& name : differentiator_names(*encoding)) {
      if (name == "reference") continue;
      const Gradients found = pull_back(name, *encoding, frame, some, by_pixels);
      if (first.empty()) first = found;
      for (std::size_t i = 0; i < found.size(); ++i) {
        for (std::size_t d = 0; d < found[i].size(); ++d) {
          ASSERT_EQ(found[i][d], first[i][d]) << name << ": genome " << i << ", parameter " << d;
        }
      }
    }
  }
}

// Outside of the window there is no gradient.
TEST_P(DifferentiatorConformance, AWindowCountsAloneInItsPlace) {
  const auto encoding = make(31, 37);
  const ImageShape& canvas = encoding->shape();
  const auto some = genomes(*encoding, 3);
  for (const Frame& frame : {Frame::centre(canvas, {27, 30, 0}), Frame{canvas, 30, 36, 1, 1},
                             Frame{canvas, 4, 0, 20, 37}}) {
    const auto by_pixels = random_gradient(some.size() * frame.shape().size(), 2);
    std::vector<float> padded(some.size() * canvas.size());
    const auto row_size = static_cast<std::size_t>(frame.width * canvas.channels);
    const float* from = by_pixels.data();
    for (std::size_t i = 0; i < some.size(); ++i) {
      for (int row = 0; row < frame.height; ++row, from += row_size) {
        const int pixel = (frame.top + row) * canvas.width + frame.left;
        std::copy_n(
            from, row_size,
            padded.data() + i * canvas.size() + static_cast<std::size_t>(pixel * canvas.channels));
      }
    }
    const Gradients expected =
        pull_back("reference", *encoding, Frame::whole(canvas), some, padded);
    for (const std::string& name : differentiator_names(*encoding)) {
      const Gradients found = pull_back(name, *encoding, frame, some, by_pixels);
      if (name == "reference") {
        EXPECT_EQ(found, expected);
      } else {
        expect_near(found, expected, name);
      }
    }
  }
}

// The genomes of a call do not touch each other's results.
TEST_P(DifferentiatorConformance, ManyAtATimeAreEachAlone) {
  const auto encoding = make(9, 20);
  const auto some = genomes(*encoding, 4);
  const Frame frame = Frame::whole(encoding->shape());
  const std::size_t size = encoding->shape().size();
  const auto by_pixels = random_gradient(some.size() * size, 3);
  for (const std::string& name : differentiator_names(*encoding)) {
    const Gradients together = pull_back(name, *encoding, frame, some, by_pixels);
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto begin = by_pixels.begin() + static_cast<std::ptrdiff_t>(i * size);
      const Gradients alone = pull_back(name, *encoding, frame, {some[i]},
                                        {begin, begin + static_cast<std::ptrdiff_t>(size)});
      ASSERT_EQ(alone[0], together[i]) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, DifferentiatorConformance, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& info) {
                           std::string name = info.param.type + "_" + info.param.preset +
                                              (info.param.channels == 1 ? "_grey" : "_colour");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(FastDifferentiator, TheFastestComesFirstAndTheReferenceLast) {
  const auto encoding = make_encoding("dense-cppn", {28, 28, 1});
  const Frame frame = Frame::whole(encoding->shape());
  const std::vector<std::string> names = differentiator_names(*encoding);
  ASSERT_EQ(names.size(), available_kernels().size() + 1);
  EXPECT_EQ(names.back(), "reference");
  const std::string best = fmt::format("tiled-{}", available_kernels().front()->target);
  EXPECT_EQ(names.front(), best);
  EXPECT_EQ(make_differentiator("auto", *encoding, frame)->name(), best);
  EXPECT_EQ(make_differentiator("tiled", *encoding, frame)->name(), best);
}

TEST(FastDifferentiator, NamesWhatIsWrong) {
  const auto encoding = make_encoding("dense-cppn", {28, 28, 1});
  const Frame frame = Frame::whole(encoding->shape());
  EXPECT_THAT(
      error_message(ErrorKind::kInternal,
                    [&] {
                      make_differentiator("auto", *encoding, Frame::whole({30, 31, 1}));
                    }),
      HasSubstr("the dense-cppn encoding has gradients by the pixels of 28 x 28 images, not "
                "of 30 x 31"));
  const GenomePtr genome = encoding->random({1, 0, 0});
  const std::vector<float> by_pixels(28 * 28);
  std::vector<float> gradient(encoding->differentiable()->parameters(*genome).size());
  const Span<float> place(gradient);
  const Span<float> short_place(gradient.data(), 5);
  for (const std::string& name : differentiator_names(*encoding)) {
    const auto differentiator = make_differentiator(name, *encoding, frame);
    const Span<const float> all(by_pixels);
    EXPECT_THAT(
        error_message(ErrorKind::kInternal,
                      [&] {
                        differentiator->pull_back({&genome, 1}, all.first(700), {&place, 1});
                      }),
        HasSubstr("need 784 numbers by pixel"));
    EXPECT_THAT(error_message(ErrorKind::kInternal,
                              [&] {
                                differentiator->pull_back({&genome, 1}, all, {&short_place, 1});
                              }),
                HasSubstr("parameters needs a gradient of as many, found 5"));
  }
}

}  // namespace
}  // namespace fool
