// Simulated binary crossover of two genes in [0, 1] (Deb's bounded form).
#pragma once

#include <utility>

namespace fool {

// The two children's genes before the coin flip that says which child gets which. `spread` is
// uniform in [0, 1). The parents' genes must differ.
std::pair<double, double> sbx(double a, double b, double spread, double eta);

}  // namespace fool
