#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "engine/engine.h"

namespace pythia {
namespace {

Status WriteStandardOutput(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return Fail(IoError(errno, "write", "standard output"));
}

}  // namespace

Result<SimulateSummary> Engine::Simulate(const SimulateCommand& command, Progress& progress,
                                         std::stop_token stop) {
  std::optional<AtomicFile> file;
  std::optional<AtomicFile> truth;
  TextSink history_sink = WriteStandardOutput;
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
  PYTHIA_ASSIGN(const SimulateSummary summary,
                pythia::Simulate(command.options, history_sink, truth_sink, progress, stop));
  if (file) PYTHIA_TRY(file->Commit());
  if (truth) PYTHIA_TRY(truth->Commit());
  if (!file && std::fflush(stdout) != 0) {
    return Fail(IoError(errno, "write", "standard output"));
  }
  return summary;
}

}  // namespace pythia
