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

CardLoad ReadCardLoad(const Fields& fields) {
  CardLoad load;
  load.load.source = fields.Text("source");
  load.load.sha256 = fields.Text("sha256");
  load.load.loaded_at = fields.Text("loaded_at");
  load.load.rows = fields.Whole("campaigns");
  if (!fields.IsNull("rows_kept")) load.rows_kept = fields.Whole("rows_kept");
  if (!fields.IsNull("rows_rejected")) {
    load.rows_rejected = fields.Whole("rows_rejected");
    load.rejected = fields.Counts("rejected");
  }
  load.realised_spend = fields.TextOrNull("realised_spend");
  return load;
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

Result<ModelCard> ModelCardFromJson(const Json& json) {
  ModelCard card;
  PYTHIA_ASSIGN(card.info, ModelInfoFromJson(json));
  FirstError error;
  const Fields fields(json, "", &error);
  const Fields data = fields.Object("data");
  card.data_sha256 = data.Text("sha256");
  if (!data.IsNull("dates")) {
    const Fields dates = data.Object("dates");
    card.dates = {dates.Text("first"), dates.Text("last")};
  }
  for (const Fields& load : data.Objects("loads")) card.loads.push_back(ReadCardLoad(load));
  card.program = fields.Object("provenance").TextOrNull("program");
  return std::move(error).Or(std::move(card));
}

}  // namespace pythia
