#include <filesystem>

#include <nlohmann/json.hpp>

#include "engine/clean_words.h"
#include "engine/job_requests.h"
#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

Result<CleanCommand> CommandFrom(const Request& request) {
  CleanWords words{.grain = request.Query("grain"),
                   .date_order = request.Query("date_order"),
                   .decimal = request.Query("decimal")};
  PYTHIA_ASSIGN(words.strict, FlagOf(request, "strict", false));
  PYTHIA_ASSIGN(words.keep_personal, FlagOf(request, "keep_personal", false));
  for (const auto& [name, value] : request.query) {
    if (name == "map") words.map.push_back(value);
    if (name == "set") words.set.push_back(value);
  }
  CleanCommand command{.file = request.file.string(),
                       .name = request.file_name.empty() ? "upload" : request.file_name};
  PYTHIA_ASSIGN(command.dataset, DatasetOf(request));
  PYTHIA_ASSIGN(command.options, CleanOptionsFrom(words));
  const std::string mode = request.Query("mode").value_or("create");
  if (mode == "append") {
    command.mode = LoadMode::kAppend;
  } else if (mode == "replace") {
    command.mode = LoadMode::kReplace;
  } else if (mode != "create") {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "takes create, append or replace",
                      .place = {.column = "mode"},
                      .value = mode});
  }
  PYTHIA_ASSIGN(command.dry_run, FlagOf(request, "dry_run", false));
  return command;
}

// Cleans in the background; the file is kept until then.
Response CleanLater(Service& service, const Request& request, CleanCommand command) {
  const std::filesystem::path kept = service.TemporaryFile(".upload");
  std::error_code failed;
  std::filesystem::rename(request.file, kept, failed);
  if (failed) return Problem(Error{.code = ErrorCode::kIo, .message = "cannot keep the upload"});
  command.file = kept.string();
  if (command.dataset.empty()) command.dataset = service.engine().config().dataset;
  const auto remove = [kept] {
    std::error_code ignored;
    std::filesystem::remove(kept, ignored);
  };
  const Result<Job> job = service.jobs().Submit({.kind = "clean",
                                                 .request = CleanRequestText(command),
                                                 .actor = "http:" + request.actor,
                                                 .pinned = true,
                                                 .discard = remove});
  if (!job) remove();
  return JobResponse(job);
}

Response Upload(Service& service, Request& request) {
  const Result<CleanCommand> command = CommandFrom(request);
  if (!command) return Problem(command.error());
  std::error_code failed;
  const uint64_t bytes = std::filesystem::file_size(request.file, failed);
  if (!command->dry_run && bytes > service.options().background_bytes) {
    return CleanLater(service, request, *command);
  }
  NoProgress quiet;
  Result<CleaningReport> report = service.EngineFor(request).Clean(*command, quiet, request.stop);
  if (!report) return Problem(report.error());
  return JsonResponse(DumpJson(ToJson(*report)));
}

}  // namespace

void AddUpload(Service& service, Endpoints* endpoints) {
  const std::string pairs = R"({"type":"array","items":{"type":"string","pattern":"^.+=.+$"}})";
  endpoints->push_back(
      {.route = {.method = "POST",
                 .pattern = "/upload",
                 .body = BodyKind::kFile,
                 .slow = true,
                 .handler = [&service](Request& request) { return Upload(service, request); }},
       .summary = "Clean a campaign file into a dataset",
       .parameters = {DatasetParameter("Where it goes"),
                      {.name = "mode",
                       .schema = R"({"enum":["create","append","replace"]})",
                       .description = "What becomes of the dataset that is there"},
                      FlagParameter("dry_run", "Report only"),
                      {.name = "map", .schema = pairs, .description = "Their header=Column"},
                      {.name = "set", .schema = pairs, .description = "Column=Value"},
                      {.name = "grain",
                       .schema = R"({"enum":["campaign","row"]})",
                       .description = "Roll daily rows up, or keep rows"},
                      {.name = "date_order",
                       .schema = R"({"enum":["dmy","mdy"]})",
                       .description = "What 03/04 means"},
                      {.name = "decimal",
                       .schema = R"({"enum":[",","."]})",
                       .description = "The decimal mark"},
                      FlagParameter("strict", "Also reject clicks above impressions"),
                      FlagParameter("keep_personal", "Keep columns with e-mails or phone numbers")},
       .request = "Upload",
       .answers = {{200, "CleaningReport"}, {202, "Job"}}});
}

}  // namespace pythia::http
