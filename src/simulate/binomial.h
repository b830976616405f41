// Binomial random numbers. Private to simulate/.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace pythia {

// Successes of `n` >= 0 trials with probability `p` in [0, 1]: inversion where n·min(p, 1−p) < 10,
// from there BTRS (Hoermann, "The generation of binomial random variates", J. Stat. Comput. Simul.
// 46, 1993).
int64_t Binomial(int64_t n, double p, Random& random);

}  // namespace pythia
