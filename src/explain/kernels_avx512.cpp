// The kernels for AVX-512. Compiled with flags of its own, on x86-64 only.
#include "explain/kernels.h"

#ifdef __AVX512F__
namespace pythia::explain_internal {
namespace {
constexpr int kLanes = 8;
constexpr int kLaneBits = 3;
}  // namespace
}  // namespace pythia::explain_internal

#include "explain/kernels_body.h"
#endif

namespace pythia::explain_internal {

#ifdef __AVX512F__
constinit const Kernels kAvx512Kernels = kKernelsHere;
#else
constinit const Kernels kAvx512Kernels = {};
#endif

}  // namespace pythia::explain_internal
