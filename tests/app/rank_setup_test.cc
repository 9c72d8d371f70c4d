#include "app/rank_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/thread_ranks.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RankSetup, RanksDivideTheCoresThatTheyShare) {
  const std::string five = "a 0,1,2,3,4";
  const std::vector<std::string> sets{five, five, "a 7", "b 0,1,2,3,4"};
  EXPECT_EQ(own_cores(sets, 0), 3);
  EXPECT_EQ(own_cores(sets, 1), 2);
  EXPECT_EQ(own_cores(sets, 2), 1);
  EXPECT_EQ(own_cores(sets, 3), 5);
  EXPECT_EQ(own_cores({"a 0", "a 0"}, 1), 1);
}

TEST(RankSetup, ThisProcessHasCores) {
  EXPECT_GE(own_cores({core_set()}, 0), 1);
  EXPECT_THAT(core_set(), HasSubstr(" "));
}

TEST(RankSetup, RanksThatDifferDoNotMix) {
  fakes::ThreadRanks::run(3, [](Communicator& ranks) {
    require_same_on_all_ranks(ranks, "numerics", {{"block", 20}});
    const Json facts{
        {"block", 20},
        {"classifier", {{"library", ranks.rank() == 2 ? "LibTorch 2" : "LibTorch 1"}}}};
    EXPECT_THAT(error_message(ErrorKind::kDevice,
                              [&] { require_same_on_all_ranks(ranks, "numerics", facts); }),
                AllOf(HasSubstr("do not have the same numerics"),
                      HasSubstr("classifier/library is \"LibTorch 1\" on rank 0 ("),
                      HasSubstr("and \"LibTorch 2\" on rank 2 (")));
  });
}

TEST(RankSetup, OneRankIsLikeItself) {
  require_same_on_all_ranks(one_rank(), "numerics", {{"block", 20}});
}

}  // namespace
}  // namespace fool
