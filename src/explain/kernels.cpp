#include "explain/kernels.h"

#include "base/simd_level.h"

namespace pythia::explain_internal {

const Kernels& KernelsInUse() {
  const SimdLevel level = SimdLevelInUse();
  if (level == SimdLevel::kAvx512 && kAvx512Kernels.lanes > 0) return kAvx512Kernels;
  if (level >= SimdLevel::kAvx2 && kAvx2Kernels.lanes > 0) return kAvx2Kernels;
  return kPlainKernels;
}

}  // namespace pythia::explain_internal
