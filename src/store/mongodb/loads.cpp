// Loading a dataset: MongoStore::BeginLoad and the open load.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/clock.h"
#include "store/column_merge.h"
#include "store/column_rules.h"
#include "store/load_rules.h"
#include "store/mongodb/batch_sender.h"
#include "store/mongodb/catalog.h"
#include "store/mongodb/drops.h"
#include "store/mongodb/field_names.h"
#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"
#include "store/mongodb/row_encoder.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kRowsAtATime = 5000;
constexpr size_t kBytesAtATime = 4 << 20;
constexpr std::chrono::seconds kSignOfLife{10};

// Says every few seconds that the load's process lives, so that nobody sweeps the load away.
class SignOfLife {
 public:
  SignOfLife(std::shared_ptr<const Database> database, int64_t load)
      : thread_([database = std::move(database), load](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any never;
          std::unique_lock lock(mutex);
          while (!never.wait_for(lock, stop, kSignOfLife, [] { return false; })) {
            if (stop.stop_requested()) return;
            Document now;
            now.Inner("$currentDate", Of("alive_at", Of("$type", "date")));
            // Where it fails, the next one or Commit() will.
            static_cast<void>(database->Update(kLoads, Of("_id", load), now));
          }
        }) {}

 private:
  std::jthread thread_;
};

Error Overtaken(std::string_view dataset) {
  return Error{ErrorCode::kConflict,
               "another load into this dataset was committed since this one began",
               {},
               std::string(dataset),
               "Load the file again."};
}

class MongoLoad final : public Load {
 public:
  MongoLoad(Shared shared, LoadRequest request, std::optional<Snapshot> current, int64_t load_id)
      : shared_(std::move(shared)),
        request_(std::move(request)),
        current_(std::move(current)),
        load_id_(load_id),
        encoder_(request_.dataset, load_id, request_.schema),
        sender_(std::make_unique<BatchSender>(shared_.database, shared_.names.clean_campaigns)),
        alive_(std::make_unique<SignOfLife>(shared_.database, load_id)) {}

  ~MongoLoad() override {
    sender_.reset();
    alive_.reset();
    if (kept_) return;
    // What cannot be removed now is swept later.
    static_cast<void>(DropLoads(*shared_.database, shared_.names, *shared_.pins, {load_id_}));
  }

  Status Append(const Table& rows) override {
    if (broken_) return Fail(*broken_);
    Status status = Write(rows);
    if (!status) broken_ = status.error();
    return status;
  }

  void Identify(const std::string& sha256) override { request_.sha256 = sha256; }

  Result<DatasetInfo> Commit() override {
    if (broken_) return Fail(*broken_);
    broken_ = Error{ErrorCode::kInternal, "the load is over"};
    if (batch_.rows() > 0) PYTHIA_TRY(sender_->Send(std::move(batch_)));
    PYTHIA_TRY(sender_->Finish());
    const std::string now =
        request_.loaded_at.empty() ? FormatTimestamp(NowMicros()) : request_.loaded_at;
    PYTHIA_TRY(Describe(now));
    PYTHIA_ASSIGN(const DatasetInfo info, Compose(now));
    PYTHIA_ASSIGN(const int64_t generation_id, TakeIds(*shared_.database, "generation_ids", 1));
    PYTHIA_TRY(WriteGeneration(info, generation_id));
    if (Status switched = Switch(info, generation_id); !switched) {
      static_cast<void>(shared_.database->Delete(kGenerations, Of("_id", generation_id)));
      return Fail(std::move(switched).error());
    }
    kept_ = true;
    PYTHIA_TRY(
        shared_.database->Update(kLoads, Of("_id", load_id_), Of("$set", Of("state", kKept))));
    // As a reader sees it.
    PYTHIA_ASSIGN(const Snapshot written,
                  RequireSnapshot(*shared_.database, request_.dataset, info.generation));
    return written.info;
  }

 private:
  Status Write(const Table& rows) {
    for (int64_t begin = 0; begin < rows.num_rows();) {
      const int64_t count =
          std::min(rows.num_rows() - begin, std::min(kBlockRows, kRowsAtATime - batch_.rows()));
      PYTHIA_TRY(encoder_.Append(rows, begin, count, &batch_));
      begin += count;
      if (batch_.rows() < kRowsAtATime && batch_.bytes.size() < kBytesAtATime) continue;
      const size_t bytes = batch_.bytes.size();
      PYTHIA_TRY(sender_->Send(std::exchange(batch_, {})));
      batch_.bytes.reserve(bytes + bytes / 8);  // the next one is about as large
    }
    return {};
  }

  // Completes the load's entry; fails where it was given up meanwhile.
  Status Describe(const std::string& now) {
    std::vector<Document> columns;
    for (const LoadColumn& column : encoder_.Columns()) columns.push_back(ToDocument(column));
    Document fields;
    fields.Text("sha256", request_.sha256)
        .Text("options", request_.options)
        .Text("source", request_.source)
        .Whole("rows", encoder_.rows())
        .Text("loaded_at", now)
        .List("columns", columns);
    Document update;
    update.Inner("$set", fields).Inner("$currentDate", Of("alive_at", Of("$type", "date")));
    Document open;
    open.Whole("_id", load_id_).Text("state", kOpen);
    PYTHIA_ASSIGN(const int64_t matched, shared_.database->Update(kLoads, open, update));
    if (matched == 1) return {};
    return Fail(Error{ErrorCode::kConflict,
                      "this load was taken for lost, for the database had not heard of it for a "
                      "minute",
                      {},
                      request_.source,
                      "Load the file again."});
  }

  // The new generation, but for its columns' final types.
  Result<DatasetInfo> Compose(const std::string& now) {
    DatasetInfo next{.name = request_.dataset,
                     .generation = std::max<int64_t>(request_.generation, 1),
                     .current = true,
                     .rows = encoder_.rows(),
                     .grain = request_.grain,
                     .currency = request_.currency,
                     .created_at = now,
                     .schema = request_.schema,
                     .loads = {}};
    if (!current_) return next;
    PYTHIA_ASSIGN(const DatasetEntry entry, RequireDataset(*shared_.database, request_.dataset));
    next.generation = request_.generation == 0 ? entry.last + 1 : request_.generation;
    if (next.generation <= entry.last) return Fail(NumberTaken(next.generation, entry.name));
    if (request_.mode != LoadMode::kAppend) return next;
    const DatasetInfo& before = current_->info;
    PYTHIA_ASSIGN(next.schema,
                  MergeColumns(before.schema, request_.schema,
                               [&](const std::string& column) { return FitsCategory(column); }));
    if (next.currency.empty()) next.currency = before.currency;
    next.rows += before.rows;
    return next;
  }

  Result<bool> FitsCategory(const std::string& column) {
    std::vector<Document> ranges;
    for (const LoadEntry& load : current_->loads) {
      const LoadColumn* have = load.Find(column);
      if (have != nullptr && have->spec.type == ColumnType::kText)
        ranges.push_back(RowsOf(load.id));
    }
    const int64_t place = FindColumn(request_.schema, column);
    if (request_.schema[static_cast<size_t>(place)].type == ColumnType::kText) {
      ranges.push_back(RowsOf(load_id_));
    }
    Document match;
    match.List("$or", ranges);
    Document group;
    group.Text("_id", "$" + FieldName(column));
    PYTHIA_ASSIGN(const auto levels,
                  shared_.database->Aggregate(
                      shared_.names.clean_campaigns,
                      {Of("$match", match), Of("$group", group), Of("$limit", kMaxMixedLevels + 2),
                       Of("$match", Of("_id", Document().Null("$ne")))}));
    return static_cast<int64_t>(levels.size()) <= kMaxMixedLevels;
  }

  Status WriteGeneration(const DatasetInfo& info, int64_t id) {
    std::vector<int64_t> loads;
    if (current_ && request_.mode == LoadMode::kAppend) {
      for (const LoadEntry& load : current_->loads) loads.push_back(load.id);
    }
    loads.push_back(load_id_);
    std::vector<Document> columns;
    for (const ColumnSpec& spec : info.schema) columns.push_back(ToDocument(spec));
    Document generation;
    generation.Whole("_id", id)
        .Text("dataset", info.name)
        .Whole("number", info.generation)
        .Text("grain", info.grain)
        .Text("currency", info.currency)
        .Whole("rows", info.rows)
        .Text("created_at", info.created_at)
        .List("columns", columns)
        .Wholes("loads", loads);
    return shared_.database->Insert(kGenerations, generation);
  }

  // One document: before it nobody sees the generation, after it everybody does.
  Status Switch(const DatasetInfo& info, int64_t generation_id) {
    Document entry;
    entry.Whole("number", info.generation).Whole("id", generation_id);
    if (current_) entry.Whole("previous", current_->info.generation);
    PYTHIA_TRY(current_ ? SwitchExisting(info, generation_id, entry)
                        : CreateDataset(info, generation_id, entry));
    // An answer that was lost on its way looks like a conflict: the document knows.
    PYTHIA_ASSIGN(const auto now, ReadDataset(*shared_.database, info.name));
    if (now && std::ranges::find(now->generations, generation_id, &GenerationEntry::id) !=
                   now->generations.end()) {
      return {};
    }
    return Fail(Overtaken(info.name));
  }

  Status CreateDataset(const DatasetInfo& info, int64_t generation_id, const Document& entry) {
    Document dataset;
    dataset.Text("_id", info.name)
        .Text("folded", LowerAscii(info.name))
        .Whole("revision", generation_id)
        .Whole("current", info.generation)
        .Whole("last", info.generation)
        .List("generations", {entry});
    const Status made = shared_.database->Insert(kDatasets, dataset);
    if (made || made.error().code == ErrorCode::kConflict) return {};
    return Fail(made.error());
  }

  Status SwitchExisting(const DatasetInfo& info, int64_t generation_id, const Document& entry) {
    Document as_read;
    as_read.Text("_id", info.name).Whole("revision", current_->revision);
    Document fields;
    fields.Whole("revision", generation_id)
        .Whole("current", info.generation)
        .Whole("last", info.generation);
    Document update;
    update.Inner("$set", fields).Inner("$push", Of("generations", entry));
    PYTHIA_TRY(shared_.database->Update(kDatasets, as_read, update));
    return {};
  }

  Shared shared_;
  LoadRequest request_;
  std::optional<Snapshot> current_;  // when the load began
  int64_t load_id_;
  RowEncoder encoder_;
  RowBatch batch_;
  std::unique_ptr<BatchSender> sender_;
  std::unique_ptr<SignOfLife> alive_;
  std::optional<Error> broken_;
  bool kept_ = false;
};

Status CheckCase(const Database& database, const std::string& dataset) {
  PYTHIA_ASSIGN(const auto same, database.FindOne(kDatasets, Of("folded", LowerAscii(dataset))));
  if (!same || Reader(same->get()).Text("_id") == dataset) return {};
  return Fail(OnlyCaseDiffers(Reader(same->get()).Text("_id"), dataset));
}

}  // namespace

Result<LoadStart> MongoStore::BeginLoad(const LoadRequest& request) {
  PYTHIA_TRY(CheckRequest(request));
  const Database& database = *shared_.database;
  PYTHIA_TRY(Sweep(database, shared_.names, *shared_.pins));
  PYTHIA_TRY(CheckCase(database, request.dataset));
  PYTHIA_ASSIGN(auto current, ReadSnapshot(database, request.dataset, 0));
  LoadStart start;
  if (current) {
    if (request.sha256.empty()) return start;
    if (IsUnchanged(current->info, request)) {
      start.unchanged = std::move(current->info);
      return start;
    }
    PYTHIA_TRY(CheckAgainst(current->info, request));
  }
  PYTHIA_ASSIGN(const int64_t load_id, TakeIds(database, "load_ids", 1));
  Document open;
  open.Whole("_id", load_id)
      .Text("dataset", request.dataset)
      .Text("state", kOpen)
      .Text("begun_at", FormatTimestamp(NowMicros()));
  PYTHIA_CHECK(bson_append_date_time(open.get(), "alive_at", -1, NowMicros() / 1000));
  PYTHIA_TRY(database.Insert(kLoads, open));
  start.load = std::make_unique<MongoLoad>(shared_, request, std::move(current), load_id);
  return start;
}

}  // namespace pythia::mongo
