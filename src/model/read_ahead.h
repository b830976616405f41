// Reads a source one block ahead on a thread of its own, so that the next rows come from the store
// while the last ones are worked on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "campaign/source.h"

namespace pythia {

// The rows of `source` with the same codes, in blocks with dictionaries of their own: the source
// may add levels meanwhile. Nobody else uses the source before this is destroyed, which waits for
// the block that is being read. Where there is no thread to be had it reads when asked. Not
// thread-safe.
class ReadAhead final : public CampaignSource {
 public:
  explicit ReadAhead(CampaignSource& source);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() override;

  const Schema& schema() const override { return source_.schema(); }
  Result<const Table*> Next() override;
  Status Rewind() override;

 private:
  void Run();
  void Copy(const Table& from);

  CampaignSource& source_;
  Table block_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;  // `next_` waits to be taken
  bool over_ = false;
  Result<const Table*> next_ = nullptr;  // of the source
  std::thread thread_;                   // none: it could not be had
};

}  // namespace pythia
