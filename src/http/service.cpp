#include "http/service.h"

#include <algorithm>
#include <charconv>
#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "records/json.h"

namespace pythia::http {
namespace {

constexpr size_t kMostNameBytes = 64;

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMostNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '.';
         });
}

// kBadInput where a query has parameters that the route does not know.
Status OnlyKnown(const Request& request, const std::vector<std::string>& known) {
  for (const auto& [name, value] : request.query) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "no such parameter",
                      .place = {.column = name},
                      .hint = known.empty()
                                  ? "This route takes none."
                                  : fmt::format("There are: {}", fmt::join(known, ", "))});
  }
  return {};
}

// What /openapi.json does not name is refused, not passed over: it may be a misspelt wish.
Handler Guarded(const Endpoint& endpoint) {
  std::vector<std::string> known;
  for (const ParameterDoc& parameter : endpoint.parameters) {
    if (parameter.in == "query") known.push_back(parameter.name);
  }
  return [known = std::move(known), handler = endpoint.route.handler](Request& request) {
    const Status checked = OnlyKnown(request, known);
    return checked ? handler(request) : Problem(checked.error());
  };
}

}  // namespace

Service::Service(Engine& engine, ServiceOptions options)
    : engine_(engine),
      options_(std::move(options)),
      token_use_([this](const std::string& name) {
        return engine_.For({.actor = "http:" + name}).AuditTokenUse(name);
      }),
      jobs_(engine_.Jobs()) {
  AddPredict(*this, &endpoints_);
  AddUpload(*this, &endpoints_);
  AddRecommend(*this, &endpoints_);
  AddDatasets(*this, &endpoints_);
  AddModels(*this, &endpoints_);
  AddJobs(*this, &endpoints_);
  AddHistory(*this, &endpoints_);
  AddReport(*this, &endpoints_);
  AddHealth(*this, &endpoints_);
  AddPage(*this, &endpoints_);
  for (Endpoint& endpoint : endpoints_) {
    if (!endpoint.takes_columns) endpoint.route.handler = Guarded(endpoint);
  }
  openapi_ = OpenApiOf(endpoints_);
}

std::chrono::seconds Service::uptime() const {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                          started_);
}

std::filesystem::path Service::TemporaryFile(const std::string& ending) {
  return options_.work_folder / fmt::format("work-{}{}", next_file_++, ending);
}

std::vector<Route> Service::Routes() const {
  std::vector<Route> routes;
  for (const Endpoint& endpoint : endpoints_) routes.push_back(endpoint.route);
  return routes;
}

void Service::Count(const Request& request, int status, std::chrono::microseconds took) {
  if (request.actor != kNoToken) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    token_use_.Note(request.actor, std::to_string(today.time_since_epoch().count()));
  }
  const std::scoped_lock lock(counts_mutex_);
  ++answers_[status];
  ++took_count_;
  took_seconds_ += std::chrono::duration<double>(took).count();
}

namespace {

std::string CommandMetrics(const StoreCommands& commands) {
  return fmt::format(
      "# HELP pythia_store_commands_total Commands to the store's server by result.\n"
      "# TYPE pythia_store_commands_total counter\n"
      "pythia_store_commands_total{{result=\"ok\"}} {}\n"
      "pythia_store_commands_total{{result=\"failed\"}} {}\n"
      "# HELP pythia_store_commands_seconds_total Time that they took.\n"
      "# TYPE pythia_store_commands_seconds_total counter\n"
      "pythia_store_commands_seconds_total {}\n",
      commands.succeeded, commands.failed, commands.seconds);
}

}  // namespace

std::string Service::Metrics() {
  std::string text =
      "# HELP pythia_http_requests_total Answered requests by status.\n"
      "# TYPE pythia_http_requests_total counter\n";
  const std::scoped_lock lock(counts_mutex_);
  for (const auto& [status, count] : answers_) {
    text += fmt::format("pythia_http_requests_total{{status=\"{}\"}} {}\n", status, count);
  }
  text += fmt::format(
      "# HELP pythia_http_request_duration_seconds Time from a request's head to its answer.\n"
      "# TYPE pythia_http_request_duration_seconds summary\n"
      "pythia_http_request_duration_seconds_sum {}\n"
      "pythia_http_request_duration_seconds_count {}\n"
      "# HELP pythia_uptime_seconds Time since the start.\n"
      "# TYPE pythia_uptime_seconds gauge\n"
      "pythia_uptime_seconds {}\n",
      took_seconds_, took_count_, uptime().count());
  const JobCounts jobs = jobs_->counts();
  text += fmt::format(
      "# HELP pythia_jobs Background jobs by state: run here, and submitted here and waiting.\n"
      "# TYPE pythia_jobs gauge\n"
      "pythia_jobs{{state=\"running\"}} {}\npythia_jobs{{state=\"queued\"}} {}\n",
      jobs.running, jobs.queued);
  const LogCounts log = engine_.LogState();
  const StoreState store = engine_.LastStoreState();
  text += fmt::format(
      "# HELP pythia_store_up Whether the store could be reached when it was last looked at.\n"
      "# TYPE pythia_store_up gauge\n"
      "pythia_store_up {}\n"
      "# HELP pythia_log_waiting_entries Predictions that are not in the store yet.\n"
      "# TYPE pythia_log_waiting_entries gauge\n"
      "pythia_log_waiting_entries {}\n"
      "# HELP pythia_log_lost_entries_total Predictions that could not be logged.\n"
      "# TYPE pythia_log_lost_entries_total counter\n"
      "pythia_log_lost_entries_total {}\n",
      store.up && !log.stuck ? 1 : 0, log.waiting, log.lost);
  if (store.commands) text += CommandMetrics(*store.commands);
  return text;
}

Result<int64_t> WholeNumber(const Request& request, std::string_view name, int64_t otherwise,
                            int64_t least, int64_t most) {
  const std::optional<std::string> text = request.Query(name);
  if (!text) return otherwise;
  int64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, value);
  if (failed == std::errc() && stop == end && value >= least && value <= most) return value;
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = fmt::format("takes a whole number from {} to {}", least, most),
                    .place = {.column = std::string(name)},
                    .value = *text});
}

Result<bool> FlagOf(const Request& request, std::string_view name, bool otherwise) {
  const std::string value = request.Query(name).value_or(otherwise ? "true" : "false");
  if (value == "true" || value == "false") return value == "true";
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "takes true or false",
                    .place = {.column = std::string(name)},
                    .value = value});
}

Result<std::string> DatasetOf(const Request& request) {
  std::string name = request.Query("dataset").value_or("");
  if (name.empty() || IsName(name)) return name;
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "a dataset's name is up to 64 letters, digits, _, - and dots",
                    .place = {.column = "dataset"},
                    .value = name});
}

Result<std::shared_ptr<const ServingModel>> ServingOf(Service& service,
                                                      const std::string& dataset) {
  auto serving = service.engine().Serving(dataset);
  if (serving || dataset.empty() || serving.error().code != ErrorCode::kNoModel) return serving;
  PYTHIA_TRY(service.engine().ShowDataset(dataset));
  return serving;
}

ParameterDoc DatasetParameter(std::string description) {
  return {.name = "dataset",
          .schema = R"({"type":"string","pattern":"^[A-Za-z0-9_.-]{0,64}$"})",
          .description = std::move(description)};
}

ParameterDoc FlagParameter(std::string name, std::string description) {
  return {.name = std::move(name),
          .schema = R"({"enum":["true","false"]})",
          .description = std::move(description)};
}

}  // namespace pythia::http
