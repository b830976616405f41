#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Error ReadError(const Fields& fields) {
  return {.code = CodeOfName(fields.Text("code")),
          .message = fields.Text("message"),
          .place = {.line = fields.Whole("line"), .column = fields.TextOrNull("field")},
          .value = fields.TextOrNull("value"),
          .hint = fields.TextOrNull("hint")};
}

}  // namespace

// The place's file stays out: it may be a path on this machine.
Json ToJson(const Error& error) {
  return {{"code", CodeName(error.code)},
          {"message", Printable(error.message, error.message.size())},
          {"line", error.place.line},
          {"field", TextOrNullJson(Printable(error.place.column))},
          {"value", TextOrNullJson(Printable(error.value))},
          {"hint", TextOrNullJson(error.hint)}};
}

Json ToJson(const Job& job) {
  return {{"id", job.id},
          {"kind", job.kind},
          {"state", job.state},
          {"stage", TextOrNullJson(job.stage)},
          {"done", job.done},
          {"total", job.total},
          {"created_at", job.created_at},
          {"finished_at", TextOrNullJson(job.finished_at)},
          {"result", job.result.empty() ? Json() : Json::parse(job.result, nullptr, false)},
          {"error", TextOrNullJson(job.error)},
          {"problem", job.problem ? ToJson(*job.problem) : Json()}};
}

Result<Job> JobFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Job job;
  job.id = fields.Text("id");
  job.kind = fields.Text("kind");
  job.state = fields.Text("state");
  job.stage = fields.TextOrNull("stage");
  job.done = fields.Whole("done");
  job.total = fields.Whole("total");
  job.created_at = fields.Text("created_at");
  job.finished_at = fields.TextOrNull("finished_at");
  if (!fields.IsNull("result")) job.result = fields.Document("result");
  job.error = fields.TextOrNull("error");
  if (!fields.IsNull("problem")) job.problem = ReadError(fields.Object("problem"));
  return std::move(error).Or(std::move(job));
}

}  // namespace pythia
