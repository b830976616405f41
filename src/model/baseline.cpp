#include "model/baseline.h"

#include <array>

#include "campaign/schema.h"

namespace pythia {
namespace {

const Column* GroupColumn(const Table& table, const std::string& name) {
  const Column* column = name.empty() ? nullptr : table.Find(name);
  return column != nullptr && column->type() == ColumnType::kCategory ? column : nullptr;
}

}  // namespace

std::string Baseline::Name() const {
  const std::string scope = column.empty() ? "overall " : "";
  std::string name;
  if (target == "success") {
    name = scope + "rate";
  } else if (per == Per::kCampaign) {
    name = "average " + target + (column.empty() ? " of all campaigns" : "");
  } else {
    name = scope + target + (per == Per::kImpression ? " per impression" : " per unit of spend");
  }
  return column.empty() ? name : name + " by " + column;
}

const BaselineGroup& Baseline::GroupOf(const Plan& plan) const {
  const auto value = plan.values.find(column);
  if (column.empty() || value == plan.values.end()) return overall;
  const auto* level = std::get_if<std::string>(&value->second);
  const auto group = level == nullptr ? groups.end() : groups.find(*level);
  return group == groups.end() ? overall : group->second;
}

std::vector<Baseline> BaselineShapes(const Table& table, const std::string& target,
                                     std::span<const Per> units) {
  std::vector<Baseline> shapes;
  const std::array<std::string, 3> columns = {"", std::string(column::kChannelUsed),
                                              std::string(column::kCampaignType)};
  for (const std::string& column : columns) {
    if (!column.empty() && GroupColumn(table, column) == nullptr) continue;
    for (const Per per : units) {
      if (per == Per::kSpend && table.Find(column::kAcquisitionCost) == nullptr) continue;
      shapes.push_back({.target = target, .per = per, .column = column});
    }
  }
  return shapes;
}

std::vector<double> UnitsOf(const Table& table, std::span<const int64_t> rows, Per per) {
  if (per == Per::kCampaign) return std::vector<double>(rows.size(), 1);
  const Column& column =
      *table.Find(per == Per::kSpend ? column::kAcquisitionCost : column::kImpressions);
  const auto usable = [&](int64_t row) {
    return !column.IsMissing(row) && column.numbers()[static_cast<size_t>(row)] > 0;
  };
  double sum = 0;
  double known = 0;
  for (const int64_t row : rows) {
    if (!usable(row)) continue;
    sum += column.numbers()[static_cast<size_t>(row)];
    ++known;
  }
  const double mean = known > 0 ? sum / known : 1;
  std::vector<double> units;
  units.reserve(rows.size());
  for (const int64_t row : rows) {
    units.push_back(usable(row) ? column.numbers()[static_cast<size_t>(row)] : mean);
  }
  return units;
}

Baseline FitBaseline(const Baseline& shape, const Table& table, std::span<const int64_t> rows,
                     std::span<const double> y, std::span<const double> units) {
  Baseline fitted = shape;
  double sum_y = 0;
  double sum_units = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum_y += y[i];
    sum_units += units[i];
  }
  const auto n = static_cast<double>(rows.size());
  fitted.overall = {sum_y / sum_units, n};
  fitted.mean_unit = sum_units / n;
  const Column* column = GroupColumn(table, shape.column);
  if (column == nullptr) return fitted;
  struct Sums {
    double y = 0;
    double units = 0;
    double rows = 0;
  };
  std::vector<Sums> by_code(column->dictionary()->size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (column->IsMissing(rows[i])) continue;
    Sums& sums = by_code[column->codes()[static_cast<size_t>(rows[i])]];
    sums.y += y[i];
    sums.units += units[i];
    ++sums.rows;
  }
  for (uint32_t code = 0; code < by_code.size(); ++code) {
    const Sums& sums = by_code[code];
    if (sums.rows == 0) continue;
    fitted.groups[std::string(column->dictionary()->level(code))] = {
        (sums.y + fitted.overall.rate * fitted.mean_unit) / (sums.units + fitted.mean_unit),
        sums.rows};
  }
  return fitted;
}

std::vector<double> BaselineMeans(const Baseline& baseline, const Table& table,
                                  std::span<const int64_t> rows, std::span<const double> units) {
  std::vector<double> mu;
  mu.reserve(rows.size());
  const Column* column = GroupColumn(table, baseline.column);
  std::vector<double> by_code;
  for (uint32_t code = 0; column != nullptr && code < column->dictionary()->size(); ++code) {
    const auto group = baseline.groups.find(std::string(column->dictionary()->level(code)));
    by_code.push_back(group == baseline.groups.end() ? baseline.overall.rate : group->second.rate);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool grouped = column != nullptr && !column->IsMissing(rows[i]);
    const double rate =
        grouped ? by_code[column->codes()[static_cast<size_t>(rows[i])]] : baseline.overall.rate;
    mu.push_back(rate * units[i]);
  }
  return mu;
}

}  // namespace pythia
