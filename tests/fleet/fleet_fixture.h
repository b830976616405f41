// Services on one store, as processes, and what the tests ask of them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../attack/served.h"
#include "fleet_server.h"
#include "store/store.h"

namespace pythia::fleet {

using attack::Json;
using attack::kJson;
using attack::Served;
using attack::Words;
using http::Answered;
using http::Get;
using http::Post;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// Whether it holds before `time` is over.
bool Within(milliseconds time, const std::function<bool()>& holds);

// As many services as the store takes, with a small history and a model.
class Fleet : public testing::Test {
 protected:
  void SetUp() override;

  void Run(const Words& words);  // pythia, on the store
  Served& At(size_t i) { return *fleet_[i % fleet_.size()]; }
  size_t size() const { return fleet_.size(); }
  FleetServer& server() { return *server_; }

  // The model that answered; empty where none did. Counted in `answered_`.
  std::string Predicts(size_t i);
  static double Metric(const Served& served, const std::string& name);
  std::string Submit(size_t i, const std::string& request);  // a training; its id
  std::string MustTrain(size_t i, int seed);                 // the version
  // Ends the services and looks into the store itself.
  std::unique_ptr<Store> Look();
  // As many predictions as were answered, but for `lost`, each with an id of its own.
  void ExpectOneHistory(Store& store, int64_t lost = 0);

  std::vector<std::unique_ptr<Served>> fleet_;
  std::atomic<int64_t> answered_ = 0;  // predictions

 private:
  attack::Home home_;
  std::unique_ptr<FleetServer> server_;
};

// Predictions from all services until it goes.
class Load {
 public:
  Load(size_t services, const std::function<bool(size_t)>& predict);
  // How many failed.
  int End();

 private:
  std::atomic<int> failed_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace pythia::fleet
