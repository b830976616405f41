// Who used a token on which day, for the audit trail, without slowing an answer.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace pythia::http {

// One line per token and day (UTC) that this process sees; what the token was used for is in the
// lines of uploads, trainings, activations, deletions and exports, which name it as their actor.
// Thread-safe. What was noted is written before the destructor returns, as far as it can be.
class TokenUse {
 public:
  using Write = std::function<Status(const std::string& name)>;

  explicit TokenUse(Write write);
  ~TokenUse();
  TokenUse(const TokenUse&) = delete;
  TokenUse& operator=(const TokenUse&) = delete;

  // `day` is any text that changes daily. Does not wait for the store; a use that could not be
  // written counts as unseen.
  void Note(const std::string& name, const std::string& day);

 private:
  void Run(const std::stop_token& stop);

  const Write write_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string day_;
  std::set<std::string> seen_;  // on that day
  std::vector<std::string> waiting_;
  std::jthread thread_;
};

}  // namespace pythia::http
