#include "classify/settings_of_card.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SettingsOfCard, LaysOptionsOverDefaults) {
  ModelSpec spec;
  spec.options = {{"padding", 1}};
  const ParameterTable table = {param("padding", 0, "p"), param("ceil", true, "c")};
  EXPECT_EQ(settings_of_card(spec, table), (Json{{"padding", 1}, {"ceil", true}}));
}

TEST(SettingsOfCard, ErrorsNameTheCard) {
  ModelSpec spec;
  spec.card = "cards/net.json";
  spec.options = {{"paddin", 1}};
  const ParameterTable table = {param("padding", 0, "p")};
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { settings_of_card(spec, table); }),
              AllOf(HasSubstr("cards/net.json: "), HasSubstr("options.paddin"),
                    HasSubstr("did you mean \"padding\"")));
}

}  // namespace
}  // namespace fool
