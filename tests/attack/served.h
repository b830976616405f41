// The program as a user runs it: `pythia VERB ...` in a folder of its own, and `pythia serve` as a
// process that can be measured and killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/raw_client_fixture.h"

namespace pythia::attack {

using http::Answered;
using http::Get;
using http::Post;
using http::RawClient;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kPlan =
    R"({"Channel_Used":"Email","Duration":30,"Acquisition_Cost":12000,"Impressions":50000})";

// True where PYTHIA_FULL_SIZE is set: as large as the service must stand it, not as fits every day.
bool FullSize();
template <typename T>
T Sized(T small, T full) {
  return FullSize() ? full : small;
}

// A folder of its own under the temporary one, or a file system of its own in memory (root only).
class Home {
 public:
  Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home();
  // From now on the folder is a file system that holds so many bytes; false where that is refused.
  bool BecomeDisk(int64_t bytes);
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool mounted_ = false;
};

struct Ended {
  int status = -1;  // exit status; -1: killed
  std::string output;
};

// Runs `pythia WORDS` in the folder to its end.
Ended RunPythia(const std::filesystem::path& folder, const Words& words);

// A history of `rows` rows as a file.
void WriteHistory(const std::filesystem::path& folder, const std::string& name, int rows, int seed);
// The same, loaded and with a model. Few folds: it takes a second.
void MakeStore(const std::filesystem::path& folder, int rows = 400);

struct Memory {
  int64_t now = 0;   // bytes resident
  int64_t most = 0;  // since the start, or since ForgetPeak()
};

class Served {
 public:
  explicit Served(const std::filesystem::path& folder, const Words& words = {});
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() { Kill(); }

  bool running() const { return process_ > 0; }
  uint16_t port() const { return port_; }
  RawClient Connect() const { return RawClient(port_); }
  Answered Ask(std::string_view bytes) const { return Connect().Ask(bytes); }
  Answered Predict() const { return Ask(Post("/predict", kJson, kPlan)); }
  Json AskJson(std::string_view bytes) const;
  // The job when it is over; empty where it is not after `time`.
  Json AwaitJob(const std::string& id, std::chrono::seconds time = std::chrono::seconds(60)) const;

  Memory memory() const;
  void ForgetPeak() const;
  int num_descriptors() const;

  void Kill();  // SIGKILL
  int Stop();   // SIGTERM; the exit status

 private:
  pid_t process_ = -1;
  uint16_t port_ = 0;
};

// Growth of the peak while `work` runs.
int64_t GrowthDuring(const Served& served, const auto& work) {
  served.ForgetPeak();
  const int64_t before = served.memory().now;
  work();
  return served.memory().most - before;
}

}  // namespace pythia::attack
