#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {

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
          {"error", TextOrNullJson(job.error)}};
}

}  // namespace pythia
