#include "duckdb/bulk_feed.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

// The Arrow C data and stream interfaces, which are structures by agreement.
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

namespace pythia::duckdb {
namespace {

constexpr size_t kMostWaiting = 2;  // batches
constexpr int kStopped = 5;         // EIO
// Where the view lies that DuckDB reads the batches through: never in a file. Every feed has a
// place of its own, for a transaction that has read a view there goes on to see that one.
std::string NewPlace() {
  static std::atomic<uint64_t> count = 0;
  return fmt::format("pythia_feed_{}", ++count);
}
constexpr const char* kView = "batches";

const char* FormatOf(FeedType type) {
  switch (type) {
    case FeedType::kInt:
      return "l";
    case FeedType::kCode:
      return "I";
    case FeedType::kDay:
      return "tdD";
    case FeedType::kNumber:
      return "g";
    case FeedType::kText:
      return "u";
    case FeedType::kNone:
      break;
  }
  return "";
}

// Batches that are done with. Thread-safe; outlives its feed where DuckDB holds a batch for longer.
struct SpareBatches {
  std::mutex mutex;
  std::vector<std::unique_ptr<FeedBatch>> batches;
};

// A batch as DuckDB sees it, until it lets go of it.
struct SharedBatch {
  std::unique_ptr<FeedBatch> batch;
  std::shared_ptr<SpareBatches> spare;
  std::vector<std::array<const void*, 3>> buffers;
  std::vector<ArrowArray> columns;
  std::vector<ArrowArray*> children;
  std::array<const void*, 1> none = {nullptr};
};

void LetGo(ArrowSchema* schema) { schema->release = nullptr; }
void LetGoColumn(ArrowArray* column) { column->release = nullptr; }
void LetGoBatch(ArrowArray* array) {
  const std::unique_ptr<SharedBatch> shared(static_cast<SharedBatch*>(array->private_data));
  array->release = nullptr;
  const std::scoped_lock lock(shared->spare->mutex);
  shared->spare->batches.push_back(std::move(shared->batch));
}

}  // namespace

char* FeedBatch::Bytes::Extend(size_t more, size_t usual) {
  if (size_ + more > room_) {
    room_ = std::max({size_ + more, room_ * 3 / 2, usual});
    auto grown = std::make_unique_for_overwrite<char[]>(room_);
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
  }
  return bytes_.get() + std::exchange(size_, size_ + more);
}

void FeedBatch::Clear() {
  for (ColumnValues& column : columns_) {
    column.values.Clear();
    column.text.clear();
    column.present.clear();
    column.nulls = 0;
  }
  rows_ = 0;
  text_bytes_ = 0;
}

Status FeedBatch::AppendTexts(size_t column, std::string_view bytes,
                              std::span<const uint64_t> ends) {
  // All at once, and each where all together do not begin and end as characters do.
  bool good = IsUtf8(bytes);
  for (const uint64_t end : ends) {
    good = good && (end == bytes.size() || (static_cast<uint8_t>(bytes[end]) & 0xC0) != 0x80);
  }
  for (size_t i = 0; i < ends.size() && !good; ++i) {
    const uint64_t begin = i == 0 ? 0 : ends[i - 1];
    const std::string_view text = bytes.substr(begin, ends[i] - begin);
    if (IsUtf8(text)) continue;
    return Fail(Error{ErrorCode::kBadInput, "text that is not UTF-8", {}, std::string(text)});
  }
  ColumnValues& values = columns_[column];
  if (values.values.size() == 0) *Extend<int32_t>(column, 1) = 0;
  auto* out = Extend<int32_t>(column, static_cast<int64_t>(ends.size()));
  for (const uint64_t end : ends) *out++ = static_cast<int32_t>(values.text.size() + end);
  values.text += bytes;
  text_bytes_ += bytes.size();
  return {};
}

void FeedBatch::SetNull(size_t column, int64_t row) {
  ColumnValues& values = columns_[column];
  const auto byte = static_cast<size_t>(row) / 8;
  if (values.present.size() <= byte) values.present.resize(byte + 1, 0xFF);
  values.present[byte] = static_cast<uint8_t>(values.present[byte] & ~(1U << (row % 8)));
  ++values.nulls;
}

struct BulkFeed::State {
  State(Database of, Connection into, Connection aside)
      : database(std::move(of)), connection(std::move(into)), views(std::move(aside)) {}

  static int GetSchema(ArrowArrayStream* stream, ArrowSchema* out) {
    State& state = *static_cast<State*>(stream->private_data);
    *out = {"+s",
            "",
            nullptr,
            0,
            static_cast<int64_t>(state.children.size()),
            state.children.data(),
            nullptr,
            &LetGo,
            nullptr};
    for (ArrowSchema& column : state.columns) column.release = &LetGo;
    return 0;
  }

  static int GetNext(ArrowArrayStream* stream, ArrowArray* out) {
    State& state = *static_cast<State*>(stream->private_data);
    *out = {};
    std::unique_ptr<FeedBatch> batch;
    {
      std::unique_lock lock(state.mutex);
      state.changed.wait(lock, [&] { return !state.waiting.empty() || state.closed; });
      if (state.abandoned) return kStopped;
      if (state.waiting.empty()) return 0;  // the end
      batch = std::move(state.waiting.front());
      state.waiting.pop_front();
    }
    state.changed.notify_all();
    state.Share(std::move(batch), out);
    return 0;
  }

  static const char* GetLastError(ArrowArrayStream* /*stream*/) { return "the rows ended early"; }

  void Share(std::unique_ptr<FeedBatch> batch, ArrowArray* out) const {
    auto shared = std::make_unique<SharedBatch>();
    shared->batch = std::move(batch);
    shared->spare = spare;
    const int64_t rows = shared->batch->rows_;
    const size_t count = fed.size();
    shared->buffers.resize(count);
    shared->columns.resize(count);
    for (size_t i = 0; i < count; ++i) {
      const size_t c = fed[i];
      FeedBatch::ColumnValues& values = shared->batch->columns_[c];
      if (values.nulls > 0) values.present.resize((static_cast<size_t>(rows) + 7) / 8, 0xFF);
      const void* present = values.nulls > 0 ? values.present.data() : nullptr;
      shared->buffers[i] = {present, values.values.data(), values.text.data()};
      shared->columns[i] = {rows,
                            values.nulls,
                            0,
                            types[c] == FeedType::kText ? 3 : 2,
                            0,
                            shared->buffers[i].data(),
                            nullptr,
                            nullptr,
                            &LetGoColumn,
                            nullptr};
      shared->children.push_back(&shared->columns[i]);
    }
    SharedBatch* kept = shared.release();
    *out = {rows,
            0,
            0,
            1,
            static_cast<int64_t>(count),
            kept->none.data(),
            kept->children.data(),
            nullptr,
            &LetGoBatch,
            kept};
  }

  // Of the statement's thread.
  void Run(const std::string& sql) {
    Status done = connection.Run(sql);
    const std::scoped_lock lock(mutex);
    result = std::move(done);
    finished = true;
    changed.notify_all();
  }

  Database database;
  Connection connection;
  Connection views;
  std::string place;
  std::vector<FeedType> types;     // of the batches' columns
  std::vector<size_t> fed;         // of those, the ones that the table takes
  std::vector<std::string> names;  // [fed]
  std::vector<ArrowSchema> columns;
  std::vector<ArrowSchema*> children;
  ArrowArrayStream stream = {};

  const std::shared_ptr<SpareBatches> spare = std::make_shared<SpareBatches>();
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<FeedBatch>> waiting;
  bool closed = false;     // no more batches will come
  bool abandoned = false;  // and what came is not wanted
  bool finished = false;   // the statement is over
  Status result;
  std::thread thread;
};

BulkFeed::BulkFeed(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<BulkFeed>> BulkFeed::Start(const Database& database, Connection connection,
                                                  const std::string& table,
                                                  std::vector<FeedType> types) {
  PYTHIA_ASSIGN(Connection views, database.Connect());
  const std::string place = NewPlace();
  PYTHIA_TRY(views.Run(fmt::format("ATTACH ':memory:' AS {0}; USE {0}", place)));
  auto state = std::make_unique<State>(database, std::move(connection), std::move(views));
  state->types = std::move(types);
  state->place = place;
  for (size_t c = 0; c < state->types.size(); ++c) {
    if (state->types[c] != FeedType::kNone) state->fed.push_back(c);
  }
  for (const size_t c : state->fed) state->names.push_back(fmt::format("c{}", c));
  state->columns.resize(state->fed.size());
  constexpr int64_t kNullable = 2;
  for (size_t i = 0; i < state->fed.size(); ++i) {
    state->columns[i] = {FormatOf(state->types[state->fed[i]]),
                         state->names[i].c_str(),
                         nullptr,
                         kNullable,
                         0,
                         nullptr,
                         nullptr,
                         &LetGo,
                         nullptr};
    state->children.push_back(&state->columns[i]);
  }
  state->stream = {&State::GetSchema, &State::GetNext, &State::GetLastError, nullptr, state.get()};
  if (duckdb_arrow_scan(state->views.handle(), kView,
                        reinterpret_cast<duckdb_arrow_stream>(&state->stream)) == DuckDBError) {
    return Fail(ErrorCode::kInternal, "DuckDB takes no rows");
  }
  const std::string sql =
      fmt::format("INSERT INTO {} SELECT * FROM {}.main.{}", table, place, kView);
  state->thread = std::thread([at = state.get(), sql] { at->Run(sql); });
  return std::unique_ptr<BulkFeed>(new BulkFeed(std::move(state)));
}

BulkFeed::~BulkFeed() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->abandoned = !std::exchange(state_->closed, true);
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
  // By another connection, for it is where this one is at home. Where it fails, a view remains that
  // nobody reads; it is gone with the process.
  if (auto other = state_->database.Connect()) {
    static_cast<void>(other->Run("DETACH " + state_->place));
  }
}

std::unique_ptr<FeedBatch> BulkFeed::NewBatch() {
  std::unique_ptr<FeedBatch> batch;
  {
    const std::scoped_lock lock(state_->spare->mutex);
    if (!state_->spare->batches.empty()) {
      batch = std::move(state_->spare->batches.back());
      state_->spare->batches.pop_back();
    }
  }
  if (batch == nullptr) return std::make_unique<FeedBatch>(state_->types.size());
  batch->Clear();
  return batch;
}

Status BulkFeed::Put(std::unique_ptr<FeedBatch> batch) {
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(
        lock, [this] { return state_->waiting.size() < kMostWaiting || state_->finished; });
    if (state_->finished) return state_->result;
    state_->waiting.push_back(std::move(batch));
  }
  state_->changed.notify_all();
  return {};
}

Status BulkFeed::Finish() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->closed = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
  return state_->result;
}

}  // namespace pythia::duckdb
