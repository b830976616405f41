// What every verb shares: settings from its flags, the engine, progress, and Ctrl-C.
#pragma once

#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "cli/command_line.h"
#include "cli/terminal.h"
#include "config/config.h"
#include "engine/engine.h"
#include "http/remote_engine.h"

namespace pythia {

// The first SIGINT or SIGTERM asks the work to stop, which then leaves everything as it was; the
// second ends the program at once. Make it before any other thread.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  sigset_t signals_ = {};
  std::jthread watcher_;
};

class Session {
 public:
  // Adds --store and --config, and --dataset where the verb works on one.
  void AddFlags(Command& command, bool with_dataset);
  // Adds --server besides: RunAnywhere runs the verb there.
  void AddFlagsAndServer(Command& command, bool with_dataset);
  bool json = false;  // the target of each verb's --json
  void AddJson(Command& command);

  Result<Config> LoadSettings() const;
  // Runs `verb` with an engine; reports its error and returns the exit status.
  int Run(const std::function<Status(Engine&)>& verb);
  // Runs `verb` with an engine, or with the one of a running service where --server names it.
  template <typename Verb>
  int RunAnywhere(const Verb& verb) {
    if (server_.empty()) return Run([&](Engine& engine) -> Status { return verb(engine); });
    return RunThere([&](http::RemoteEngine& engine) -> Status { return verb(engine); });
  }

  Progress& progress() { return progress_; }
  std::stop_token stop() const { return stop_->token(); }
  const std::string& dataset() const { return dataset_; }

 private:
  int RunThere(const std::function<Status(http::RemoteEngine&)>& verb);

  std::string store_;
  std::string server_;
  std::string config_file_;
  std::string dataset_;
  TerminalProgress progress_;
  std::optional<StopOnSignal> stop_;
};

}  // namespace pythia
