#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "engine/engine.h"

namespace pythia {
namespace {

// Writes to standard output until its reader goes away (pythia simulate -o - | head): that one has
// what it wanted.
class StandardOutput {
 public:
  Status Write(std::string_view bytes) {
    errno = 0;
    return After(std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size());
  }
  Status Flush() { return After(std::fflush(stdout) == 0); }
  bool reader_left() const { return reader_left_; }

 private:
  Status After(bool good) {
    if (good) return {};
    reader_left_ = errno == EPIPE;
    if (reader_left_) std::clearerr(stdout);
    return Fail(IoError(errno, "write", "standard output"));
  }

  bool reader_left_ = false;
};

}  // namespace

Result<SimulateSummary> Engine::Simulate(const SimulateCommand& command, Progress& progress,
                                         std::stop_token stop) {
  std::optional<AtomicFile> file;
  std::optional<AtomicFile> truth;
  StandardOutput output;
  TextSink history_sink = [&output](std::string_view bytes) { return output.Write(bytes); };
  TextSink truth_sink;
  if (command.file != "-") {
    PYTHIA_ASSIGN(AtomicFile created, AtomicFile::Create(command.file));
    file.emplace(std::move(created));
    history_sink = [&file](std::string_view bytes) { return file->Write(bytes); };
  }
  if (command.truth) {
    PYTHIA_ASSIGN(AtomicFile created, AtomicFile::Create(*command.truth));
    truth.emplace(std::move(created));
    truth_sink = [&truth](std::string_view bytes) { return truth->Write(bytes); };
  }
  auto simulated = pythia::Simulate(command.options, history_sink, truth_sink, progress, stop);
  if (simulated && !file) {
    if (const Status flushed = output.Flush(); !flushed) simulated = Fail(flushed.error());
  }
  if (output.reader_left()) return SimulateSummary{};
  PYTHIA_ASSIGN(const SimulateSummary summary, std::move(simulated));
  if (file) PYTHIA_TRY(file->Commit());
  if (truth) PYTHIA_TRY(truth->Commit());
  return summary;
}

}  // namespace pythia
