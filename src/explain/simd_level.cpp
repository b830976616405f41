#include <algorithm>

#include "explain/game.h"
#include "explain/kernels.h"

namespace pythia {
namespace {

SimdLevel FindBestLevel() {
#if defined(__x86_64__)
  // All that CMakeLists.txt lets the compiler use.
  if (explain_internal::kAvx2Kernels.lanes > 0 && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma")) {
    const bool wide = explain_internal::kAvx512Kernels.lanes > 0 &&
                      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
    return wide ? SimdLevel::kAvx512 : SimdLevel::kAvx2;
  }
#endif
  return SimdLevel::kPlain;
}

SimdLevel& LevelInUse() {
  static SimdLevel level = BestSimdLevel();
  return level;
}

}  // namespace

SimdLevel BestSimdLevel() {
  static const SimdLevel level = FindBestLevel();
  return level;
}

void UseSimdLevel(SimdLevel level) { LevelInUse() = std::min(level, BestSimdLevel()); }

namespace explain_internal {

const Kernels& KernelsInUse() {
  switch (LevelInUse()) {
    case SimdLevel::kAvx512:
      return kAvx512Kernels;
    case SimdLevel::kAvx2:
      return kAvx2Kernels;
    case SimdLevel::kPlain:
      break;
  }
  return kPlainKernels;
}

}  // namespace explain_internal
}  // namespace pythia
