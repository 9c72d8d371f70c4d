#include "fool/study/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

// The exact distribution costs the square of a sample's size; scipy draws the line at the same 8.
constexpr std::size_t kExactSmaller = 8;
constexpr std::size_t kExactLarger = 1000;

void require_numbers(Span<const double> values, const char* what) {
  if (values.empty()) fail(ErrorKind::kData, "{}: expected at least one value, found none", what);
  for (const double value : values) {
    if (std::isfinite(value)) continue;
    fail(ErrorKind::kData, "{}: expected numbers, found {}", what, value);
  }
}

struct Ranks {
  double sum = 0;   // of the first sample, from 1; equal values share their mean rank
  double ties = 0;  // sum of t^3 - t over groups of t equal values
};

Ranks rank(Span<const double> a, Span<const double> b) {
  struct Ranked {
    double value;
    bool first;
  };
  std::vector<Ranked> all;
  all.reserve(a.size() + b.size());
  for (const double value : a) all.push_back({value, true});
  for (const double value : b) all.push_back({value, false});
  std::sort(all.begin(), all.end(),
            [](const Ranked& x, const Ranked& y) { return x.value < y.value; });
  Ranks ranks;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    double firsts = 0;
    for (; end < all.size() && all[end].value == all[begin].value; ++end) {
      firsts += all[end].first ? 1 : 0;
    }
    const auto equal = static_cast<double>(end - begin);
    ranks.sum += firsts * (static_cast<double>(begin) + (equal + 1) / 2);
    ranks.ties += equal * equal * equal - equal;
    begin = end;
  }
  return ranks;
}

// The probability that U of samples of n and m values from one distribution is `u` or more, u a
// whole number. The last of all values is one of the n with probability n / (n + m), and then
// larger than each of the m.
double exact_tail(std::size_t n, std::size_t m, std::size_t u) {
  if (n > m) std::swap(n, m);  // the distribution is the same
  // by_n[i][k]: the probability of U = k for samples of i and j values.
  std::vector<std::vector<double>> by_n(n + 1);
  for (std::size_t i = 0; i <= n; ++i) by_n[i] = {1.0};
  for (std::size_t j = 1; j <= m; ++j) {
    for (std::size_t i = 1; i <= n; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(i + j);
      const std::vector<double>& fewer = by_n[i - 1];  // i - 1 and j
      const std::vector<double>& before = by_n[i];     // i and j - 1
      std::vector<double> next(i * j + 1, 0.0);
      for (std::size_t k = 0; k < fewer.size(); ++k) next[k + j] += share * fewer[k];
      for (std::size_t k = 0; k < before.size(); ++k) next[k] += (1 - share) * before[k];
      by_n[i] = std::move(next);
    }
  }
  double tail = 0;
  for (std::size_t k = n * m + 1; k-- > u;) tail += by_n[n][k];
  return tail;
}

// The same by the normal distribution.
double normal_p(double n, double m, double larger_u, double ties) {
  const double all = n + m;
  const double deviation = std::sqrt(n * m / 12 * (all + 1 - ties / (all * (all - 1))));
  if (deviation == 0) return 1;  // all values are equal
  const double z = (larger_u - n * m / 2 - 0.5) / deviation;
  return std::min(1.0, std::erfc(z / std::sqrt(2.0)));
}

double quantile_of_sorted(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Puts the middle into its place; leaves the rest in any order.
double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + 0.5 * (*middle - below);
}

}  // namespace

MannWhitney mann_whitney(Span<const double> a, Span<const double> b) {
  require_numbers(a, "Mann-Whitney test, first sample");
  require_numbers(b, "Mann-Whitney test, second sample");
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const Ranks ranks = rank(a, b);
  MannWhitney result;
  result.u = ranks.sum - n * (n + 1) / 2;
  result.effect = 2 * result.u / (n * m) - 1;
  const double larger = std::max(result.u, n * m - result.u);
  if (ranks.ties == 0 && std::min(a.size(), b.size()) <= kExactSmaller &&
      std::max(a.size(), b.size()) <= kExactLarger) {
    result.p = std::min(1.0, 2 * exact_tail(a.size(), b.size(), static_cast<std::size_t>(larger)));
  } else {
    result.p = normal_p(n, m, larger, ranks.ties);
  }
  return result;
}

double quantile(Span<const double> values, double share) {
  require_numbers(values, "quantile");
  if (!(share >= 0 && share <= 1)) {
    fail(ErrorKind::kInternal, "quantile: expected a share from 0 to 1, found {}", share);
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(sorted, share);
}

double median(Span<const double> values) {
  require_numbers(values, "median");
  std::vector<double> copy(values.begin(), values.end());
  return median_of(copy);
}

Interval bootstrap_interval(Span<const double> values, double level, int resamples,
                            std::uint64_t seed) {
  require_numbers(values, "bootstrap interval");
  if (!(level > 0 && level < 1) || resamples < 1) {
    fail(ErrorKind::kInternal,
         "bootstrap interval: expected a level between 0 and 1 and one resample or more, found {} "
         "and {}",
         level, resamples);
  }
  std::vector<double> medians(static_cast<std::size_t>(resamples));
  std::vector<double> sample(values.size());
  const auto size = static_cast<std::uint32_t>(values.size());
  for (std::size_t i = 0; i < medians.size(); ++i) {
    RngStream rng(seed, "study.bootstrap", 0, static_cast<std::uint32_t>(i));
    for (double& value : sample) value = values[rng.uniform_int(size)];
    medians[i] = median_of(sample);
  }
  std::sort(medians.begin(), medians.end());
  return {quantile_of_sorted(medians, (1 - level) / 2),
          quantile_of_sorted(medians, (1 + level) / 2)};
}

}  // namespace fool
