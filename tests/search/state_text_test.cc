#include "search/state_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fakes/counting_encoding.h"
#include "fakes/expect_error.h"

namespace fool {
namespace {

TEST(StateText, KeepsEveryBitOfNumbers) {
  const std::vector<float> values = {0.0F, -0.0F, 1e-45F, 3.4e38F, 0.1F};
  const Json text = pack_floats(values);
  const std::vector<float> found = unpack_floats(text, values.size(), "test");
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::signbit(found[i]), std::signbit(values[i]));
    EXPECT_EQ(found[i], values[i]);
  }
  EXPECT_TRUE(unpack_floats(pack_floats({}), 0, "test").empty());
  error_message(ErrorKind::kData, [&] { unpack_floats(text, values.size() + 1, "test"); });
}

TEST(StateText, KeepsGenomes) {
  const fakes::CountingEncoding encoding;
  const fakes::NumberGenome genome(123456789);
  const Json saved = Json::parse(save_genome(genome, encoding).dump());
  EXPECT_EQ(fakes::CountingEncoding::value(*load_genome(saved, encoding)), 123456789U);
}

}  // namespace
}  // namespace fool
