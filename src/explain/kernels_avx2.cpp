// The kernels for AVX2 with fused multiply-add. Compiled with flags of its own, on x86-64 only.
#include "explain/kernels.h"

#ifdef __AVX2__
namespace pythia::explain_internal {
namespace {
constexpr int kLanes = 4;
constexpr int kLaneBits = 2;
}  // namespace
}  // namespace pythia::explain_internal

#include "explain/kernels_body.h"
#endif

namespace pythia::explain_internal {

#ifdef __AVX2__
constinit const Kernels kAvx2Kernels = kKernelsHere;
#else
constinit const Kernels kAvx2Kernels = {};
#endif

}  // namespace pythia::explain_internal
