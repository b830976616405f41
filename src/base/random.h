// Seeded random numbers that are the same on every machine and library.
//
// The generator is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
// generators", ACM TOMS 47(4), 2021), seeded through SplitMix64. The distributions are written
// out here because those of the standard library differ between implementations.
// Not thread-safe: one generator per thread.
#pragma once

#include <array>
#include <cstdint>

namespace pythia {

class Random {
 public:
  // `stream` gives independent sequences for one seed.
  explicit Random(uint64_t seed, uint64_t stream = 0);

  uint64_t Next();
  // Uniform on [0, 1), 53 bits.
  double Uniform();
  // Uniform on {0, ..., n - 1}; n > 0. Lemire's multiply-shift with rejection: unbiased.
  uint64_t Below(uint64_t n);
  // Standard normal (Marsaglia's polar method).
  double Normal();
  // Gamma with the given shape > 0 and scale 1 (Marsaglia and Tsang 2000).
  double Gamma(double shape);
  // Poisson with the given mean >= 0: multiplication below 10, PTRS (Hoermann 1993) from there.
  int64_t Poisson(double mean);

 private:
  std::array<uint64_t, 4> state_;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

// SplitMix64's finaliser: a good 64-bit mix of `x`.
uint64_t Mix64(uint64_t x);

}  // namespace pythia
