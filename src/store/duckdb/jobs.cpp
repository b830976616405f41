// Jobs.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "duckdb/quoting.h"
#include "duckdb/transaction.h"
#include "records/json.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

constexpr const char* kColumns =
    "id, kind, state, stage, done, total, created_at, finished_at, result, error, problem, "
    "request, actor, pinned_to, owner, lease_until, attempts, cancel";

Json Document(const std::string& text) {
  return text.empty() ? Json() : Json::parse(text, nullptr, false);
}

Json TextOrNothing(std::string text) { return text.empty() ? Json() : Json(std::move(text)); }

Result<StoredJob> JobFrom(const duckdb::RowReader& rows) {
  StoredJob stored;
  PYTHIA_ASSIGN(stored.job, JobFromJson({{"id", rows.Text(0)},
                                         {"kind", rows.Text(1)},
                                         {"state", rows.Text(2)},
                                         {"stage", TextOrNothing(rows.Text(3))},
                                         {"done", rows.Int(4)},
                                         {"total", rows.Int(5)},
                                         {"created_at", rows.Text(6)},
                                         {"finished_at", TextOrNothing(rows.Text(7))},
                                         {"result", Document(rows.Text(8))},
                                         {"error", TextOrNothing(rows.Text(9))},
                                         {"problem", Document(rows.Text(10))}}));
  stored.request = rows.Text(11);
  stored.actor = rows.Text(12);
  stored.only = rows.Text(13);
  stored.owner = rows.Text(14);
  stored.lease_until = rows.Int(15);
  stored.attempts = rows.Int(16);
  stored.cancel = rows.Bool(17);
  return stored;
}

// The columns after id and kind, in their order.
duckdb::Statement& BindState(duckdb::Statement& statement, const StoredJob& stored) {
  const Job& job = stored.job;
  return statement.Text(job.state)
      .Text(job.stage)
      .Int(job.done)
      .Int(job.total)
      .Text(job.created_at)
      .Text(job.finished_at)
      .Text(job.result)
      .Text(job.error)
      .Text(job.problem ? DumpJson(ToJson(*job.problem)) : std::string())
      .Text(stored.request)
      .Text(stored.actor)
      .Text(stored.only)
      .Text(stored.owner)
      .Int(stored.lease_until)
      .Int(stored.attempts)
      .Bool(stored.cancel);
}

bool IsOver(const Job& job) { return job.state != "queued" && job.state != "running"; }

Error NoJob(std::string_view id) {
  return {.code = ErrorCode::kNotFound, .message = "no such job", .value = std::string(id)};
}

Error Over(std::string_view id) {
  return {.code = ErrorCode::kConflict, .message = "this job is over", .value = std::string(id)};
}

}  // namespace

Result<std::vector<StoredJob>> DuckdbStore::ReadJobs(std::string_view rest,
                                                     std::string_view value) {
  PYTHIA_ASSIGN(auto select,
                connection_.Prepare(fmt::format("SELECT {} FROM {} {}", kColumns,
                                                duckdb::QuoteName(names_.jobs), rest)));
  if (!value.empty()) select.Text(value);
  PYTHIA_ASSIGN(auto chunks, select.Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<StoredJob> jobs;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return jobs;
    PYTHIA_ASSIGN(StoredJob job, JobFrom(rows));
    jobs.push_back(std::move(job));
  }
}

Status DuckdbStore::WriteJob(const StoredJob& job) {
  PYTHIA_ASSIGN(auto update,
                connection_.Prepare(fmt::format(
                    "UPDATE {} SET state = $1, stage = $2, done = $3, total = $4, created_at = $5, "
                    "finished_at = $6, result = $7, error = $8, problem = $9, request = $10, "
                    "actor = $11, pinned_to = $12, owner = $13, lease_until = $14, "
                    "attempts = $15, cancel = $16 WHERE id = $17",
                    duckdb::QuoteName(names_.jobs))));
  return BindState(update, job).Text(job.job.id).Run();
}

Result<StoredJob> DuckdbStore::AddJob(const StoredJob& job, int64_t most_waiting) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  PYTHIA_ASSIGN(const auto waiting, ReadJobs("WHERE state = 'queued'"));
  if (std::ssize(waiting) >= most_waiting) return Fail(TooManyJobs(most_waiting));
  StoredJob added = job;
  PYTHIA_ASSIGN(const int64_t number, TakeIds(connection_, "job_ids", 1));
  added.job.id = fmt::format("{}-{}", job.job.kind, number);
  added.job.state = "queued";
  added.owner = job.only;
  PYTHIA_ASSIGN(auto insert, connection_.Prepare(fmt::format(
                                 "INSERT INTO {} (number, {}) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                                 "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
                                 duckdb::QuoteName(names_.jobs), kColumns)));
  insert.Int(number).Text(added.job.id).Text(added.job.kind);
  PYTHIA_TRY(BindState(insert, added).Run());
  PYTHIA_TRY(transaction.Commit());
  return added;
}

Status DuckdbStore::EndLeftBehind(int64_t now) {
  PYTHIA_ASSIGN(auto held,
                ReadJobs("WHERE state = 'running' OR (state = 'queued' AND pinned_to <> '')"));
  for (StoredJob& stored : held) {
    const bool last = !stored.only.empty() || stored.attempts >= kMostJobAttempts;
    if (stored.lease_until >= now || !(stored.cancel || last)) continue;
    stored.job.finished_at = FormatTimestamp(now);
    if (stored.cancel) {
      stored.job.state = "cancelled";
    } else {
      stored.job.state = "failed";
      stored.job.problem = LeftBehind(stored);
      stored.job.error = stored.job.problem->ToString();
    }
    PYTHIA_TRY(WriteJob(stored));
  }
  return {};
}

Result<std::optional<StoredJob>> DuckdbStore::ClaimJob(std::string_view owner, int64_t now,
                                                       int64_t until) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  PYTHIA_TRY(EndLeftBehind(now));
  PYTHIA_ASSIGN(auto jobs, ReadJobs("WHERE state IN ('queued', 'running') ORDER BY number"));
  const auto next = std::ranges::find_if(jobs, [&](const StoredJob& job) {
    return job.job.state == "running" ? job.lease_until < now
                                      : job.only.empty() || job.only == owner;
  });
  if (next == jobs.end()) {
    PYTHIA_TRY(transaction.Commit());
    return std::nullopt;
  }
  next->job.state = "running";
  next->job.stage.clear();
  next->job.done = 0;
  next->job.total = 0;
  next->owner = owner;
  next->lease_until = until;
  ++next->attempts;
  PYTHIA_TRY(WriteJob(*next));
  PYTHIA_TRY(transaction.Commit());
  return std::move(*next);
}

Result<bool> DuckdbStore::RenewJob(std::string_view id, std::string_view owner, int64_t until,
                                   const JobStage& stage) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto found, FindJob(id));
  if (!found || IsOver(found->job) || found->owner != owner) return false;
  found->lease_until = until;
  found->job.stage = stage.stage;
  found->job.done = stage.done;
  found->job.total = stage.total;
  PYTHIA_TRY(WriteJob(*found));
  return !found->cancel;
}

Result<StoredJob> DuckdbStore::HeldJob(std::string_view id, std::string_view owner) {
  PYTHIA_ASSIGN(auto found, FindJob(id));
  if (!found) return Fail(NoJob(id));
  if (IsOver(found->job)) return Fail(Over(id));
  if (found->owner == owner) return std::move(*found);
  return Fail(Error{.code = ErrorCode::kConflict,
                    .message = "this job is another instance's",
                    .value = std::string(id)});
}

Status DuckdbStore::FinishJob(const Job& job, std::string_view owner) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(StoredJob held, HeldJob(job.id, owner));
  const Job before = std::exchange(held.job, job);
  held.job.kind = before.kind;
  held.job.created_at = before.created_at;
  return WriteJob(held);
}

Status DuckdbStore::ReleaseJob(std::string_view id, std::string_view owner) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(StoredJob held, HeldJob(id, owner));
  if (!held.only.empty() || held.cancel) {
    return Fail(Error{
        .code = ErrorCode::kConflict,
        .message = held.cancel ? "this job is asked to stop" : "only one instance can run this job",
        .value = std::string(id)});
  }
  held.job.state = "queued";
  held.job.stage.clear();
  held.job.done = 0;
  held.job.total = 0;
  held.owner.clear();
  held.lease_until = 0;
  --held.attempts;
  return WriteJob(held);
}

Result<std::optional<StoredJob>> DuckdbStore::FindJob(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  if (id.empty()) return std::nullopt;
  PYTHIA_ASSIGN(auto jobs, ReadJobs("WHERE id = $1", id));
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

Result<std::vector<StoredJob>> DuckdbStore::ListJobs(int64_t limit) {
  const std::scoped_lock lock(mutex_);
  return ReadJobs(fmt::format("ORDER BY number DESC LIMIT {}", limit));
}

Result<StoredJob> DuckdbStore::CancelJob(std::string_view id, std::string_view finished_at) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto found, FindJob(id));
  if (!found) return Fail(NoJob(id));
  if (IsOver(found->job)) return Fail(Over(id));
  found->cancel = true;
  if (found->job.state == "queued") {
    found->job.state = "cancelled";
    found->job.finished_at = finished_at;
  }
  PYTHIA_TRY(WriteJob(*found));
  return std::move(*found);
}

}  // namespace pythia
