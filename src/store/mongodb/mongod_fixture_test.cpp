#include "store/mongodb/mongod_fixture.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <mongoc/mongoc.h>
#include <netinet/in.h>

#include "store/open.h"

namespace pythia {
namespace {

int FreePort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  socklen_t size = sizeof(address);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(listener);
  return ntohs(address.sin_port);
}

// In memory where there is plenty of room: a test makes a database, and a disk takes a second to
// have that in its journal.
std::filesystem::path Home() {
  constexpr uintmax_t kPlenty = uintmax_t{4} << 30;
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  return !error && space.available > kPlenty ? memory : std::filesystem::temp_directory_path();
}

bool Answers(int port) {
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool answers =
      ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(client);
  return answers;
}

}  // namespace

std::string MongodBinary() {
  const char* given = std::getenv("PYTHIA_TEST_MONGOD");
  if (given != nullptr && std::string(given) == "none") return {};
  const std::string path = given != nullptr ? given : PYTHIA_MONGOD;
  EXPECT_TRUE(std::filesystem::exists(path))
      << path << " is missing: run scripts/mongod, or set PYTHIA_TEST_MONGOD";
  return path;
}

Mongod::Mongod(std::vector<std::string> words) : words_(std::move(words)) {
  std::string pattern = (Home() / "pythia-mongod-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  for (int attempt = 0; attempt < 3 && !running(); ++attempt) {
    port_ = FreePort();  // which another process may take before the server does
    Start();
  }
  EXPECT_TRUE(running()) << "mongod did not come up; its log is in " << folder_;
}

Mongod::~Mongod() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Mongod::Start() {
  std::vector<std::string> words = {MongodBinary(),
                                    "--dbpath",
                                    folder_.string(),
                                    "--port",
                                    std::to_string(port_),
                                    "--bind_ip",
                                    "127.0.0.1",
                                    "--wiredTigerCacheSizeGB",
                                    "0.25",
                                    "--nounixsocket",
                                    "--setParameter",
                                    "diagnosticDataCollectionEnabled=false",
                                    "--logpath",
                                    (folder_ / "log").string(),
                                    "--logappend"};
  words.insert(words.end(), words_.begin(), words_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {0, 1, 2}) ::dup2(nothing, stream);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  for (int i = 0; i < 3000; ++i) {
    if (Answers(port_)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  End(SIGKILL);
}

void Mongod::Kill() { End(SIGKILL); }
void Mongod::Stop() { End(SIGTERM); }
void Mongod::Freeze() { ::kill(pid_, SIGSTOP); }
void Mongod::Thaw() { ::kill(pid_, SIGCONT); }

void Mongod::End(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string Mongod::uri(const std::string& database) const {
  return fmt::format("mongodb://127.0.0.1:{}/{}", port_, database);
}

ReplicaSet::ReplicaSet(int size) {
  std::string members;
  for (int i = 0; i < size; ++i) {
    members_.push_back(
        std::make_unique<Mongod>(std::vector<std::string>{"--replSet", "rs", "--oplogSize", "64"}));
    members += fmt::format(R"({}{{"_id":{},"host":"127.0.0.1:{}"}})", i == 0 ? "" : ",", i,
                           members_.back()->port());
  }
  RunCommand(member(0).uri("") + "?directConnection=true", "admin",
             R"({"replSetInitiate":{"_id":"rs","settings":{"electionTimeoutMillis":1000,)"
             R"("heartbeatIntervalMillis":300},"members":[)" +
                 members + "]}}");
  primary();
}

std::string ReplicaSet::uri(const std::string& database) const {
  std::string hosts;
  for (const auto& member : members_) {
    hosts += (hosts.empty() ? "" : ",") + fmt::format("127.0.0.1:{}", member->port());
  }
  return fmt::format("mongodb://{}/{}?replicaSet=rs", hosts, database);
}

Mongod& ReplicaSet::primary() {
  for (int i = 0; i < 600; ++i) {
    for (const auto& member : members_) {
      if (!member->running()) continue;
      const std::string hello =
          RunCommand(member->uri("") + "?directConnection=true&serverSelectionTimeoutMS=500",
                     "admin", R"({"hello":1})");
      if (hello.find(R"("isWritablePrimary" : true)") != std::string::npos) return *member;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "no primary";
  return *members_.front();
}

Mongod& SharedMongod() {
  static Mongod server;
  return server;
}

MongoHome::MongoHome(const std::string& uri_without_database) : server_(uri_without_database) {
  static std::atomic<int> number = 0;
  database_ = fmt::format("test_{}_{}", ::getpid(), number++);
}

MongoHome::~MongoHome() { RunCommand(server_, database_, R"({"dropDatabase":1})"); }

Config MongoHome::config() const {
  Config config;
  config.store = server_;
  config.store_database = database_;
  return config;
}

Result<std::unique_ptr<Store>> MongoHome::Open() { return OpenStore(config()); }

std::string RunCommand(const std::string& uri, const std::string& database,
                       const std::string& command) {
  mongoc_init();
  mongoc_client_t* client = mongoc_client_new(uri.c_str());
  bson_error_t error{};
  bson_t* words = bson_new_from_json(reinterpret_cast<const uint8_t*>(command.data()),
                                     static_cast<ssize_t>(command.size()), &error);
  EXPECT_NE(words, nullptr) << error.message;
  bson_t answer = BSON_INITIALIZER;
  mongoc_client_command_simple(client, database.c_str(), words, nullptr, &answer, &error);
  char* json = bson_as_relaxed_extended_json(&answer, nullptr);
  std::string out = json == nullptr ? "" : json;
  bson_free(json);
  bson_destroy(&answer);
  bson_destroy(words);
  mongoc_client_destroy(client);
  return out;
}

}  // namespace pythia
