#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace pythia {

void CheckFailed(const char* condition, const char* file, int line) {
  (void)std::fprintf(stderr, "pythia: a defect of this program: %s is false at %s:%d\n", condition,
                     file, line);
  std::abort();
}

}  // namespace pythia
