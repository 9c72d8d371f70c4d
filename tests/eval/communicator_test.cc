#include "fool/eval/communicator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/thread_ranks.h"
#include "fool/core/failure.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What a call throws, as text: "" for nothing, "7 message" for an Error.
std::string thrown(const std::function<void()>& call) {
  try {
    call();
    return "";
  } catch (const Error& error) {
    return std::to_string(error.exit_code()) + ' ' + error.what();
  } catch (const Interrupted&) {
    return "interrupted";
  }
}

template <typename Exception>
std::exception_ptr failure(Exception exception) {
  return std::make_exception_ptr(std::move(exception));
}

// The same call on three ranks; what each of them throws.
std::vector<std::string> thrown_on_three(const std::function<void(Communicator&)>& call) {
  std::vector<std::string> results(3);
  fakes::ThreadRanks::run(3, [&](Communicator& ranks) {
    results[static_cast<std::size_t>(ranks.rank())] = thrown([&] { call(ranks); });
  });
  return results;
}

TEST(Communicator, OneRankKeepsToItself) {
  Communicator& ranks = one_rank();
  EXPECT_EQ(ranks.size(), 1);
  EXPECT_TRUE(ranks.leads());
  ranks.agree();
  EXPECT_EQ(thrown([&] { ranks.agree(failure(Error(ErrorKind::kData, "no image"))); }),
            "5 no image");
  EXPECT_EQ(thrown([&] { ranks.agree(failure(Interrupted{})); }), "interrupted");
  EXPECT_EQ(ranks.exchange("x"), std::vector<std::string>{"x"});
}

TEST(Communicator, EachHearsWhatTheOthersSay) {
  fakes::ThreadRanks::run(3, [](Communicator& ranks) {
    EXPECT_EQ(ranks.exchange(std::string(static_cast<std::size_t>(ranks.rank()), 'x')),
              (std::vector<std::string>{"", "x", "xx"}));
  });
}

TEST(Communicator, AFailureIsThatOfAll) {
  const auto results = thrown_on_three([](Communicator& ranks) {
    ranks.agree();
    ranks.agree(ranks.rank() == 1 ? failure(Error(ErrorKind::kData, "no image")) : nullptr);
  });
  EXPECT_THAT(results, ::testing::Each(results.front()));
  EXPECT_THAT(results.front(), AllOf(StartsWith("5 rank 1 of 3 ("), HasSubstr("): no image")));
}

TEST(Communicator, OfSeveralFailuresThatOfTheLowestRankCounts) {
  const auto results = thrown_on_three([](Communicator& ranks) {
    if (ranks.rank() == 0) return ranks.agree(failure(Interrupted{}));
    ranks.agree(ranks.rank() == 1 ? failure(std::bad_alloc())
                                  : failure(Error(ErrorKind::kData, "no image")));
  });
  EXPECT_THAT(results, ::testing::Each(results.front()));
  EXPECT_THAT(results.front(), AllOf(StartsWith("7 rank 1 of 3 ("), HasSubstr("out of memory")));
}

TEST(Communicator, AnInterruptedRankStopsAllAndAllGoOnTogether) {
  EXPECT_THAT(thrown_on_three([](Communicator& ranks) {
                ranks.agree(ranks.rank() == 2 ? failure(Interrupted{}) : nullptr);
              }),
              ::testing::Each("interrupted"));
  EXPECT_THAT(thrown_on_three([](Communicator& ranks) {
                thrown([&] { ranks.agree(ranks.rank() == 2 ? failure(Interrupted{}) : nullptr); });
                ranks.agree();
              }),
              ::testing::Each(""));
}

TEST(Communicator, AFailureElsewhereReachesThoseWhoAreInTheLoop) {
  const auto results = thrown_on_three([](Communicator& ranks) {
    if (ranks.rank() == 0) return ranks.report_failure(6, "the disk is full");
    ranks.exchange("anything");
  });
  EXPECT_EQ(results[0], "");
  EXPECT_THAT(results[1], AllOf(StartsWith("6 rank 0 of 3 ("), HasSubstr("the disk is full")));
  EXPECT_EQ(results[1], results[2]);
}

TEST(Communicator, RowsOfUnequalSharesReachEverybody) {
  fakes::ThreadRanks::run(3, [](Communicator& ranks) {
    const std::vector<std::size_t> first{0, 2, 2, 5};
    const auto rank = static_cast<std::size_t>(ranks.rank());
    std::vector<float> values(5);
    for (std::size_t i = first[rank]; i < first[rank + 1]; ++i) values[i] = static_cast<float>(i);
    ranks.agree();
    ranks.all_gather(values, first);
    EXPECT_EQ(values, (std::vector<float>{0, 1, 2, 3, 4}));
  });
}

}  // namespace
}  // namespace fool
