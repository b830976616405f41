// The kernels for AVX-512. Compiled with flags of its own, on x86-64 only.
#include "glm/kernels.h"

#ifdef __AVX512F__
namespace pythia::glm {
namespace {
constexpr int kLanes = 8;
}  // namespace
}  // namespace pythia::glm

#include "glm/kernels_body.h"
#endif

namespace pythia::glm {

#ifdef __AVX512F__
constinit const Kernels kAvx512Kernels = kKernelsHere;
#else
constinit const Kernels kAvx512Kernels = {};
#endif

}  // namespace pythia::glm
