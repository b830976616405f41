// Which instructions the loops that are compiled several times use.
#pragma once

namespace pythia {

// kAvx2: AVX2, FMA, PCLMULQDQ, BMI and POPCNT; kAvx512: F, DQ, BW and VL besides.
enum class SimdLevel { kPlain, kAvx2, kAvx512 };

// The best that this processor has. Thread-safe.
SimdLevel BestSimdLevel();

// What is used: the best, or a lesser one that the environment asks for (PYTHIA_SIMD=plain or
// =avx2), so that results can be compared with those of other processors.
SimdLevel SimdLevelInUse();

// For tests and measurements, between one use and the next: at most BestSimdLevel() takes effect.
// Not thread-safe.
void UseSimdLevel(SimdLevel level);

}  // namespace pythia
