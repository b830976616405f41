// The kernels for AVX2 with fused multiply-add. Compiled with flags of its own, on x86-64 only.
#include "glm/kernels.h"

#ifdef __AVX2__
namespace pythia::glm {
namespace {
constexpr int kLanes = 4;
}  // namespace
}  // namespace pythia::glm

#include "glm/kernels_body.h"
#endif

namespace pythia::glm {

#ifdef __AVX2__
constinit const Kernels kAvx2Kernels = kKernelsHere;
#else
constinit const Kernels kAvx2Kernels = {};
#endif

}  // namespace pythia::glm
