#include "store/store.h"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

namespace pythia {

Error LeftBehind(const StoredJob& job) {
  Error error{.code = ErrorCode::kIo, .message = "the service that ran this job ended"};
  if (!job.only.empty()) {
    error.message = "the service that held the file of this job ended";
    error.hint = "Upload the file again.";
  } else if (job.attempts >= kMostJobAttempts) {
    error.message = fmt::format("the service ended {} times while it ran this job", job.attempts);
    error.hint = "The log of the service says why it ended.";
  }
  return error;
}

Error TooManyJobs(int64_t waiting) {
  return {.code = ErrorCode::kBusy,
          .message = fmt::format("{} jobs are waiting already", waiting),
          .hint = "Wait for one to end, or cancel one."};
}

void Store::AwaitActivation(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace pythia
