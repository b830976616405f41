// The rows of a load on their way to the server, over several connections at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "store/mongodb/database.h"
#include "store/mongodb/row_encoder.h"

namespace pythia::mongo {

// Sends batches in no order, each until it is written or the server has been away too long. Send
// and Finish from one thread.
class BatchSender {
 public:
  BatchSender(std::shared_ptr<const Database> database, std::string collection);
  // What was not sent yet is not sent any more.
  ~BatchSender();
  BatchSender(const BatchSender&) = delete;
  BatchSender& operator=(const BatchSender&) = delete;

  // Waits while too much waits already. The first error of any batch, from then on.
  Status Send(RowBatch batch);
  // Everything is written.
  Status Finish();

 private:
  void Run(const std::stop_token& stop);
  Status Write(const RowBatch& batch) const;

  std::shared_ptr<const Database> database_;
  std::string collection_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<RowBatch> waiting_;
  size_t writing_ = 0;
  std::optional<Error> error_;
  std::vector<std::jthread> threads_;
};

}  // namespace pythia::mongo
