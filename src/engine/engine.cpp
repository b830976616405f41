#include "engine/engine.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "campaign/schema.h"
#include "engine/served_at.h"
#include "store/open.h"

namespace pythia {
namespace {

constexpr int kMostThreads = 256;
constexpr size_t kLogCapacity = 100000;

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

Engine::Engine(std::shared_ptr<Shared> shared, RequestContext context)
    : shared_(std::move(shared)), context_(std::move(context)) {}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Engine Engine::For(RequestContext context) const {
  if (context.program.empty()) context.program = context_.program;
  return Engine(shared_, std::move(context));
}

Result<Store*> Engine::OpenedStore() {
  const std::scoped_lock lock(shared_->mutex);
  if (!shared_->store) {
    Result<std::unique_ptr<Store>> opened = OpenStore(config());
    if (!opened) return Fail(WithServer(std::move(opened).error(), config().store));
    shared_->store = *std::move(opened);
    Store* const store = shared_->store.get();
    shared_->log = std::make_unique<LogQueue>(kLogCapacity,
                                              [store](std::span<const PredictionLogEntry> entries) {
                                                return store->AppendPredictions(entries);
                                              });
  }
  return shared_->store.get();
}

void Engine::Forget(const std::string& dataset) {
  const std::scoped_lock lock(shared_->renewing, shared_->mutex);
  shared_->serving.erase(dataset);
}

Status Engine::LogLater(std::vector<PredictionLogEntry> entries) {
  PYTHIA_TRY(OpenedStore());
  return shared_->log->Push(std::move(entries));
}

LogCounts Engine::LogState() const {
  const std::scoped_lock lock(shared_->mutex);
  if (!shared_->log) return {};
  return {shared_->log->waiting(), shared_->log->lost()};
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

Result<Table> Engine::ReadHistory(Store& store, const DatasetInfo& data, Progress& progress) {
  progress.Begin("reading", data.rows);
  PYTHIA_ASSIGN(const std::unique_ptr<CampaignSource> source,
                store.Scan({.dataset = data.name,
                            .generation = data.generation,
                            .columns = LearningColumns(data.schema)}));
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
