#include "recommend/neighbourhood.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "campaign/schema.h"

namespace pythia {
namespace {

// Budgets at the very edge of a window count as inside.
constexpr double kSlack = 1 + 1e-12;

Decision CategoryDecision(const Column& column) {
  Decision decision{.column = column.name()};
  std::vector<std::string> names;
  for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
    names.emplace_back(column.dictionary()->level(code));
  }
  std::sort(names.begin(), names.end());
  std::vector<int> by_code;
  for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
    const auto found =
        std::lower_bound(names.begin(), names.end(), column.dictionary()->level(code));
    by_code.push_back(static_cast<int>(found - names.begin()));
  }
  decision.values.assign(names.begin(), names.end());
  for (int64_t row = 0; row < column.size(); ++row) {
    decision.of_row.push_back(
        column.IsMissing(row) ? -1 : by_code[column.codes()[static_cast<size_t>(row)]]);
  }
  return decision;
}

// Where the parts of many durations begin: quartiles of the campaigns, without empty parts.
std::vector<double> PartStarts(const std::vector<double>& sorted) {
  std::vector<double> starts = {sorted.front()};
  for (size_t quarter = 1; quarter < 4; ++quarter) {
    const double start = sorted[sorted.size() * quarter / 4];
    if (start > starts.back()) starts.push_back(start);
  }
  return starts;
}

Decision DurationDecision(const Column& column) {
  Decision decision{.column = column.name()};
  std::vector<double> sorted;
  for (int64_t row = 0; row < column.size(); ++row) {
    if (!column.IsMissing(row)) sorted.push_back(column.numbers()[static_cast<size_t>(row)]);
  }
  decision.of_row.assign(static_cast<size_t>(column.size()), -1);
  if (sorted.empty()) return decision;
  std::sort(sorted.begin(), sorted.end());
  const std::set<double> distinct(sorted.begin(), sorted.end());
  std::vector<double> starts(distinct.begin(), distinct.end());
  if (starts.size() > kMaxDurations) decision.starts = starts = PartStarts(sorted);
  for (size_t part = 0; part < starts.size(); ++part) {
    const auto from = std::lower_bound(sorted.begin(), sorted.end(), starts[part]);
    const auto to = part + 1 < starts.size()
                        ? std::lower_bound(sorted.begin(), sorted.end(), starts[part + 1])
                        : sorted.end();
    decision.values.emplace_back(*(from + (to - from - 1) / 2));
  }
  for (int64_t row = 0; row < column.size(); ++row) {
    if (column.IsMissing(row)) continue;
    const double days = column.numbers()[static_cast<size_t>(row)];
    const auto after = std::upper_bound(starts.begin(), starts.end(), days);
    decision.of_row[static_cast<size_t>(row)] = static_cast<int>(after - starts.begin()) - 1;
  }
  return decision;
}

}  // namespace

std::optional<int> Decision::Find(const PlanValue& value) const {
  const auto* number = std::get_if<double>(&value);
  if (number != nullptr && !starts.empty()) {
    const auto after = std::upper_bound(starts.begin(), starts.end(), *number);
    if (after == starts.begin()) return std::nullopt;
    return static_cast<int>(after - starts.begin()) - 1;
  }
  const auto found = std::find(values.begin(), values.end(), value);
  if (found == values.end()) return std::nullopt;
  return static_cast<int>(found - values.begin());
}

SpendSupport::SpendSupport(std::vector<double> spends) : spends_(std::move(spends)) {
  std::sort(spends_.begin(), spends_.end());
}

int64_t SpendSupport::Near(double budget) const {
  const auto from =
      std::lower_bound(spends_.begin(), spends_.end(), budget / (kNearFactor * kSlack));
  const auto to = std::upper_bound(spends_.begin(), spends_.end(), budget * kNearFactor * kSlack);
  return std::max<int64_t>(0, to - from);
}

std::optional<double> SpendSupport::Nearest(double budget) const {
  const auto need = static_cast<size_t>(kMinCandidateRows);
  if (spends_.size() < need) return std::nullopt;
  if (Near(budget) >= kMinCandidateRows && budget >= spends_.front() && budget <= spends_.back()) {
    return budget;
  }
  std::optional<double> nearest;
  for (size_t i = 0; i + need <= spends_.size(); ++i) {
    // Budgets that have all of spends i .. i + need - 1 near them.
    const double least = std::max(spends_[i + need - 1] / kNearFactor, spends_.front());
    const double most = std::min(spends_[i] * kNearFactor, spends_.back());
    if (!(least <= most)) continue;
    const double here = std::clamp(budget, least, most);
    if (!nearest || std::fabs(std::log(here / budget)) < std::fabs(std::log(*nearest / budget))) {
      nearest = here;
    }
  }
  return nearest;
}

std::vector<double> SpendSupport::Grid(int points) const {
  std::vector<double> grid;
  if (spends_.empty() || !Nearest(spends_.front())) return grid;
  const double least = *Nearest(spends_.front());
  const double most = *Nearest(spends_.back());
  for (int i = 0; i < points; ++i) {
    const double share = points > 1 ? static_cast<double>(i) / (points - 1) : 0;
    const double budget = i + 1 == points ? most : least * std::pow(most / least, share);
    if (Near(budget) < kMinCandidateRows) continue;  // a gap between two kinds of campaigns
    if (grid.empty() || budget > grid.back()) grid.push_back(budget);
  }
  return grid;
}

std::vector<Decision> DecisionsOf(const Table& table) {
  std::vector<Decision> decisions;
  for (const auto name : {column::kChannelUsed, column::kCampaignType, column::kDuration}) {
    const Column* found = table.Find(name);
    if (found == nullptr) continue;
    Decision decision;
    if (IsNumeric(found->type())) {
      decision = DurationDecision(*found);
    } else if (found->type() == ColumnType::kCategory) {
      decision = CategoryDecision(*found);
    }
    if (!decision.values.empty()) decisions.push_back(std::move(decision));
  }
  return decisions;
}

Neighbourhood NeighboursOf(const Table& table, double budget, std::span<const Decision> decisions,
                           const Plan& fixed) {
  Neighbourhood near{.budget = budget};
  const Column& spend = *table.Find(column::kAcquisitionCost);
  std::vector<std::vector<int>> keys;
  std::map<std::vector<int>, int> cells;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    if (spend.IsMissing(row)) continue;
    const double spent = spend.numbers()[static_cast<size_t>(row)];
    if (!(spent > 0 && spent >= budget / (kNearFactor * kSlack) &&
          spent <= budget * kNearFactor * kSlack)) {
      continue;
    }
    near.rows.push_back(row);
    std::vector<int> key;
    for (const Decision& decision : decisions) {
      key.push_back(decision.of_row[static_cast<size_t>(row)]);
    }
    if (std::find(key.begin(), key.end(), -1) == key.end()) cells.emplace(key, 0);
    keys.push_back(std::move(key));
  }
  // Numbered by their values, whatever the order of the rows.
  for (auto& [key, number] : cells) {
    number = static_cast<int>(near.plans.size());
    Plan plan;
    bool allowed = true;
    for (size_t d = 0; d < decisions.size(); ++d) {
      plan.values[decisions[d].column] = decisions[d].values[static_cast<size_t>(key[d])];
      const auto wanted = fixed.values.find(decisions[d].column);
      if (wanted == fixed.values.end()) continue;
      allowed = allowed && decisions[d].Find(wanted->second) == key[d];
      plan.values[decisions[d].column] = wanted->second;
    }
    near.plans.push_back(std::move(plan));
    near.allowed.push_back(allowed);
  }
  near.counts.assign(near.plans.size(), 0);
  for (const std::vector<int>& key : keys) {
    const auto found = cells.find(key);
    near.cell.push_back(found == cells.end() ? -1 : found->second);
    if (found != cells.end()) ++near.counts[static_cast<size_t>(found->second)];
  }
  return near;
}

}  // namespace pythia
