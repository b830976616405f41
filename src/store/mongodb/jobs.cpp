// Jobs. Each step is one update of one document under a condition, so that of several instances
// one wins. A call that is made again after a broken connection may find its own work done; it
// says so by the values that it wrote.
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "records/json.h"
#include "store/mongodb/json_document.h"
#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"

namespace pythia::mongo {
namespace {

Document OldestFirst() { return Of("sort", Of("_id", int64_t{1})); }

Document InProgress() {
  Document states;
  states.Texts("$in", {"queued", "running"});
  return states;
}

// What changes in the course of a job.
Document StateOf(const StoredJob& stored) {
  const Job& job = stored.job;
  Document document;
  document.Text("state", job.state)
      .Text("stage", job.stage)
      .Whole("done", job.done)
      .Whole("total", job.total)
      .Text("finished_at", job.finished_at)
      .Text("result", job.result)
      .Text("error", job.error);
  if (job.problem) {
    document.Inner("problem", DocumentFrom(ToJson(*job.problem)));
  } else {
    document.Null("problem");
  }
  return document.Text("owner", stored.owner)
      .Whole("lease_until", stored.lease_until)
      .Whole("attempts", stored.attempts)
      .Flag("cancel", stored.cancel);
}

// The request and the result are kept as they came, to the last digit.
Document NewJob(const StoredJob& stored, int64_t number) {
  Document document;
  document.Whole("_id", number)
      .Text("id", stored.job.id)
      .Text("kind", stored.job.kind)
      .Text("created_at", stored.job.created_at)
      .Text("request", stored.request)
      .Text("actor", stored.actor)
      .Text("only", stored.only);
  const Document state = StateOf(stored);
  bson_concat(document.get(), state.get());
  return document;
}

Result<StoredJob> JobFrom(const Document& document) {
  const Reader reader(document.get());
  const auto text = [&](const char* key) {
    std::string value = reader.Text(key);
    return value.empty() ? Json() : Json(std::move(value));
  };
  const std::string result = reader.Text("result");
  StoredJob stored;
  PYTHIA_ASSIGN(
      stored.job,
      JobFromJson({{"id", reader.Text("id")},
                   {"kind", reader.Text("kind")},
                   {"state", reader.Text("state")},
                   {"stage", text("stage")},
                   {"done", reader.Whole("done")},
                   {"total", reader.Whole("total")},
                   {"created_at", reader.Text("created_at")},
                   {"finished_at", text("finished_at")},
                   {"result", result.empty() ? Json() : Json::parse(result, nullptr, false)},
                   {"error", text("error")},
                   {"problem", JsonFrom(reader).value("problem", Json())}}));
  stored.request = reader.Text("request");
  stored.actor = reader.Text("actor");
  stored.only = reader.Text("only");
  stored.owner = reader.Text("owner");
  stored.lease_until = reader.Whole("lease_until");
  stored.attempts = reader.Whole("attempts");
  stored.cancel = reader.Flag("cancel");
  return stored;
}

// Matches the job as it was read, and not when someone changed it since.
Document Unchanged(const StoredJob& read) {
  Document filter;
  filter.Text("id", read.job.id)
      .Text("state", read.job.state)
      .Text("owner", read.owner)
      .Whole("lease_until", read.lease_until)
      .Whole("attempts", read.attempts)
      .Flag("cancel", read.cancel);
  return filter;
}

Document HeldBy(std::string_view id, std::string_view owner) {
  Document filter;
  filter.Text("id", id).Text("owner", owner).Inner("state", InProgress());
  return filter;
}

bool IsOver(const Job& job) { return job.state != "queued" && job.state != "running"; }

bool IsLeftBehind(const StoredJob& job, int64_t now) {
  return job.lease_until < now && (job.job.state == "running" || !job.only.empty());
}

Error NoJob(std::string_view id) {
  return {.code = ErrorCode::kNotFound, .message = "no such job", .value = std::string(id)};
}

Error Over(std::string_view id) {
  return {.code = ErrorCode::kConflict, .message = "this job is over", .value = std::string(id)};
}

// Why `owner` cannot do what it wants with a job.
Error NotHeld(const std::optional<StoredJob>& found, std::string_view id, std::string_view owner) {
  if (!found) return NoJob(id);
  if (IsOver(found->job)) return Over(id);
  const char* message = "only one instance can run this job";
  if (found->owner != owner) {
    message = "this job is another instance's";
  } else if (found->cancel) {
    message = "this job is asked to stop";
  }
  return {.code = ErrorCode::kConflict, .message = message, .value = std::string(id)};
}

}  // namespace

Result<std::vector<StoredJob>> MongoStore::ReadJobs(const Document& filter,
                                                    const Document& options) {
  PYTHIA_ASSIGN(const auto found, shared_.database->Find(shared_.names.jobs, filter, options));
  std::vector<StoredJob> jobs;
  for (const Document& document : found) {
    PYTHIA_ASSIGN(StoredJob job, JobFrom(document));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<std::optional<StoredJob>> MongoStore::ChangeJob(const Document& filter,
                                                       const Document& update) {
  PYTHIA_ASSIGN(const auto changed,
                shared_.database->FindAndModify(shared_.names.jobs, filter, update));
  if (!changed) return std::nullopt;
  PYTHIA_ASSIGN(StoredJob job, JobFrom(*changed));
  return job;
}

// Several at the same moment may bring one more into the queue each than it should hold.
Result<StoredJob> MongoStore::AddJob(const StoredJob& job, int64_t most_waiting) {
  PYTHIA_ASSIGN(const int64_t waiting,
                shared_.database->Count(shared_.names.jobs, Of("state", "queued")));
  if (waiting >= most_waiting) return Fail(TooManyJobs(most_waiting));
  StoredJob added = job;
  PYTHIA_ASSIGN(const int64_t number, TakeIds(*shared_.database, "job_ids", 1));
  added.job.id = fmt::format("{}-{}", job.job.kind, number);
  added.job.state = "queued";
  added.owner = job.only;
  PYTHIA_TRY(shared_.database->Insert(shared_.names.jobs, NewJob(added, number)));
  return added;
}

Status MongoStore::EndLeftBehind(const std::vector<StoredJob>& jobs, int64_t now) {
  for (const StoredJob& read : jobs) {
    const bool last = !read.only.empty() || read.attempts >= kMostJobAttempts;
    if (!IsLeftBehind(read, now) || !(read.cancel || last)) continue;
    StoredJob ended = read;
    ended.job.finished_at = FormatTimestamp(now);
    ended.job.state = read.cancel ? "cancelled" : "failed";
    if (!read.cancel) {
      ended.job.problem = LeftBehind(read);
      ended.job.error = ended.job.problem->ToString();
    }
    PYTHIA_TRY(ChangeJob(Unchanged(read), Of("$set", StateOf(ended))));
  }
  return {};
}

Result<std::optional<StoredJob>> MongoStore::ClaimJob(std::string_view owner, int64_t now,
                                                      int64_t until) {
  PYTHIA_ASSIGN(const auto before, ReadJobs(Of("state", InProgress()), OldestFirst()));
  PYTHIA_TRY(EndLeftBehind(before, now));
  PYTHIA_ASSIGN(const auto jobs, ReadJobs(Of("state", InProgress()), OldestFirst()));
  for (const StoredJob& read : jobs) {
    const bool free = read.job.state == "running" ? read.lease_until < now
                                                  : read.only.empty() || read.only == owner;
    if (!free) continue;
    StoredJob mine = read;
    mine.job.state = "running";
    mine.job.stage.clear();
    mine.job.done = 0;
    mine.job.total = 0;
    mine.owner = owner;
    mine.lease_until = until;
    ++mine.attempts;
    PYTHIA_ASSIGN(auto claimed, ChangeJob(Unchanged(read), Of("$set", StateOf(mine))));
    if (claimed) return claimed;
    PYTHIA_ASSIGN(const auto found, FindJob(read.job.id));
    const bool is_mine = found && found->owner == owner && found->lease_until == until &&
                         found->attempts == mine.attempts && found->job.state == "running";
    if (is_mine) return found;
  }
  return std::nullopt;
}

Result<bool> MongoStore::RenewJob(std::string_view id, std::string_view owner, int64_t until,
                                  const JobStage& stage) {
  Document set;
  set.Whole("lease_until", until)
      .Text("stage", stage.stage)
      .Whole("done", stage.done)
      .Whole("total", stage.total);
  PYTHIA_ASSIGN(const auto renewed, ChangeJob(HeldBy(id, owner), Of("$set", set)));
  return renewed && !renewed->cancel;
}

Status MongoStore::FinishJob(const Job& job, std::string_view owner) {
  Document set;
  set.Text("state", job.state)
      .Text("stage", job.stage)
      .Whole("done", job.done)
      .Whole("total", job.total)
      .Text("finished_at", job.finished_at)
      .Text("result", job.result)
      .Text("error", job.error);
  if (job.problem) set.Inner("problem", DocumentFrom(ToJson(*job.problem)));
  PYTHIA_ASSIGN(const auto finished, ChangeJob(HeldBy(job.id, owner), Of("$set", set)));
  if (finished) return {};
  PYTHIA_ASSIGN(const auto found, FindJob(job.id));
  return Fail(NotHeld(found, job.id, owner));
}

Status MongoStore::ReleaseJob(std::string_view id, std::string_view owner) {
  Document filter = HeldBy(id, owner);
  filter.Text("only", "").Flag("cancel", false);
  Document set;
  set.Text("state", "queued").Text("stage", "").Whole("done", 0).Whole("total", 0);
  set.Text("owner", "").Whole("lease_until", 0);
  Document update = Of("$set", set);
  update.Inner("$inc", Of("attempts", int64_t{-1}));
  PYTHIA_ASSIGN(const auto released, ChangeJob(filter, update));
  if (released) return {};
  PYTHIA_ASSIGN(const auto found, FindJob(id));
  return Fail(NotHeld(found, id, owner));
}

Result<std::optional<StoredJob>> MongoStore::FindJob(std::string_view id) {
  PYTHIA_ASSIGN(auto jobs, ReadJobs(Of("id", id), {}));
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

Result<std::vector<StoredJob>> MongoStore::ListJobs(int64_t limit) {
  if (limit <= 0) return std::vector<StoredJob>();
  Document options = Of("sort", Of("_id", int64_t{-1}));
  options.Whole("limit", limit);
  return ReadJobs({}, options);
}

Result<StoredJob> MongoStore::CancelJob(std::string_view id, std::string_view finished_at) {
  Document queued;
  queued.Text("id", id).Text("state", "queued");
  Document at_once;
  at_once.Flag("cancel", true).Text("state", "cancelled").Text("finished_at", finished_at);
  Document running;
  running.Text("id", id).Text("state", "running");
  constexpr int kLooks = 3;  // it may be claimed or handed back meanwhile
  for (int look = 0; look < kLooks; ++look) {
    PYTHIA_ASSIGN(auto cancelled, ChangeJob(queued, Of("$set", at_once)));
    if (cancelled) return std::move(*cancelled);
    PYTHIA_ASSIGN(cancelled, ChangeJob(running, Of("$set", Document().Flag("cancel", true))));
    if (cancelled) return std::move(*cancelled);
    PYTHIA_ASSIGN(const auto found, FindJob(id));
    if (!found) return Fail(NoJob(id));
    if (IsOver(found->job)) return Fail(Over(id));
  }
  return Fail(ErrorCode::kBusy, "this job changes hands right now");
}

}  // namespace pythia::mongo
