// Which of several ways is fastest, with as few measurements as it takes: all take turns, and those
// that fall behind drop out. Knows nothing of what is measured.
#pragma once

#include <functional>
#include <vector>

namespace fool {

struct Contestant {
  std::vector<double> rates;  // of its turns; the more the better
  bool dropped = false;

  double median_rate() const;  // 0 without a turn
};

struct TournamentRules {
  int rounds = 5;
  // After round r (from 0) those below kept[r] times the best median drop out; the last value holds
  // for later rounds. The first ones are lenient, since a single turn may have met a busy machine.
  std::vector<double> kept = {0.7, 0.85, 0.92, 0.95};
  int reference = -1;  // a contestant that others are compared with, and so never drops out
};

// Measures contestants 0 .. count - 1 in turns until one is left or the rounds are over, each at
// least once. `measure` may throw to stop. `saved` hears how many of the remaining turns have
// become unnecessary.
std::vector<Contestant> hold_tournament(int count, const TournamentRules& rules,
                                        const std::function<double(int contestant)>& measure,
                                        const std::function<void(int turns)>& saved = {});

// The index of the winner: the first in `preferred` whose median is at least `enough` times the
// best one, else the best. `preferred` lists all contestants that may win without being the best.
int winner(const std::vector<Contestant>& contestants, const std::vector<int>& preferred,
           double enough);

}  // namespace fool
