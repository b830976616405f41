// A MongoDB server of its own for the tests: a free loopback port, a temporary folder (in memory
// where there is room), a small cache. PYTHIA_TEST_MONGOD names another binary than the one that
// scripts/mongod fetches, or "none": then the tests that need one skip, loudly.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "store/store_contract.h"

namespace pythia {

// One process. Gone with this object, and with the thread that started it, whatever happens to it.
class Mongod {
 public:
  // With "--auth" and the like among `words`. Fails the test (and is not running) where it does
  // not come up.
  explicit Mongod(std::vector<std::string> words = {});
  ~Mongod();
  Mongod(const Mongod&) = delete;
  Mongod& operator=(const Mongod&) = delete;

  void Start();
  void Kill();    // SIGKILL, as when the power goes
  void Stop();    // SIGTERM: an orderly end
  void Freeze();  // SIGSTOP: it takes connections and answers nothing
  void Thaw();

  bool running() const { return pid_ > 0; }
  int port() const { return port_; }
  std::string uri(const std::string& database = "pythia") const;

 private:
  void End(int signal);

  std::vector<std::string> words_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

// `size` of them that replicate; elections take a second or two.
class ReplicaSet {
 public:
  explicit ReplicaSet(int size);

  std::string uri(const std::string& database = "pythia") const;
  Mongod& member(size_t i) { return *members_[i]; }
  size_t size() const { return members_.size(); }
  // The one that leads now; waits for it.
  Mongod& primary();

 private:
  std::vector<std::unique_ptr<Mongod>> members_;
};

// The path, or empty where there is to be none. A missing binary fails the test.
std::string MongodBinary();

// The server that the tests of this process share.
Mongod& SharedMongod();

// A database of its own on a server, dropped with the object.
class MongoHome final : public StoreHome {
 public:
  explicit MongoHome(const std::string& uri_without_database);
  ~MongoHome() override;

  Config config() const;
  const std::string& database() const { return database_; }
  Result<std::unique_ptr<Store>> Open() override;

 private:
  std::string server_;
  std::string database_;
};

// Runs a command (JSON) on a database of the server and returns its answer as JSON.
std::string RunCommand(const std::string& uri, const std::string& database,
                       const std::string& command);

}  // namespace pythia

// At the start of a test that needs a server.
#define PYTHIA_NEEDS_MONGOD()                                                          \
  do {                                                                                 \
    if (::pythia::MongodBinary().empty()) {                                            \
      GTEST_SKIP() << "NO MONGOD: PYTHIA_TEST_MONGOD=none, so nothing of the MongoDB " \
                      "store is tested";                                               \
    }                                                                                  \
  } while (false)
