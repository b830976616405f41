#include "engine/copy_logs.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"

namespace pythia {
namespace {

constexpr int64_t kPageRows = 2000;

// What makes an entry, but for its id.
template <typename Entry>
std::string Words(Entry entry) {
  if constexpr (requires { entry.id; }) entry.id = 0;
  return DumpJson(ToJson(entry));
}

Error OtherLog(const std::string& log) {
  return Error{ErrorCode::kConflict,
               "the target has entries of its own in this log",
               {},
               log,
               "Copy into an empty store."};
}

template <typename Entry>
using ReadPage = std::function<Result<std::vector<Entry>>(Store& store, const Page& page)>;

// An open log: its entries one after the other, page by page.
template <typename Entry>
class LogReader {
 public:
  LogReader(Store* store, ReadPage<Entry> read) : store_(store), read_(std::move(read)) {}

  // The next page's entries; empty at the end.
  Result<std::vector<Entry>> Next(int64_t limit = kPageRows) {
    PYTHIA_ASSIGN(auto entries, read_(*store_, {.after = after_, .limit = limit}));
    if (!entries.empty()) after_ = entries.back().id;
    return entries;
  }

 private:
  Store* store_;
  ReadPage<Entry> read_;
  int64_t after_ = 0;
};

template <typename Entry>
Result<LogCopy> CopyPaged(Store& from, Store& to, const std::string& name,
                          const ReadPage<Entry>& read,
                          const std::function<Status(std::span<const Entry>)>& append,
                          std::stop_token stop) {
  LogCopy copy{.name = name};
  LogReader<Entry> source(&from, read);
  LogReader<Entry> target(&to, read);
  for (;;) {
    if (stop.stop_requested())
      return Fail(ErrorCode::kCancelled, "stopped; the same command goes on");
    PYTHIA_ASSIGN(const auto entries, source.Next());
    // As many as the source gave: after the end of the target, none.
    PYTHIA_ASSIGN(const auto there, target.Next(entries.empty() ? 1 : std::ssize(entries)));
    if (entries.empty() && there.empty()) return copy;
    if (there.size() > entries.size()) return Fail(OtherLog(name));
    for (size_t i = 0; i < there.size(); ++i) {
      if (Words(there[i]) != Words(entries[i])) return Fail(OtherLog(name));
    }
    const auto rest = std::span(entries).subspan(there.size());
    if (!rest.empty()) {
      PYTHIA_TRY(append(rest));
      PYTHIA_ASSIGN(const auto written, target.Next(std::ssize(rest)));
      if (!std::ranges::equal(
              written, rest, [](const Entry& a, const Entry& b) { return Words(a) == Words(b); })) {
        return Fail(ErrorCode::kInternal, "a log does not come back as it was written: " + name);
      }
    }
    copy.total += std::ssize(entries);
    copy.copied += std::ssize(rest);
  }
}

template <typename Entry>
ReadPage<Entry> Through(Result<std::vector<Entry>> (Store::*read)(const Page&)) {
  return [read](Store& store, const Page& page) { return (store.*read)(page); };
}

// Lists that come as a whole, in their order.
template <typename Entry>
Status CopyList(const std::vector<Entry>& entries, const std::vector<Entry>& there,
                const std::function<Status(std::span<const Entry>)>& append, LogCopy* copy) {
  if (there.size() > entries.size()) return Fail(OtherLog(copy->name));
  for (size_t i = 0; i < there.size(); ++i) {
    if (Words(there[i]) != Words(entries[i])) return Fail(OtherLog(copy->name));
  }
  const auto rest = std::span(entries).subspan(there.size());
  copy->total += std::ssize(entries);
  copy->copied += std::ssize(rest);
  return rest.empty() ? Status() : append(rest);
}

Result<std::vector<AuditEvent>> WholeAudit(Store& store) {
  PYTHIA_ASSIGN(auto events, store.ReadAudit(std::numeric_limits<int32_t>::max()));
  std::ranges::reverse(events);
  return events;
}

// One by one, in order.
template <typename Entry, typename Append>
auto Each(Append append) {
  return [append](std::span<const Entry> entries) -> Status {
    for (const Entry& entry : entries) PYTHIA_TRY(append(entry));
    return {};
  };
}

template <typename Entry>
Result<LogCopy> CountPaged(Store& store, const std::string& name, const ReadPage<Entry>& read,
                           std::stop_token stop) {
  LogCopy count{.name = name};
  LogReader<Entry> reader(&store, read);
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped");
    PYTHIA_ASSIGN(const auto entries, reader.Next());
    if (entries.empty()) return count;
    count.total += std::ssize(entries);
  }
}

}  // namespace

Result<std::vector<LogCopy>> CopyLogs(Store& from, Store& to,
                                      const std::vector<std::string>& model_versions,
                                      Progress& progress, std::stop_token stop) {
  progress.Begin("copying logs", 5);
  std::vector<LogCopy> logs;
  const auto add = [&](LogCopy copy) {
    logs.push_back(std::move(copy));
    progress.Update(std::ssize(logs), 0);
  };
  PYTHIA_ASSIGN(LogCopy predictions,
                CopyPaged<PredictionLogEntry>(
                    from, to, "predictions", Through(&Store::ReadPredictions),
                    [&](auto entries) { return to.AppendPredictions(entries); }, stop));
  add(std::move(predictions));
  PYTHIA_ASSIGN(LogCopy recommendations,
                CopyPaged<RecommendationLogEntry>(
                    from, to, "recommendations", Through(&Store::ReadRecommendations),
                    Each<RecommendationLogEntry>([&](const RecommendationLogEntry& entry) {
                      return to.AppendRecommendation(entry);
                    }),
                    stop));
  add(std::move(recommendations));
  PYTHIA_ASSIGN(LogCopy experiments,
                CopyPaged<Experiment>(from, to, "experiments", Through(&Store::ReadExperiments),
                                      Each<Experiment>([&](const Experiment& experiment) {
                                        return to.AppendExperiment(experiment);
                                      }),
                                      stop));
  add(std::move(experiments));
  LogCopy evaluations{.name = "evaluations"};
  for (const std::string& version : model_versions) {
    PYTHIA_ASSIGN(const auto ours, from.ReadEvaluations(version));
    PYTHIA_ASSIGN(const auto theirs, to.ReadEvaluations(version));
    PYTHIA_TRY(CopyList<Evaluation>(
        ours, theirs, [&](auto entries) { return to.AppendEvaluations(entries); }, &evaluations));
  }
  add(std::move(evaluations));
  LogCopy audit{.name = "audit"};
  PYTHIA_ASSIGN(const auto ours, WholeAudit(from));
  PYTHIA_ASSIGN(const auto theirs, WholeAudit(to));
  PYTHIA_TRY(CopyList<AuditEvent>(
      ours, theirs,
      Each<AuditEvent>([&](const AuditEvent& event) { return to.AppendAudit(event); }), &audit));
  add(std::move(audit));
  progress.End();
  return logs;
}

Result<std::vector<LogCopy>> CountLogs(Store& store, const std::vector<std::string>& model_versions,
                                       std::stop_token stop) {
  std::vector<LogCopy> logs(3);
  PYTHIA_ASSIGN(logs[0], CountPaged<PredictionLogEntry>(store, "predictions",
                                                        Through(&Store::ReadPredictions), stop));
  PYTHIA_ASSIGN(logs[1], CountPaged<RecommendationLogEntry>(
                             store, "recommendations", Through(&Store::ReadRecommendations), stop));
  PYTHIA_ASSIGN(logs[2], CountPaged<Experiment>(store, "experiments",
                                                Through(&Store::ReadExperiments), stop));
  LogCopy evaluations{.name = "evaluations"};
  for (const std::string& version : model_versions) {
    PYTHIA_ASSIGN(const auto entries, store.ReadEvaluations(version));
    evaluations.total += std::ssize(entries);
  }
  logs.push_back(std::move(evaluations));
  PYTHIA_ASSIGN(const auto audit, WholeAudit(store));
  logs.push_back({.name = "audit", .total = std::ssize(audit)});
  return logs;
}

}  // namespace pythia
