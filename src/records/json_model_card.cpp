#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Json CountOrNull(const std::optional<int64_t>& count) { return count ? Json(*count) : Json(); }

Json CardLoadsJson(const std::vector<CardLoad>& loads) {
  Json json = Json::array();
  for (const CardLoad& load : loads) {
    json.push_back({{"source", load.load.source},
                    {"sha256", load.load.sha256},
                    {"loaded_at", load.load.loaded_at},
                    {"campaigns", load.load.rows},
                    {"rows_kept", CountOrNull(load.rows_kept)},
                    {"rows_rejected", CountOrNull(load.rows_rejected)},
                    {"rejected", load.rows_rejected ? Json(load.rejected) : Json()},
                    {"realised_spend", TextOrNullJson(load.realised_spend)}});
  }
  return json;
}

}  // namespace

Json ToJson(const ModelCard& card) {
  Json json = ToJson(card.info);
  json["data"] = {{"dataset", card.info.dataset},
                  {"generation", card.info.report.generation},
                  {"campaigns", card.info.report.rows},
                  {"sha256", card.data_sha256},
                  {"dates", nullptr},
                  {"loads", CardLoadsJson(card.loads)}};
  if (card.dates) {
    json["data"]["dates"] = {{"first", card.dates->first}, {"last", card.dates->second}};
  }
  json["provenance"] = {{"data_sha256", card.data_sha256},
                        {"file_sha256", card.info.sha256},
                        {"program", TextOrNullJson(card.program)},
                        {"seed", card.info.report.seed},
                        {"threads", card.info.threads}};
  return json;
}

}  // namespace pythia
