#include "engine/engine.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/row_memory.h"
#include "campaign/schema.h"
#include "config/store_uri.h"
#include "engine/served_at.h"
#include "store/open.h"

namespace pythia {
namespace {

constexpr int kMostThreads = 256;
constexpr size_t kLogCapacity = 100000;
constexpr auto kLookEvery = std::chrono::seconds(2);
// A store that is asked and says nothing for so long is away.
constexpr auto kSilence = std::chrono::seconds(5);
// A store that is away is not asked for again by every request.
constexpr auto kSlowRefusal = std::chrono::milliseconds(200);
constexpr auto kRefusalHolds = std::chrono::seconds(1);

// What is learned from: all but near-unique text, which cannot be a feature; Campaign_ID groups
// rows.
std::vector<std::string> LearningColumns(const Schema& schema) {
  std::vector<std::string> columns;
  for (const ColumnSpec& spec : schema) {
    if (spec.type != ColumnType::kText || spec.name == column::kCampaignId) {
      columns.push_back(spec.name);
    }
  }
  return columns;
}

// Who holds the store may be a service, which does the same.
Error WithServer(Error error, const std::string& store) {
  if (error.code != ErrorCode::kBusy) return error;
  if (const std::optional<std::string> address = AddressOfServer(store)) {
    error.hint = "A service works on it. Let it do this: add --server " + *address;
  }
  return error;
}

}  // namespace

Engine::Engine(Config config, RequestContext context)
    : Engine(std::make_shared<Shared>(std::move(config)), std::move(context)) {}

Engine::Shared::Shared(Config given) : config(std::move(given)) {
  // Rows that do not fit into memory lie beside the store, where there is room for a history.
  RowMemoryLimits limits = RowMemory();
  if (!IsMongoUri(config.store)) {
    std::error_code ignored;
    limits.folder = std::filesystem::absolute(config.store, ignored).parent_path();
  }
  SetRowMemory(limits);
}

Engine::Engine(std::shared_ptr<Shared> shared, RequestContext context)
    : shared_(std::move(shared)), context_(std::move(context)) {}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Engine Engine::For(RequestContext context) const {
  if (context.program.empty()) context.program = context_.program;
  return Engine(shared_, std::move(context));
}

Engine::Engine(Config config, RequestContext context, std::shared_ptr<Store> store)
    : Engine(std::move(config), std::move(context)) {
  const std::scoped_lock lock(shared_->mutex);
  Adopt(std::move(store));
}

Store* Engine::Adopt(std::shared_ptr<Store> opened) {
  Store* const store = opened.get();
  shared_->store = std::move(opened);
  shared_->state.up = true;
  shared_->log = std::make_unique<LogQueue>(kLogCapacity,
                                            [store](std::span<const PredictionLogEntry> entries) {
                                              return store->AppendPredictions(entries);
                                            });
  return store;
}

Result<Store*> Engine::OpenedStore() {
  {
    // Who watches a store knows when it is away: nobody waits to find that out again.
    const std::scoped_lock lock(shared_->mutex);
    if (shared_->watched && shared_->store && shared_->store->shared()) {
      const StoreState known = KnownState();
      if (!known.up) {
        return Fail(Error{.code = ErrorCode::kBusy,
                          .message = known.problem,
                          .hint = "Try again when the store is back: it is looked for every two "
                                  "seconds."});
      }
    }
  }
  return OpenedStoreOrWait();
}

Result<Store*> Engine::OpenedStoreOrWait() {
  {
    const std::scoped_lock lock(shared_->mutex);
    if (shared_->store) return shared_->store.get();
  }
  // Opening may take long where the store is away: what is in memory is not held up by it.
  const std::scoped_lock opening(shared_->opening);
  const auto begun = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(shared_->mutex);
    if (shared_->store) return shared_->store.get();
    const std::optional<Error>& refused = shared_->refused;
    if (refused && begun - shared_->refused_at < kRefusalHolds) return Fail(*refused);
  }
  Result<std::unique_ptr<Store>> opened = OpenStore(config());
  const std::scoped_lock lock(shared_->mutex);
  if (opened) return Adopt(*std::move(opened));
  Error error = WithServer(std::move(opened).error(), config().store);
  shared_->refused_at = std::chrono::steady_clock::now();
  shared_->refused.reset();
  if (shared_->refused_at - begun > kSlowRefusal) shared_->refused = error;
  return Fail(std::move(error));
}

StoreState Engine::CheckStore() {
  {
    const std::scoped_lock lock(shared_->mutex);
    if (shared_->watched && shared_->store && shared_->store->shared()) return KnownState();
  }
  return AskStore();
}

StoreState Engine::AskStore() {
  ExpectAnswer(kSilence);
  const Status reached = [&]() -> Status {
    PYTHIA_ASSIGN(Store* const store, OpenedStoreOrWait());
    return store->Ping();
  }();
  ExpectAnswer({});
  const std::scoped_lock lock(shared_->mutex);
  shared_->state = {.up = reached.has_value(),
                    .problem = reached ? std::string() : reached.error().message};
  return shared_->state;
}

void Engine::ExpectAnswer(std::optional<std::chrono::milliseconds> within) {
  const std::scoped_lock lock(shared_->mutex);
  shared_->answers_by.reset();
  if (within) shared_->answers_by = std::chrono::steady_clock::now() + *within;
}

StoreState Engine::KnownState() const {
  const auto& answers_by = shared_->answers_by;
  if (!answers_by || std::chrono::steady_clock::now() < *answers_by) return shared_->state;
  return {.up = false, .problem = "the store takes connections and does not answer"};
}

StoreState Engine::LastStoreState() const {
  const std::scoped_lock lock(shared_->mutex);
  StoreState state = KnownState();
  if (shared_->store) state.commands = shared_->store->Commands();
  return state;
}

void Engine::Refresh() {
  std::vector<std::string> datasets;
  {
    const std::scoped_lock lock(shared_->mutex);
    for (const auto& [dataset, serving] : shared_->serving) datasets.push_back(dataset);
  }
  for (const std::string& dataset : datasets) Renew(dataset);
}

void Engine::Watch(const std::stop_token& stop) {
  const auto watched = [this](bool now) {
    const std::scoped_lock lock(shared_->mutex);
    shared_->watched = now;
  };
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    Store* shared = nullptr;
    if (AskStore().up) {
      const Result<Store*> store = OpenedStoreOrWait();
      if (store && (*store)->shared()) shared = *store;
    }
    if (shared != nullptr) {
      ExpectAnswer(2 * kSilence);  // a model is read and prepared, too
      Refresh();
      ExpectAnswer({});
    }
    watched(true);
    if (shared != nullptr) {
      ExpectAnswer(kLookEvery + kSilence);
      shared->AwaitActivation(kLookEvery, stop);
      ExpectAnswer({});
    } else {
      stopped.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
  }
  watched(false);
}

void Engine::Forget(const std::string& dataset) {
  const std::scoped_lock lock(shared_->renewing, shared_->mutex);
  shared_->serving.erase(dataset);
}

Status Engine::LogLater(std::vector<PredictionLogEntry> entries) {
  PYTHIA_TRY(OpenedStoreOrWait());  // an opened one is not asked
  const bool away = [this] {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->watched && shared_->store->shared() && !KnownState().up;
  }();
  return shared_->log->Push(std::move(entries), away);
}

LogCounts Engine::LogState() const {
  const std::scoped_lock lock(shared_->mutex);
  if (!shared_->log) return {};
  return {shared_->log->waiting(), shared_->log->lost(), shared_->log->stuck()};
}

Status Engine::FlushLog() {
  LogQueue* log = nullptr;
  {
    const std::scoped_lock lock(shared_->mutex);
    log = shared_->log.get();
  }
  return log == nullptr ? Status() : log->Flush();  // without a store nothing was logged
}

std::string Engine::DatasetOr(const std::string& name) const {
  return name.empty() ? config().dataset : name;
}

Result<DatasetInfo> Engine::RequireDataset(Store& store, const std::string& name) {
  PYTHIA_ASSIGN(std::optional<DatasetInfo> info, store.FindDataset(name));
  if (info) return std::move(*info);
  PYTHIA_ASSIGN(const std::vector<DatasetInfo> all, store.ListDatasets());
  std::string known;
  for (const DatasetInfo& dataset : all) known += (known.empty() ? "" : ", ") + dataset.name;
  return Fail(Error{.code = ErrorCode::kNotFound,
                    .message = "no such dataset",
                    .value = name,
                    .hint = known.empty() ? "The store is empty. Load a history: pythia clean FILE"
                                          : "There are: " + known + "."});
}

Result<std::unique_ptr<CampaignSource>> Engine::ScanHistory(Store& store, const DatasetInfo& data) {
  return store.Scan({.dataset = data.name,
                     .generation = data.generation,
                     .columns = LearningColumns(data.schema)});
}

Result<Table> Engine::ReadHistory(Store& store, const DatasetInfo& data, Progress& progress) {
  progress.Begin("reading", data.rows);
  PYTHIA_ASSIGN(const std::unique_ptr<CampaignSource> source, ScanHistory(store, data));
  return ReadAll(*source);
}

Result<int> Engine::ThreadsOf(int asked) const {
  const int threads = asked != 0 ? asked : config().threads;
  if (threads < 0) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "threads is a number from 0 (one per core)",
                      .value = fmt::format("{}", threads)});
  }
  if (threads > 0) return std::min(threads, kMostThreads);
  return static_cast<int>(
      std::clamp<unsigned>(std::thread::hardware_concurrency(), 1, kMostThreads));
}

Status Engine::AuditTokenUse(const std::string& name) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return Audit(*store, "token", name, "{}");
}

Status Engine::Audit(Store& store, std::string action, std::string subject, std::string detail) {
  return store.AppendAudit({.at = FormatTimestamp(NowMicros()),
                            .actor = context_.actor,
                            .action = std::move(action),
                            .subject = std::move(subject),
                            .detail = std::move(detail)});
}

}  // namespace pythia
