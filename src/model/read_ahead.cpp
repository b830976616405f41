#include "model/read_ahead.h"

#include <system_error>
#include <utility>

namespace pythia {

ReadAhead::ReadAhead(CampaignSource& source) : source_(source), block_(source.schema()) {
  for (Column& column : block_.columns()) column.Reserve(kBlockRows);
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): see the header
  }
}

ReadAhead::~ReadAhead() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !ready_ || over_; });
    if (over_) return;
    lock.unlock();
    Result<const Table*> next = source_.Next();
    lock.lock();
    next_ = std::move(next);
    ready_ = true;
    changed_.notify_all();
  }
}

Result<const Table*> ReadAhead::Next() {
  if (!thread_.joinable()) return source_.Next();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
    if (!next_ || *next_ == nullptr) return next_;  // stays so
    Copy(**next_);
    ready_ = false;
  }
  changed_.notify_all();
  return &block_;
}

Status ReadAhead::Rewind() {
  if (!thread_.joinable()) return source_.Rewind();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
    PYTHIA_TRY(source_.Rewind());
    ready_ = false;
  }
  changed_.notify_all();
  return {};
}

// While the source rests.
void ReadAhead::Copy(const Table& from) {
  block_.Clear();
  for (size_t c = 0; c < from.columns().size(); ++c) {
    const Column& column = from.columns()[c];
    Column& to = block_.columns()[c];
    if (column.type() == ColumnType::kText) {
      for (int64_t row = 0; row < column.size(); ++row) to.AppendFrom(column, row);
    } else if (column.type() == ColumnType::kDate) {
      to.AppendDays(column.days());
    } else if (column.type() == ColumnType::kCategory) {
      const Dictionary& levels = *column.dictionary();
      for (uint32_t code = to.dictionary()->size(); code < levels.size(); ++code) {
        to.dictionary()->Intern(levels.level(code));
      }
      to.AppendCodes(column.codes());
    } else {
      to.AppendNumbers(column.numbers());
    }
  }
}

}  // namespace pythia
