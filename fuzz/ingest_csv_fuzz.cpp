// A whole file through the cleaning: it ends in a report or an error, counts add up, and the size
// of the read buffer makes no difference.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/clean.h"

namespace {

struct Outcome {
  bool loaded = false;
  std::string error;
  int64_t read = 0;
  int64_t kept = 0;
  int64_t rows = 0;
};

pythia::Result<Outcome> Clean(const std::string& path, size_t buffer_bytes) {
  pythia::NoProgress progress;
  PYTHIA_ASSIGN(auto cleaning,
                pythia::Cleaning::Open(
                    {.path = path, .preview_rows = 3, .buffer_bytes = buffer_bytes}, progress, {}));
  Outcome outcome;
  for (bool again = true; again;) {
    outcome = {};
    for (;;) {
      PYTHIA_ASSIGN(const pythia::Table* block, cleaning->Next());
      if (block == nullptr) break;
      outcome.rows += block->num_rows();
      for (const pythia::Column& column : block->columns()) {
        if (column.size() != block->num_rows()) std::abort();
      }
    }
    PYTHIA_ASSIGN(again, cleaning->Restart());
  }
  PYTHIA_ASSIGN(const pythia::CleaningReport report, cleaning->Finish());
  if (report.rows_read != report.rows_kept + report.rows_rejected) std::abort();
  if (!report.rolled_up && outcome.rows != report.rows_kept) std::abort();
  outcome.loaded = true;
  outcome.read = report.rows_read;
  outcome.kept = report.rows_kept;
  return outcome;
}

Outcome Run(const std::string& path, size_t buffer_bytes) {
  pythia::Result<Outcome> outcome = Clean(path, buffer_bytes);
  if (outcome) return *outcome;
  if (outcome.error().code == pythia::ErrorCode::kInternal) std::abort();
  Outcome failed;
  failed.error = outcome.error().ToString();
  return failed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // JSON goes to DuckDB, which has fuzzers of its own.
  for (size_t i = 0; i < size && i < 8; ++i) {
    if (data[i] == '{' || data[i] == '[') return 0;
  }
  const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  const Outcome whole = Run(path, 1 << 16);
  const Outcome parts = Run(path, 7);
  ::close(file);
  const bool same = whole.loaded == parts.loaded && whole.error == parts.error &&
                    whole.read == parts.read && whole.kept == parts.kept &&
                    whole.rows == parts.rows;
  if (!same) std::abort();
  return 0;
}
