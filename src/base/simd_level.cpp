#include "base/simd_level.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace pythia {
namespace {

SimdLevel FindBest() {
#if defined(__x86_64__)
  // All that CMakeLists.txt lets the compiler use.
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("popcnt");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  if (avx512) return SimdLevel::kAvx512;
  if (avx2) return SimdLevel::kAvx2;
#endif
  return SimdLevel::kPlain;
}

SimdLevel FindAsked() {
  const char* asked = std::getenv("PYTHIA_SIMD");
  const std::string_view most = asked == nullptr ? "" : asked;
  if (most == "plain") return SimdLevel::kPlain;
  return most == "avx2" ? SimdLevel::kAvx2 : SimdLevel::kAvx512;
}

SimdLevel& InUse() {
  static SimdLevel level = std::min(FindAsked(), BestSimdLevel());
  return level;
}

}  // namespace

SimdLevel BestSimdLevel() {
  static const SimdLevel level = FindBest();
  return level;
}

SimdLevel SimdLevelInUse() { return InUse(); }

void UseSimdLevel(SimdLevel level) { InUse() = std::min(level, BestSimdLevel()); }

}  // namespace pythia
