#include "glm/ordered_pass.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/check.h"

namespace pythia::glm {
namespace {

class Pass {
 public:
  Pass(DesignSource& source, int blocks_per_group, std::stop_token stop)
      : source_(source), blocks_per_group_(blocks_per_group), stop_(std::move(stop)) {}

  // One thread's whole pass; it owns the slots from `first_slot` on.
  void Run(PassWorker* worker, int first_slot) {
    std::vector<DesignBlock> blocks(blocks_per_group_);
    while (true) {
      const Group group = Pull(first_slot, &blocks);
      if (group.number < 0) return;
      Status status = group.status;
      if (status) status = AddAll(worker, blocks, group);
      TakeTurn(worker, group, std::move(status));
    }
  }

  // The same by one thread, where a block can be used at once and one slot is enough.
  void RunAlone(PassWorker* worker) {
    DesignBlock block;
    bool more = true;
    while (more && !stop_.stop_requested()) {
      worker->Begin();
      for (int k = 0; k < blocks_per_group_ && more; ++k) {
        Group group{.first_row = rows_};
        more = PullBlock(0, &block, &group);
        if (more) group.status = worker->Add(block, group.first_row);
        if (!group.status) {
          error_ = group.status.error();
          return;
        }
      }
      worker->Merge();
    }
    cancelled_ = more;
  }

  Result<PassEnd> End() const {
    if (error_) return Fail(*error_);
    return PassEnd{.rows = rows_, .cancelled = cancelled_};
  }

 private:
  struct Group {
    int64_t number = -1;
    int64_t first_row = 0;
    int blocks = 0;
    Status status = {};
  };

  // False at the end of the data and where the source fails; counts the rows.
  bool PullBlock(int slot, DesignBlock* block, Group* group) {
    Result<bool> more = source_.Next(slot, block);
    if (!more) {
      group->status = Fail(more.error());
      return false;
    }
    if (!*more) return false;
    if (block->rows < 1 || block->rows > kDesignBlockRows) {
      group->status = Fail(ErrorCode::kInternal, "a design source gave a block of a wrong length");
      return false;
    }
    rows_ += block->rows;
    return true;
  }

  Group Pull(int first_slot, std::vector<DesignBlock>* blocks) {
    const std::lock_guard lock(source_mutex_);
    Group group;
    if (!ended_ && stop_.stop_requested()) cancelled_ = ended_ = true;
    if (ended_) return group;
    group.number = next_group_++;
    group.first_row = rows_;
    while (group.blocks < blocks_per_group_) {
      if (!PullBlock(first_slot + group.blocks, &(*blocks)[group.blocks], &group)) {
        ended_ = true;
        break;
      }
      ++group.blocks;
    }
    return group;
  }

  static Status AddAll(PassWorker* worker, const std::vector<DesignBlock>& blocks,
                       const Group& group) {
    worker->Begin();
    int64_t first_row = group.first_row;
    for (int k = 0; k < group.blocks; ++k) {
      PYTHIA_TRY(worker->Add(blocks[k], first_row));
      first_row += blocks[k].rows;
    }
    return {};
  }

  void TakeTurn(PassWorker* worker, const Group& group, Status status) {
    std::unique_lock lock(turn_mutex_);
    turn_changed_.wait(lock, [&] { return turn_ == group.number; });
    if (!error_) {
      if (status) {
        worker->Merge();
      } else {
        error_ = std::move(status).error();
        const std::lock_guard source_lock(source_mutex_);
        ended_ = true;
      }
    }
    ++turn_;
    turn_changed_.notify_all();
  }

  DesignSource& source_;
  const int blocks_per_group_;
  const std::stop_token stop_;

  std::mutex source_mutex_;  // the source, and the four below
  int64_t next_group_ = 0;
  int64_t rows_ = 0;
  bool ended_ = false;
  bool cancelled_ = false;

  std::mutex turn_mutex_;  // taken before source_mutex_ where both are
  std::condition_variable turn_changed_;
  int64_t turn_ = 0;
  std::optional<Error> error_;
};

}  // namespace

int SlotsForPass(int threads, int blocks_per_group) {
  return threads > 1 ? threads * blocks_per_group : 1;
}

Result<PassEnd> RunPass(DesignSource& source, const std::vector<PassWorker*>& workers,
                        int blocks_per_group, const std::stop_token& stop) {
  PYTHIA_CHECK(!workers.empty() && blocks_per_group > 0);
  PYTHIA_TRY(source.Rewind());
  Pass pass(source, blocks_per_group, stop);
  if (workers.size() == 1) {
    pass.RunAlone(workers[0]);
    return pass.End();
  }
  {
    std::vector<std::jthread> threads;
    for (size_t t = 1; t < workers.size(); ++t) {
      threads.emplace_back(
          [&pass, &workers, t, first_slot = static_cast<int>(t) * blocks_per_group] {
            pass.Run(workers[t], first_slot);
          });
    }
    pass.Run(workers[0], 0);
  }
  return pass.End();
}

}  // namespace pythia::glm
