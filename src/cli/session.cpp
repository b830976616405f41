#include "cli/session.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace pythia {
namespace {

// Ends the watcher's wait.
constexpr int kWakeUp = SIGUSR1;

std::string Actor() {
  const passwd* user = ::getpwuid(::geteuid());
  return "cli:" + (user != nullptr ? std::string(user->pw_name) : std::to_string(::geteuid()));
}

const char* ReadEnvironment(const char* name) { return std::getenv(name); }

}  // namespace

StopOnSignal::StopOnSignal() {
  for (const int signal : {SIGINT, SIGTERM, kWakeUp}) sigaddset(&signals_, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  watcher_ = std::jthread([this] {
    for (;;) {
      int signal = 0;
      if (::sigwait(&signals_, &signal) != 0 || signal == kWakeUp) return;
      if (stop_.stop_requested()) ::_exit(ExitStatus(ErrorCode::kCancelled));
      stop_.request_stop();
    }
  });
}

StopOnSignal::~StopOnSignal() {
  ::pthread_kill(watcher_.native_handle(), kWakeUp);
  watcher_.join();
  ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

void Session::AddFlags(Command& command, bool with_dataset) {
  if (with_dataset) {
    command.Option("--dataset", &dataset_, "Name of the dataset (default: campaigns)");
  }
  command.Option("--store", &store_, "The store (default: pythia.duckdb)");
  command.Option("--config", &config_file_, "Settings file (default: pythia.toml if it exists)");
}

void Session::AddFlagsAndServer(Command& command, bool with_dataset) {
  AddFlags(command, with_dataset);
  command.Option("--server", &server_,
                 "Ask the service at this address instead of a store of this machine; its token "
                 "comes from PYTHIA_TOKEN");
}

void Session::AddJson(Command& command) {
  command.Flag("--json", &json, "Print one JSON document");
}

Result<Config> Session::LoadSettings() const {
  std::map<std::string, std::string> flags;
  if (!store_.empty()) flags["store"] = store_;
  if (!dataset_.empty()) flags["dataset"] = dataset_;
  std::optional<std::filesystem::path> file;
  if (!config_file_.empty()) file = config_file_;
  return LoadConfig(file, ReadEnvironment, flags);
}

int Session::Run(const std::function<Status(Engine&)>& verb) {
  Result<Config> config = LoadSettings();
  if (!config) return Report(config.error());
  stop_.emplace();
  Status status;
  {
    Engine engine(std::move(*config), {.actor = Actor(), .program = "pythia " PYTHIA_VERSION});
    status = verb(engine);
  }
  progress_.End();
  stop_.reset();
  return status ? 0 : Report(status.error());
}

int Session::RunThere(const std::function<Status(http::RemoteEngine&)>& verb) {
  if (!store_.empty()) {
    return Report(Error{.code = ErrorCode::kUsage,
                        .message = "--server and --store exclude each other",
                        .hint = "The service has a store of its own."});
  }
  Result<Config> config = LoadSettings();
  if (!config) return Report(config.error());
  const char* token = ReadEnvironment("PYTHIA_TOKEN");
  Result<http::Client> client = http::Client::To(server_, token == nullptr ? "" : token);
  if (!client) return Report(client.error());
  stop_.emplace();
  http::RemoteEngine engine(std::move(*client), config->exports);
  const Status status = verb(engine);
  progress_.End();
  stop_.reset();
  return status ? 0 : Report(status.error());
}

}  // namespace pythia
