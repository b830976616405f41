// Distinct values, ranges and grouped sums over the current generation. A load never changes, so
// what it holds is written with it; what is not, the server computes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "store/column_rules.h"
#include "store/mongodb/catalog.h"
#include "store/mongodb/field_names.h"
#include "store/mongodb/mongo_store.h"

namespace pythia::mongo {
namespace {

bool HasRange(ColumnType type) { return !IsTextual(type); }

Document MatchLoads(const std::vector<int64_t>& loads) {
  std::vector<Document> ranges;
  for (const int64_t load : loads) ranges.push_back(RowsOf(load));
  Document match;
  if (ranges.size() == 1) return RowsOf(loads.front());
  return match.List("$or", ranges);
}

// {$sum: value where it is a finite number, else 0}.
Document FiniteSum(const std::string& field) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  const std::string path = "$" + field;
  Document at_least;
  Document at_most;
  Document low;
  Document high;
  low.Text("0", path).Number("1", -kLargest);
  high.Text("0", path).Number("1", kLargest);
  bson_append_array(at_least.get(), "$gte", -1, low.get());
  bson_append_array(at_most.get(), "$lte", -1, high.get());
  Document both;
  both.List("$and", {at_least, at_most});
  Document choice;
  choice.Inner("0", both).Text("1", path).Whole("2", 0);
  Document condition;
  bson_append_array(condition.get(), "$cond", -1, choice.get());
  return Of("$sum", condition);
}

Result<std::vector<GroupSums>> AskSums(const Shared& shared, const Document& match,
                                       std::string_view group, std::span<const std::string> columns,
                                       bool finite_only) {
  Document stage;
  stage.Text("_id", "$" + FieldName(group)).Inner("rows", Of("$sum", int64_t{1}));
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string field = FieldName(columns[i]);
    stage.Inner(fmt::format("s{}", i), finite_only ? FiniteSum(field) : Of("$sum", "$" + field));
  }
  PYTHIA_ASSIGN(const auto found, shared.database->Aggregate(shared.names.clean_campaigns,
                                                             {match, Of("$group", stage)}));
  std::map<std::string, GroupSums> groups;  // missing and empty text are one
  for (const Document& one : found) {
    const Reader reader(one.get());
    GroupSums& sums = groups[reader.Text("_id")];
    sums.rows += reader.Whole("rows");
    sums.sums.resize(columns.size());
    for (size_t i = 0; i < columns.size(); ++i) {
      sums.sums[i] += reader.Number(fmt::format("s{}", i));
    }
  }
  std::vector<GroupSums> out;
  for (auto& [level, sums] : groups) {
    sums.level = level;
    out.push_back(std::move(sums));
  }
  return out;
}

}  // namespace

Result<std::vector<LevelCount>> MongoStore::DistinctValues(std::string_view dataset,
                                                           std::string_view column) {
  PYTHIA_ASSIGN(const Snapshot current, RequireSnapshot(*shared_.database, dataset, 0, true));
  PYTHIA_TRY(CheckColumn(current.info.schema, column, IsTextual, "single values"));
  std::map<std::string, int64_t> counts;
  std::vector<int64_t> to_ask;
  for (const LoadEntry& load : current.loads) {
    const LoadColumn* have = load.Find(column);
    if (have == nullptr) continue;
    if (!have->levels) {
      to_ask.push_back(load.id);
      continue;
    }
    for (const LevelCount& level : *have->levels) counts[level.level] += level.rows;
  }
  if (!to_ask.empty()) {
    Document group;
    group.Text("_id", "$" + FieldName(column)).Inner("rows", Of("$sum", int64_t{1}));
    PYTHIA_ASSIGN(const auto groups, shared_.database->Aggregate(
                                         shared_.names.clean_campaigns,
                                         {Of("$match", MatchLoads(to_ask)), Of("$group", group)}));
    for (const Document& one : groups) {
      const Reader reader(one.get());
      if (reader.Has("_id")) counts[reader.Text("_id")] += reader.Whole("rows");
    }
  }
  std::vector<LevelCount> values;
  for (const auto& [level, rows] : counts) values.push_back({.level = level, .rows = rows});
  return values;
}

Result<std::optional<Range>> MongoStore::ColumnRange(std::string_view dataset,
                                                     std::string_view column) {
  PYTHIA_ASSIGN(const Snapshot current, RequireSnapshot(*shared_.database, dataset, 0));
  PYTHIA_TRY(CheckColumn(current.info.schema, column, HasRange, "range"));
  std::optional<Range> range;
  for (const LoadEntry& load : current.loads) {
    const LoadColumn* have = load.Find(column);
    if (have == nullptr || !have->range) continue;
    if (!range) range = have->range;
    range->min = std::min(range->min, have->range->min);
    range->max = std::max(range->max, have->range->max);
  }
  return range;
}

Result<std::vector<GroupSums>> MongoStore::SumBy(std::string_view dataset, std::string_view group,
                                                 std::span<const std::string> columns) {
  PYTHIA_ASSIGN(const Snapshot current, RequireSnapshot(*shared_.database, dataset, 0));
  PYTHIA_TRY(CheckColumn(current.info.schema, group, IsTextual, "single values"));
  for (const std::string& column : columns) {
    PYTHIA_TRY(CheckColumn(current.info.schema, column, IsNumeric, "sum"));
  }
  std::vector<int64_t> loads;
  for (const LoadEntry& load : current.loads) loads.push_back(load.id);
  const Document match = Of("$match", MatchLoads(loads));
  PYTHIA_ASSIGN(auto groups, AskSums(shared_, match, group, columns, false));
  // pythia writes no NaN, but one that someone else wrote spoils a whole sum. Asking for finite
  // numbers only takes twice as long.
  const bool spoiled = std::ranges::any_of(groups, [](const GroupSums& one) {
    return !std::ranges::all_of(one.sums, [](double sum) { return std::isfinite(sum); });
  });
  if (!spoiled) return groups;
  return AskSums(shared_, match, group, columns, true);
}

}  // namespace pythia::mongo
