#include "glm/kernels.h"

#include <algorithm>

namespace pythia::glm {
namespace {

VectorLevel FindBestLevel() {
#if defined(__x86_64__)
  // All that CMakeLists.txt lets the compiler use.
  if (kAvx2Kernels.lanes > 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    const bool wide = kAvx512Kernels.lanes > 0 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
    return wide ? VectorLevel::kAvx512 : VectorLevel::kAvx2;
  }
#endif
  return VectorLevel::kPlain;
}

VectorLevel& LevelInUse() {
  static VectorLevel level = BestVectorLevel();
  return level;
}

}  // namespace

VectorLevel BestVectorLevel() {
  static const VectorLevel level = FindBestLevel();
  return level;
}

void UseVectorLevel(VectorLevel level) { LevelInUse() = std::min(level, BestVectorLevel()); }

const Kernels& KernelsInUse() {
  switch (LevelInUse()) {
    case VectorLevel::kAvx512:
      return kAvx512Kernels;
    case VectorLevel::kAvx2:
      return kAvx2Kernels;
    case VectorLevel::kPlain:
      break;
  }
  return kPlainKernels;
}

}  // namespace pythia::glm
