// Hears of activations: a change stream on the documents that say which model is active.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "store/mongodb/database.h"

namespace pythia::mongo {

// One thread's. Without a replica set there are no change streams, and it only waits; so it does
// for as long as one cannot be had.
class Activations {
 public:
  explicit Activations(std::shared_ptr<const Database> database) : database_(std::move(database)) {}
  ~Activations() { Close(); }
  Activations(const Activations&) = delete;
  Activations& operator=(const Activations&) = delete;

  // Returns after `time`, or before that where a model was activated since the last call, or
  // `stop` is requested. The first call with a stream returns at once: what was before it is not
  // heard.
  void Await(std::chrono::milliseconds time, const std::stop_token& stop);

 private:
  bool Open();
  void Close();

  std::shared_ptr<const Database> database_;
  std::optional<Client> client_;
  Collection collection_;
  Owned<mongoc_change_stream_t, mongoc_change_stream_destroy> stream_;
};

}  // namespace pythia::mongo
