// The kernels for any processor: two lanes, which the compiler takes apart where there are none.
namespace pythia::explain_internal {
namespace {
constexpr int kLanes = 2;
constexpr int kLaneBits = 1;
}  // namespace
}  // namespace pythia::explain_internal

#include "explain/kernels_body.h"

namespace pythia::explain_internal {

constinit const Kernels kPlainKernels = kKernelsHere;

}  // namespace pythia::explain_internal
