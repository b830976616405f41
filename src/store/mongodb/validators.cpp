#include "store/mongodb/validators.h"

#include <string_view>

#include "campaign/schema.h"
#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

// Field names with their BSON types: "string", "long" ...
using FieldTypes = std::vector<std::pair<std::string, std::string>>;

Document SchemaOf(const FieldTypes& required) {
  Document properties;
  std::vector<std::string> names;
  for (const auto& [name, type] : required) {
    properties.Inner(name, Of("bsonType", type));
    names.push_back(name);
  }
  Document schema;
  schema.Text("bsonType", "object").Inner("properties", properties).Texts("required", names);
  return schema;
}

const char* BsonTypeOf(ColumnType type) {
  if (type == ColumnType::kDate) return "date";
  return IsNumeric(type) ? "number" : "string";
}

// All columns, or more than the types, would make a load half as fast again.
Document Campaigns() {
  Document properties;
  properties.Inner("_id", Of("bsonType", "object"));
  for (const std::string_view name : kGuardedColumns) {
    properties.Inner(name, Of("bsonType", BsonTypeOf(FindCanonical(name)->type)));
  }
  Document schema;
  schema.Text("bsonType", "object").Inner("properties", properties).Texts("required", {"_id"});
  return schema;
}

}  // namespace

std::vector<std::pair<std::string, Document>> ValidatorsOf(const TableNames& names) {
  return {
      {names.clean_campaigns, Campaigns()},
      {names.models, SchemaOf({{"_id", "string"},
                               {"dataset", "string"},
                               {"created_at", "string"},
                               {"sha256", "string"},
                               {"report", "object"},
                               {"bytes_key", "long"},
                               {"bytes", "long"}})},
      {names.models + "_chunks", SchemaOf({{"_id", "object"}, {"data", "binData"}})},
      {names.predictions_logs, SchemaOf({{"_id", "long"},
                                         {"at", "string"},
                                         {"dataset", "string"},
                                         {"plan", "object"},
                                         {"prediction", "object"}})},
      {names.recommendations, SchemaOf({{"_id", "long"},
                                        {"at", "string"},
                                        {"dataset", "string"},
                                        {"recommendation", "object"}})},
      {names.model_performance, SchemaOf({{"_id", "long"},
                                          {"at", "string"},
                                          {"model_version", "string"},
                                          {"dataset", "string"},
                                          {"metric", "string"}})},
      {names.experiment_results,
       SchemaOf({{"_id", "long"}, {"at", "string"}, {"dataset", "string"}, {"metrics", "object"}})},
      {names.jobs, SchemaOf({{"_id", "long"},
                             {"id", "string"},
                             {"kind", "string"},
                             {"state", "string"},
                             {"lease_until", "long"},
                             {"cancel", "bool"}})},
      {names.audit_log,
       SchemaOf({{"_id", "long"}, {"at", "string"}, {"actor", "string"}, {"action", "string"}})},
      {kDatasets, SchemaOf({{"_id", "string"},
                            {"folded", "string"},
                            {"revision", "long"},
                            {"current", "long"},
                            {"last", "long"},
                            {"generations", "array"}})},
      {kGenerations, SchemaOf({{"_id", "long"},
                               {"dataset", "string"},
                               {"number", "long"},
                               {"columns", "array"},
                               {"loads", "array"}})},
      {kLoads,
       SchemaOf(
           {{"_id", "long"}, {"dataset", "string"}, {"state", "string"}, {"alive_at", "date"}})},
      {kActive, SchemaOf({{"_id", "string"}, {"version", "string"}})},
  };
}

}  // namespace pythia::mongo
