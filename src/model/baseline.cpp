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

Units::Units(const TrainingHistory& history, std::span<const uint32_t> rows, Per per) {
  if (per == Per::kCampaign) return;
  column_ = history.Find(per == Per::kSpend ? column::kAcquisitionCost : column::kImpressions);
  double sum = 0;
  double known = 0;
  for (const uint32_t row : rows) {
    const double unit = column_->number(row);
    if (!(unit > 0)) continue;
    sum += unit;
    ++known;
  }
  if (known > 0) mean_ = sum / known;
}

double Units::Of(size_t row) const {
  if (column_ == nullptr) return 1;
  const double unit = column_->number(row);
  return unit > 0 ? unit : mean_;  // not so where it is missing
}

void BaselineSums::Group::Add(const Group& other) {
  y += other.y;
  units += other.units;
  rows += other.rows;
}

void BaselineSums::Add(double y, double units, uint32_t code) {
  const Group row{.y = y, .units = units, .rows = 1};
  all.Add(row);
  if (code != kMissingCode) by_code[code].Add(row);
}

void BaselineSums::Add(const BaselineSums& other) {
  all.Add(other.all);
  if (by_code.size() < other.by_code.size()) by_code.resize(other.by_code.size());
  for (size_t code = 0; code < other.by_code.size(); ++code) by_code[code].Add(other.by_code[code]);
}

const TrainingColumn* GroupColumn(const TrainingHistory& history, const Baseline& shape) {
  const TrainingColumn* column = shape.column.empty() ? nullptr : history.Find(shape.column);
  return column != nullptr && column->type() == ColumnType::kCategory ? column : nullptr;
}

Baseline FitBaseline(const Baseline& shape, const TrainingHistory& history,
                     const BaselineSums& sums) {
  Baseline fitted = shape;
  fitted.overall = {sums.all.y / sums.all.units, sums.all.rows};
  fitted.mean_unit = sums.all.units / sums.all.rows;
  const TrainingColumn* column = GroupColumn(history, shape);
  for (uint32_t code = 0; column != nullptr && code < sums.by_code.size(); ++code) {
    const BaselineSums::Group& of = sums.by_code[code];
    if (of.rows == 0) continue;
    fitted.groups[std::string(column->dictionary()->level(code))] = {
        (of.y + fitted.overall.rate * fitted.mean_unit) / (of.units + fitted.mean_unit), of.rows};
  }
  return fitted;
}

Baseline FitBaseline(const Baseline& shape, const TrainingHistory& history,
                     std::span<const uint32_t> rows, std::span<const double> y,
                     const Units& units) {
  const TrainingColumn* column = GroupColumn(history, shape);
  BaselineSums sums;
  if (column != nullptr) sums.by_code.resize(column->dictionary()->size());
  for (size_t i = 0; i < rows.size(); ++i) {
    sums.Add(y[i], units.Of(rows[i]), column == nullptr ? kMissingCode : column->code(rows[i]));
  }
  return FitBaseline(shape, history, sums);
}

std::vector<double> RatesOf(const Baseline& baseline, const Dictionary* groups) {
  std::vector<double> rates;
  for (uint32_t code = 0; groups != nullptr && code < groups->size(); ++code) {
    const auto group = baseline.groups.find(std::string(groups->level(code)));
    rates.push_back(group == baseline.groups.end() ? baseline.overall.rate : group->second.rate);
  }
  rates.push_back(baseline.overall.rate);
  return rates;
}

std::vector<double> BaselineMeans(const Baseline& baseline, const Table& table,
                                  std::span<const int64_t> rows, std::span<const double> units) {
  std::vector<double> mu;
  mu.reserve(rows.size());
  const Column* column = GroupColumn(table, baseline.column);
  const std::vector<double> by_code =
      RatesOf(baseline, column == nullptr ? nullptr : column->dictionary().get());
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool grouped = column != nullptr && !column->IsMissing(rows[i]);
    const double rate =
        grouped ? by_code[column->codes()[static_cast<size_t>(rows[i])]] : baseline.overall.rate;
    mu.push_back(rate * units[i]);
  }
  return mu;
}

}  // namespace pythia
