#include <set>

#include <nlohmann/json.hpp>

#include "campaign/schema.h"
#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Schema ReadSchema(const std::vector<Fields>& columns) {
  Schema schema;
  std::set<std::string> names;
  for (const Fields& fields : columns) {
    ColumnSpec spec;
    spec.name = fields.Text("name");
    spec.unit = fields.Text("unit");
    if (spec.name.empty()) fields.Refuse("name", "a column needs a name");
    if (!names.insert(spec.name).second) fields.Refuse("name", "another column has this name");
    if (!ParseTypeName(fields.Text("type"), &spec.type)) {
      fields.Refuse("type", "no column type of this program");
    }
    if (!ParseRoleName(fields.Text("role"), &spec.role)) {
      fields.Refuse("role", "no column role of this program");
    }
    schema.push_back(std::move(spec));
  }
  return schema;
}

LoadInfo ReadLoad(const Fields& fields) {
  LoadInfo load;
  load.sha256 = fields.Text("sha256");
  load.options = fields.Text("options");
  load.source = fields.Text("source");
  load.rows = fields.Whole("rows");
  load.loaded_at = fields.Text("loaded_at");
  return load;
}

}  // namespace

Json ToJson(const Schema& schema) {
  Json json = Json::array();
  for (const ColumnSpec& spec : schema) {
    json.push_back({{"name", spec.name},
                    {"type", TypeName(spec.type)},
                    {"role", RoleName(spec.role)},
                    {"unit", spec.unit}});
  }
  return json;
}

Result<Schema> SchemaFromJson(const Json& json) {
  FirstError error;
  Schema schema = ReadSchema(ObjectsOf(json, "schema", &error));
  return std::move(error).Or(std::move(schema));
}

Json ToJson(const DatasetInfo& info) {
  Json loads = Json::array();
  for (const LoadInfo& load : info.loads) {
    loads.push_back({{"sha256", load.sha256},
                     {"options", load.options},
                     {"source", load.source},
                     {"rows", load.rows},
                     {"loaded_at", load.loaded_at}});
  }
  return {{"name", info.name},
          {"generation", info.generation},
          {"current", info.current},
          {"rows", info.rows},
          {"grain", info.grain},
          {"currency", TextOrNullJson(info.currency)},
          {"created_at", info.created_at},
          {"schema", ToJson(info.schema)},
          {"loads", std::move(loads)}};
}

Result<DatasetInfo> DatasetInfoFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  DatasetInfo info;
  info.name = fields.Text("name");
  info.generation = fields.Whole("generation");
  info.current = fields.Flag("current");
  info.rows = fields.Whole("rows");
  info.grain = fields.Text("grain");
  info.currency = fields.TextOrNull("currency");
  info.created_at = fields.Text("created_at");
  info.schema = ReadSchema(fields.Objects("schema"));
  for (const Fields& load : fields.Objects("loads")) info.loads.push_back(ReadLoad(load));
  return std::move(error).Or(std::move(info));
}

Json ToJson(const Options& options) {
  Json json = {{"dataset", options.dataset},
               {"categories", options.categories},
               {"ranges", Json::object()},
               {"dates", nullptr},
               {"currency", TextOrNullJson(options.currency)}};
  for (const auto& [name, range] : options.ranges) {
    json["ranges"][name] = {{"min", NumberOrNullJson(range.min)},
                            {"max", NumberOrNullJson(range.max)}};
  }
  if (options.dates) {
    json["dates"] = {{"first", options.dates->first}, {"last", options.dates->second}};
  }
  return json;
}

Result<Options> OptionsFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Options options;
  options.dataset = fields.Text("dataset");
  const Fields categories = fields.Object("categories");
  for (const std::string& name : categories.Keys()) {
    options.categories[name] = categories.Texts(name);
  }
  for (const auto& [name, range] : fields.Members("ranges")) {
    options.ranges[name] = {range.NumberOrNan("min"), range.NumberOrNan("max")};
  }
  if (!fields.IsNull("dates")) {
    const Fields dates = fields.Object("dates");
    options.dates = {dates.Text("first"), dates.Text("last")};
  }
  options.currency = fields.TextOrNull("currency");
  return std::move(error).Or(std::move(options));
}

Json ToJson(const DatasetDetails& details) {
  Json generations = Json::array();
  for (const DatasetInfo& info : details.generations) generations.push_back(ToJson(info));
  Json channels = Json::array();
  for (const GroupSums& group : details.channels) {
    Json row = {{column::kChannelUsed, group.level}, {"rows", group.rows}};
    for (size_t i = 0; i < details.sums.size(); ++i) {
      row[details.sums[i]] = NumberOrNullJson(group.sums[i]);
    }
    channels.push_back(std::move(row));
  }
  return {{"generations", std::move(generations)}, {"channels", std::move(channels)}};
}

Result<DatasetDetails> DatasetDetailsFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  DatasetDetails details;
  if (fields.Has("generations") && json.at("generations").is_array()) {
    for (const Json& generation : json.at("generations")) {
      PYTHIA_ASSIGN(DatasetInfo info, DatasetInfoFromJson(generation));
      details.generations.push_back(std::move(info));
    }
  } else {
    fields.Refuse("generations", "must be an array");
  }
  const std::vector<Fields> channels = fields.Objects("channels");
  for (const std::string_view sum :
       {column::kImpressions, column::kClicks, column::kAcquisitionCost, column::kRevenue}) {
    if (!channels.empty() && channels.front().Has(sum)) details.sums.emplace_back(sum);
  }
  for (const Fields& channel : channels) {
    GroupSums group;
    group.level = channel.Text(column::kChannelUsed);
    group.rows = channel.Whole("rows");
    for (const std::string& sum : details.sums) group.sums.push_back(channel.NumberOrNan(sum));
    details.channels.push_back(std::move(group));
  }
  return std::move(error).Or(std::move(details));
}

}  // namespace pythia
