#include "app/components.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(Components, AllHaveHelpAndValidDefaults) {
  for (const Component& component : all_components()) {
    EXPECT_FALSE(component.help.empty()) << component.path();
    for (const Parameter& parameter : component.parameters.parameters()) {
      EXPECT_FALSE(parameter.help.empty()) << component.path() << "." << parameter.key;
      EXPECT_NO_THROW(parameter.check(parameter.default_value, component.path()));
    }
    for (const auto& [name, settings] : component.presets) {
      EXPECT_NO_THROW(component.parameters.resolve(settings, component.path())) << name;
    }
  }
}

TEST(Components, ChoicesListTheNamesOfAKind) {
  EXPECT_EQ(component_choices("encoding"), "cppn|dense-cppn|direct");
  EXPECT_EQ(component_choices("search"),
            "cma|gradient-cppn|gradient-mutation|map-elites|memetic|random");
  EXPECT_EQ(component_choices("nothing"), "");
}

// Both published variants of the paper's encodings can be asked for by name.
TEST(Components, EncodingsHaveThePublishedPresets) {
  for (const Component& component : all_components()) {
    if (component.path() != "encoding.cppn" && component.path() != "encoding.direct") continue;
    EXPECT_EQ(component.presets.count("paper"), 1U) << component.name;
    EXPECT_EQ(component.presets.count("released-code"), 1U) << component.name;
  }
}

}  // namespace
}  // namespace fool
