#include "fool/core/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fool {
namespace {

using ::testing::HasSubstr;

struct Shape {
  virtual ~Shape() = default;
  double side = 0;
};
using ShapeRegistry = Registry<Shape>;

std::unique_ptr<Shape> make_square(const Json& settings) {
  auto shape = std::make_unique<Shape>();
  shape->side = settings.at("side");
  return shape;
}

FOOL_REGISTER(ShapeRegistry,
              {"square",
               "Four equal sides.",
               {param("side", 1.0, "Length.").range(0, 10), param("name", "", "A name.")},
               {{"large", {{"side", 9.0}}}},
               make_square});

std::string error_of(const Json& section) {
  try {
    ShapeRegistry::instance().resolve(section, "shape");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    return error.what();
  }
  return "no error";
}

TEST(Registry, PresetsLieBetweenDefaultsAndGivenValues) {
  const auto& registry = ShapeRegistry::instance();
  EXPECT_EQ(registry.resolve({{"type", "square"}}, "shape")["side"], 1.0);
  EXPECT_EQ(registry.resolve({{"type", "square"}, {"preset", "large"}}, "shape")["side"], 9.0);
  const Json resolved =
      registry.resolve({{"type", "square"}, {"preset", "large"}, {"side", 2}}, "shape");
  EXPECT_EQ(resolved.dump(), R"({"type":"square","preset":"large","side":2.0,"name":""})");
  EXPECT_EQ(registry.resolve(resolved, "shape").dump(), resolved.dump());
  EXPECT_EQ(registry.make(resolved)->side, 2.0);
}

TEST(Registry, UnknownNamesAreNamedWithTheNearest) {
  EXPECT_THAT(error_of({{"type", "sqare"}}),
              HasSubstr("no shape \"sqare\", did you mean \"square\"?"));
  EXPECT_THAT(error_of({{"type", "square"}, {"preset", "larg"}}),
              HasSubstr("did you mean \"large\"?"));
  EXPECT_THAT(error_of({{"type", 3}}), HasSubstr("shape.type: expected a name, found 3"));
}

TEST(Registry, TheSameNameTwiceIsADefect) {
  EXPECT_THROW(ShapeRegistry::instance().add({"square", "", {}, {}, make_square}), Error);
}

}  // namespace
}  // namespace fool
