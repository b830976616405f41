// The documents of some ranges of campaigns in order, fetched ahead over several connections.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
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

// One query: rows come by _id.
struct RowQuery {
  Document filter;
  Document projection;
};

// Each query is answered as a whole, and asked again where the connection breaks on the way. A few
// answers are held at a time. Next from one thread.
class RowStream {
 public:
  RowStream(std::shared_ptr<const Database> database, std::string collection,
            std::vector<RowQuery> queries);
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  // The answer to the next query; empty at the end.
  Result<std::optional<RowBatch>> Next();

 private:
  void Run(const std::stop_token& stop);
  Result<RowBatch> Fetch(const RowQuery& query);

  std::shared_ptr<const Database> database_;
  std::string collection_;
  std::vector<RowQuery> queries_;
  std::atomic<size_t> largest_ = 0;  // answer so far, in bytes
  std::mutex mutex_;
  std::condition_variable_any changed_;
  size_t asked_ = 0;  // queries that a thread took
  size_t given_ = 0;  // answers that Next() returned
  std::map<size_t, Result<RowBatch>> answers_;
  std::vector<std::jthread> threads_;
};

}  // namespace pythia::mongo
