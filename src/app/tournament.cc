#include "app/tournament.h"

#include <algorithm>

#include "app/measurement.h"

namespace fool {

double Contestant::median_rate() const { return rates.empty() ? 0 : median(rates); }

std::vector<Contestant> hold_tournament(int count, const TournamentRules& rules,
                                        const std::function<double(int contestant)>& measure,
                                        const std::function<void(int turns)>& saved) {
  std::vector<Contestant> all(static_cast<std::size_t>(count));
  int left = count;
  for (int round = 0; round < rules.rounds && (left > 1 || round == 0); ++round) {
    for (int i = 0; i < count; ++i) {
      Contestant& contestant = all[static_cast<std::size_t>(i)];
      if (!contestant.dropped) contestant.rates.push_back(measure(i));
    }
    double best = 0;
    for (const Contestant& contestant : all) {
      if (!contestant.dropped) best = std::max(best, contestant.median_rate());
    }
    const double kept =
        rules.kept[std::min(static_cast<std::size_t>(round), rules.kept.size() - 1)];
    for (int i = 0; i < count; ++i) {
      Contestant& contestant = all[static_cast<std::size_t>(i)];
      if (contestant.dropped || i == rules.reference || contestant.median_rate() >= kept * best)
        continue;
      contestant.dropped = true;
      --left;
      if (saved) saved(rules.rounds - 1 - round);
    }
    if (left == 1 && saved) saved(rules.rounds - 1 - round);
  }
  return all;
}

int winner(const std::vector<Contestant>& contestants, const std::vector<int>& preferred,
           double enough) {
  const auto best =
      std::max_element(contestants.begin(), contestants.end(), [](const auto& a, const auto& b) {
        return (a.dropped ? 0 : a.median_rate()) < (b.dropped ? 0 : b.median_rate());
      });
  for (const int i : preferred) {
    const Contestant& contestant = contestants[static_cast<std::size_t>(i)];
    if (!contestant.dropped && contestant.median_rate() >= enough * best->median_rate()) return i;
  }
  return static_cast<int>(best - contestants.begin());
}

}  // namespace fool
