// Independent work on a few threads.
#pragma once

#include <cstddef>
#include <functional>

namespace pythia {

// Calls task(0) .. task(n - 1), each once, on so many threads, the caller's among them. What a task
// throws is thrown again here once all have ended.
void InParallel(size_t n, int threads, const std::function<void(size_t)>& task);

}  // namespace pythia
