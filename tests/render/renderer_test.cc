#include "fool/render/renderer.h"

#include <gmock/gmock.h>

#include "encoding/genomes.h"
#include "fool/core/error.h"
#include "render/kernels.h"

namespace fool {
namespace {

using testing::HasSubstr;

TEST(Renderer, TheFastestComesFirstAndTheReferenceLast) {
  for (const char* type : {"cppn", "dense-cppn", "direct"}) {
    const auto encoding = make_encoding(type, {28, 28, 1});
    const std::vector<std::string> names = renderer_names(*encoding);
    ASSERT_EQ(names.size(), available_kernels().size() + 1);
    EXPECT_EQ(names.back(), "reference");
    const std::string best = fmt::format("tiled-{}", available_kernels().front()->target);
    EXPECT_EQ(names.front(), best);
    EXPECT_EQ(make_renderer("auto", *encoding)->name(), best);
    EXPECT_EQ(make_renderer("tiled", *encoding)->name(), best);
    for (const std::string& name : names) EXPECT_EQ(make_renderer(name, *encoding)->name(), name);
  }
}

TEST(Renderer, NamesWhatIsWrong) {
  const auto encoding = make_encoding("cppn", {28, 28, 1});
  try {
    make_renderer("tilde", *encoding);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kConfig);
    EXPECT_THAT(e.what(),
                HasSubstr("there is no renderer \"tilde\" for the cppn encoding on this machine"));
    EXPECT_THAT(e.what(), HasSubstr("known: auto, tiled-"));
  }
  EXPECT_THROW(make_renderer("", *encoding), Error);
  EXPECT_THROW(make_renderer("tile", *encoding), Error);

  const std::vector<GenomePtr> genomes(2, encoding->random({1, 0, 0}));
  for (const std::string& name : renderer_names(*encoding)) {
    const auto renderer = make_renderer(name, *encoding);
    ImageBatch one(1, {28, 28, 1});
    ImageBatch large(2, {28, 29, 1});
    for (ImageBatch* out : {&one, &large}) {
      try {
        renderer->render(genomes, *out);
        FAIL() << name;
      } catch (const Error& e) {
        EXPECT_EQ(e.kind(), ErrorKind::kInternal);
        EXPECT_THAT(e.what(), HasSubstr("2 genomes of 28 x 28 x 1 cannot be drawn into"));
      }
    }
  }
}

TEST(Renderer, AWindowMustLieInItsCanvas) {
  const auto encoding = make_encoding("cppn", {28, 28, 1});
  const ImageShape canvas = encoding->shape();
  for (const Frame& frame :
       {Frame{canvas, -1, 0, 5, 5}, Frame{canvas, 24, 0, 5, 5}, Frame{canvas, 0, 24, 5, 5},
        Frame{canvas, 0, 0, 0, 5}, Frame::whole({28, 28, 3}), Frame::centre(canvas, {30, 28, 1})}) {
    try {
      make_renderer("auto", *encoding, frame);
      ADD_FAILURE() << frame.top << ", " << frame.left;
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kInternal);
      EXPECT_THAT(e.what(), HasSubstr("are no part of an image of 28 x 28"));
    }
  }
}

TEST(Renderer, TheDirectEncodingHasNoOtherSize) {
  const auto encoding = make_encoding("direct", {28, 28, 1});
  const GenomePtr genome = encoding->random({1, 0, 0});
  const ImageShape canvas{30, 30, 1};
  for (const std::string& name : renderer_names(*encoding)) {
    if (name == "cuda") continue;  // says so in its own words
    ImageBatch image(1, canvas);
    try {
      make_renderer(name, *encoding, Frame::whole(canvas))->render({&genome, 1}, image);
      ADD_FAILURE() << name;
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kUsage);
      EXPECT_THAT(e.what(), HasSubstr("30 x 30 with 1 was asked for"));
    }
  }
}

TEST(Renderer, ImagesBeyondTheGenomesAreLeftAlone) {
  for (const char* type : {"cppn", "dense-cppn", "direct"}) {
    const auto encoding = make_encoding(type, {5, 7, 3});
    const GenomePtr genome = encoding->random({1, 0, 0});
    for (const std::string& name : renderer_names(*encoding)) {
      ImageBatch images(3, {5, 7, 3});
      for (std::uint8_t& byte : images.bytes()) byte = 77;
      make_renderer(name, *encoding)->render({&genome, 1}, images);
      for (std::size_t i = images.shape().size(); i < images.bytes().size(); ++i)
        ASSERT_EQ(images.bytes()[i], 77);
    }
  }
}

}  // namespace
}  // namespace fool
