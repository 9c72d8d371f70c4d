#include "app/picture_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(PictureOutput, ReplacesNothingUnlessItMay) {
  const ScratchFolder scratch;
  const std::string path = (scratch / "a.png").string();
  CLI::App app;
  PictureOutput output;
  output.declare(app, "The picture");
  EXPECT_FALSE(output.wanted());
  app.parse("--out " + path);
  ASSERT_TRUE(output.wanted());
  output.check();
  output.write(ImageBatch(1, {2, 2, 3})[0]);
  EXPECT_EQ(read_png(path).image.shape(), (ImageShape{2, 2, 3}));
  EXPECT_THAT(error_message(ErrorKind::kIo, [&] { output.check(); }),
              HasSubstr("is already there"));
  app.parse("--force --out " + path);
  output.check();
}

TEST(PictureOutput, ANameEndsInPng) {
  CLI::App app;
  PictureOutput output;
  output.declare(app, "The picture");
  app.parse("--out a.jpg");
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { output.check(); }),
              HasSubstr("expected a name that ends in .png"));
}

}  // namespace
}  // namespace fool
