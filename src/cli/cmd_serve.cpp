#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "engine/served_at.h"
#include "http/server.h"
#include "http/service.h"
#include "http/tokens.h"
#include "records/json.h"

namespace pythia {
namespace {

struct ServeWords {
  std::string host = "127.0.0.1";
  int64_t port = 8080;
  int64_t threads = 0;
  std::optional<std::string> token_file;
  std::vector<std::string> origins;
  std::vector<std::string> host_names;
  bool quiet = false;
};

// A folder for uploads under way, gone with the server.
class WorkFolder {
 public:
  static Result<WorkFolder> Create() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pythia-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return Fail(IoError(errno, "make", pattern));
    return WorkFolder(pattern);
  }
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A connection is a descriptor, and services are often started with 1024 of them.
void AllowDescriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

// One JSON line per answered request on standard error.
void LogRequest(const http::Request& request, int status, std::chrono::microseconds took) {
  const Json line = {{"at", FormatTimestamp(NowMicros())},
                     {"id", request.id},
                     {"actor", request.actor},
                     {"method", request.method},
                     {"path", Printable(request.path, 200)},
                     {"status", status},
                     {"ms", static_cast<double>(took.count()) / 1000}};
  fmt::print(stderr, "{}\n", DumpJson(line));
}

Result<http::ServerOptions> OptionsFrom(const ServeWords& words, int threads) {
  if (words.port < 0 || words.port > 65535) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "a port is a number from 0 (any free one) to 65535",
                      .value = std::to_string(words.port)});
  }
  http::ServerOptions options{.host = words.host,
                              .port = static_cast<uint16_t>(words.port),
                              .threads = threads,
                              .origins = words.origins,
                              .host_names = words.host_names};
  if (words.token_file) {
    PYTHIA_ASSIGN(options.tokens, http::ReadTokens(*words.token_file));
    if (options.tokens.empty()) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "the token file holds no token",
                        .place = {.file = *words.token_file},
                        .hint = "pythia token new NAME --file FILE makes one."});
    }
  }
  return options;
}

void WaitFor(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stop, [] { return false; });
}

Status Serve(const ServeWords& words, Session& session, Engine& engine) {
  AllowDescriptors();
  PYTHIA_ASSIGN(const WorkFolder work, WorkFolder::Create());
  PYTHIA_ASSIGN(const int threads, engine.ThreadsOf(static_cast<int>(words.threads)));
  PYTHIA_ASSIGN(http::ServerOptions options, OptionsFrom(words, threads));
  http::Service service(engine, {.work_folder = work.path(),
                                 .wait_for_log = engine.config().log_durability == "sync"});
  options.upload_folder = work.path();
  options.log = [&service, quiet = words.quiet](const http::Request& request, int status,
                                                std::chrono::microseconds took) {
    service.Count(request, status, took);
    if (!quiet) LogRequest(request, status, took);
  };
  // The first request finds a model that is ready.
  if (const auto serving = engine.Serving("")) {
    (void)(*serving)->Explainer(ExplanationScale::kResponse);
  }
  PYTHIA_ASSIGN(const std::unique_ptr<http::Server> server,
                http::Server::Start(std::move(options), service.Routes()));
  const std::string address =
      fmt::format("http://{}:{}/",
                  words.host.find(':') == std::string::npos ? words.host : "[" + words.host + "]",
                  server->port());
  // Other commands that meet the held file name it; without the note they only say that it is held.
  const Result<ServedAt> note = ServedAt::Write(engine.config().store, address);
  Print(fmt::format("serving {} (Ctrl-C ends)", address));
  (void)std::fflush(stdout);
  std::jthread watcher([&engine](const std::stop_token& stop) { engine.Watch(stop); });
  WaitFor(session.stop());
  service.Drain();
  server->Stop();
  return engine.FlushLog();
}

}  // namespace

void AddServe(Command& root, Session& session) {
  const auto words = std::make_shared<ServeWords>();
  Command& verb = root.AddCommand("serve", "Serve predictions and everything else over HTTP");
  verb.Option("--host", &words->host, "The address (default: 127.0.0.1)");
  verb.Option("--port", &words->port, "The port; 0 for any free one (default: 8080)");
  verb.Option("--threads", &words->threads, "Threads (default: one per core)");
  verb.Option("--token-file", &words->token_file,
              "Hashes of the tokens that may ask; needed beyond this machine");
  verb.List("--allow-origin", &words->origins, "Other web pages that may ask, as https://host");
  verb.List("--host-name", &words->host_names, "Other names of this service in the Host header");
  verb.Flag("--quiet", &words->quiet, "No line per request on standard error");
  session.AddFlags(verb, true);
  verb.Examples(
      "  pythia serve\n"
      "  pythia serve --host 0.0.0.0 --token-file tokens --host-name campaigns.example.com");
  verb.Run([words, &session] {
    return session.Run([&](Engine& engine) { return Serve(*words, session, engine); });
  });
}

void AddToken(Command& root, Session& session) {
  struct TokenWords {
    std::string name;
    std::string file = "tokens";
  };
  const auto words = std::make_shared<TokenWords>();
  Command& group = root.AddCommand("token", "Make tokens for the service");
  Command& verb = group.AddCommand("new", "Make a token; it is shown once and kept nowhere");
  verb.Option("name", &words->name, "Whose it is, for the audit trail").Required();
  verb.Option("--file", &words->file, "Where its hash goes (default: tokens)");
  verb.Examples("  pythia token new reporting --file tokens");
  verb.Run([words, &session] {
    return session.Run([&](Engine&) -> Status {
      PYTHIA_ASSIGN(const std::string token, http::NewToken(words->file, words->name));
      Print(token);
      return {};
    });
  });
}

}  // namespace pythia
