// The kernels for any processor: two lanes, which the compiler takes apart where there are none.
namespace pythia::glm {
namespace {
constexpr int kLanes = 2;
}  // namespace
}  // namespace pythia::glm

#include "glm/kernels_body.h"

namespace pythia::glm {

constinit const Kernels kPlainKernels = kKernelsHere;

}  // namespace pythia::glm
