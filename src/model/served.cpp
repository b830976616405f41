#include "model/served.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/random.h"
#include "campaign/schema.h"
#include "model/cross_validate.h"
#include "model/task_design.h"

namespace pythia {
namespace {

// Stands for a unit of 0, whose logarithm has no limit.
constexpr double kLeastUnit = 1e-6;

double LogUnit(double unit) { return std::log(std::max(unit, kLeastUnit)); }

std::optional<double> NumberOf(const Plan& plan, std::string_view name) {
  const auto found = plan.values.find(std::string(name));
  if (found == plan.values.end()) return std::nullopt;
  const auto* number = std::get_if<double>(&found->second);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<double> NumberOf(const Column* column, int64_t row) {
  if (column == nullptr || !IsNumeric(column->type()) || column->IsMissing(row)) {
    return std::nullopt;
  }
  return column->numbers()[static_cast<size_t>(row)];
}

std::string_view UnitColumn(Per per) {
  return per == Per::kSpend ? column::kAcquisitionCost : column::kImpressions;
}

}  // namespace

Status CheckHistory(const Model& model, const Table& campaigns) {
  for (const std::optional<Part>* part : {&model.reach, &model.clicks, &model.roi}) {
    if (!*part || !(*part)->signal) continue;
    const auto column = (*part)->model.encoder.Misses(campaigns);
    if (!column) continue;
    return Fail(Error{.code = ErrorCode::kConflict,
                      .message = "the model was trained with this column; the history has it no "
                                 "more, or with other values",
                      .place = {.column = *column},
                      .hint = "pythia train learns from the history as it is now."});
  }
  return {};
}

std::string_view ServedName(ServedKind kind) {
  switch (kind) {
    case ServedKind::kClicks:
      return "clicks";
    case ServedKind::kClicksWithoutImpressions:
      return "clicks_without_impressions";
    case ServedKind::kRoi:
      return "roi";
  }
  PYTHIA_CHECK(false);
}

std::optional<Served> Served::Of(const Model& model, ServedKind kind) {
  Served served(kind);
  if (kind == ServedKind::kRoi) {
    if (!model.roi) return std::nullopt;
    if (model.roi->signal) {
      served.Add(model.roi->model);
    } else {
      served.Add(model.roi->baseline);
    }
    return served;
  }
  if (!model.clicks) return std::nullopt;
  const Part& clicks = *model.clicks;
  if (kind == ServedKind::kClicks) {
    if (!clicks.signal) {
      served.Add(clicks.baseline);
      return served;
    }
    served.Add(clicks.model);
    served.AddExposure();
    return served;
  }
  if (!model.unplanned || !model.reach) return std::nullopt;
  if (!model.unplanned->signal) {
    served.Add(model.unplanned->baseline);
    return served;
  }
  if (!clicks.signal && clicks.baseline.per == Per::kCampaign) {
    served.Add(clicks.baseline);
    return served;
  }
  if (clicks.signal) {
    served.Add(clicks.model);
  } else {
    // Its unit is the reach.
    served.Add(clicks.baseline, false);
  }
  if (model.reach->signal) {
    served.Add(model.reach->model);
  } else {
    served.Add(model.reach->baseline);
  }
  return served;
}

size_t Served::PlayerOf(std::string_view column) {
  const auto found = std::find(players_.begin(), players_.end(), column);
  if (found != players_.end()) return static_cast<size_t>(found - players_.begin());
  players_.emplace_back(column);
  return players_.size() - 1;
}

void Served::Add(const LinearModel& model) {
  Linear linear{.model = &model, .number_players = {}, .category_players = {}};
  for (const NumericFeature& feature : model.encoder.numbers()) {
    linear.number_players.push_back(PlayerOf(feature.column));
  }
  for (const CategoryFeature& feature : model.encoder.categories()) {
    linear.category_players.push_back(PlayerOf(feature.column));
  }
  intercept_ += model.intercept;
  linears_.push_back(std::move(linear));
}

double Served::RateOf(const BaselineGroup& group) const {
  return kind_ == ServedKind::kRoi ? std::log(group.rate) - std::log1p(-group.rate)
                                   : std::log(group.rate);
}

void Served::Add(const Baseline& baseline, bool with_unit) {
  Rate rate{.baseline = &baseline, .group_player = {}, .unit_player = {}};
  if (!baseline.column.empty()) rate.group_player = PlayerOf(baseline.column);
  if (with_unit && baseline.per != Per::kCampaign)
    rate.unit_player = PlayerOf(UnitColumn(baseline.per));
  intercept_ += RateOf(baseline.overall);
  rates_.push_back(rate);
}

void Served::AddExposure() { exposure_player_ = PlayerOf(column::kImpressions); }

std::vector<double> Served::Contributions(const Plan& plan) const {
  std::vector<double> out(players_.size(), 0);
  for (const Linear& linear : linears_) {
    const Encoder& encoder = linear.model->encoder;
    const EncodedRow row = encoder.Encode(plan, nullptr);
    size_t column = 0;
    for (size_t j = 0; j < row.dense.size(); ++j) {
      out[linear.number_players[j]] += linear.model->beta[column++] * row.dense[j];
    }
    for (size_t c = 0; c < row.codes.size(); ++c) {
      const CategoryFeature& feature = encoder.categories()[c];
      double& value = out[linear.category_players[c]];
      if (row.codes[c] != kAverageLevel) {
        value += linear.model->beta[column + row.codes[c]];
      } else {
        value +=
            feature.AverageOf(std::span(linear.model->beta).subspan(column, feature.levels.size()));
      }
      column += feature.levels.size();
    }
  }
  for (const Rate& rate : rates_) {
    const Baseline& baseline = *rate.baseline;
    if (rate.group_player) {
      out[*rate.group_player] += RateOf(baseline.GroupOf(plan)) - RateOf(baseline.overall);
    }
    if (rate.unit_player) {
      out[*rate.unit_player] +=
          LogUnit(NumberOf(plan, UnitColumn(baseline.per)).value_or(baseline.mean_unit));
    }
  }
  if (exposure_player_) {
    out[*exposure_player_] += LogUnit(NumberOf(plan, column::kImpressions).value_or(1));
  }
  return out;
}

std::vector<double> Served::Contributions(const Table& table, std::span<const int64_t> rows) const {
  const size_t width = players_.size();
  std::vector<double> out(rows.size() * width, 0);
  for (const Linear& linear : linears_) {
    const std::vector<double>& beta = linear.model->beta;
    const glm::MemoryDesign design = DesignOf(table, linear.model->encoder, rows);
    for (size_t j = 0; j < design.dense.size(); ++j) {
      for (size_t i = 0; i < rows.size(); ++i) {
        out[i * width + linear.number_players[j]] += beta[j] * design.dense[j][i];
      }
    }
    for (size_t c = 0; c < design.codes.size(); ++c) {
      const auto first = static_cast<size_t>(design.shape().level_column(static_cast<int>(c)));
      for (size_t i = 0; i < rows.size(); ++i) {
        out[i * width + linear.category_players[c]] += beta[first + design.codes[c][i]];
      }
    }
  }
  for (const Rate& rate : rates_) {
    const Baseline& baseline = *rate.baseline;
    const std::vector<double> ones(rows.size(), 1);
    const std::vector<double> group = BaselineMeans(baseline, table, rows, ones);
    const Column* unit = table.Find(UnitColumn(baseline.per));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rate.group_player) {
        out[i * width + *rate.group_player] +=
            RateOf({.rate = group[i], .rows = 0}) - RateOf(baseline.overall);
      }
      if (rate.unit_player) {
        out[i * width + *rate.unit_player] +=
            LogUnit(NumberOf(unit, rows[i]).value_or(baseline.mean_unit));
      }
    }
  }
  if (exposure_player_) {
    const Column* impressions = table.Find(column::kImpressions);
    for (size_t i = 0; i < rows.size(); ++i) {
      out[i * width + *exposure_player_] += LogUnit(NumberOf(impressions, rows[i]).value_or(1));
    }
  }
  return out;
}

std::vector<int64_t> ExplainableRows(const Table& campaigns, ServedKind kind) {
  const Column* impressions = campaigns.Find(column::kImpressions);
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < campaigns.num_rows(); ++row) {
    const bool usable = kind != ServedKind::kClicks || NumberOf(impressions, row).value_or(0) > 0;
    if (usable) rows.push_back(row);
  }
  return rows;
}

namespace {

// Of the campaigns that the number can be served for, kMostStratified evenly spaced ones.
RowNumbers Stratified(const TrainingHistory& campaigns, ServedKind kind) {
  const TrainingColumn* impressions = campaigns.Find(column::kImpressions);
  const auto usable = [&](size_t row) {
    return kind != ServedKind::kClicks || impressions->number(row) > 0;
  };
  size_t all = 0;
  for (size_t row = 0; row < campaigns.num_rows(); ++row) all += usable(row) ? 1 : 0;
  const size_t some = std::min(all, kMostStratified);
  RowNumbers rows;
  size_t before = 0;  // usable rows
  for (size_t row = 0; row < campaigns.num_rows() && rows.size() < some; ++row) {
    if (!usable(row)) continue;
    if (before++ == rows.size() * all / some) rows.push_back(static_cast<uint32_t>(row));
  }
  return rows;
}

}  // namespace

void DrawBackgrounds(const TrainingHistory& campaigns, uint64_t seed, Model* model) {
  for (const ServedKind kind : kServedKinds) {
    const std::optional<Served> served = Served::Of(*model, kind);
    if (!served || served->players().empty()) continue;
    const Table table = campaigns.Gather(Stratified(campaigns, kind));
    const std::vector<int64_t> rows = AllRows(table);
    if (rows.empty()) continue;
    const size_t width = served->players().size();
    const std::vector<double> all = served->Contributions(table, rows);
    const auto of_row = [&](size_t i) { return std::span(all).subspan(i * width, width); };
    std::vector<double> eta;
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto own = of_row(i);
      eta.push_back(std::accumulate(own.begin(), own.end(), 0.0));
    }
    std::vector<size_t> order(rows.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return eta[a] < eta[b]; });
    const size_t strata = std::min(kBackgroundRows, rows.size());
    std::vector<double>& kept = model->backgrounds[std::string(ServedName(kind))];
    for (size_t s = 0; s < strata; ++s) {
      const size_t from = s * rows.size() / strata;
      const size_t to = (s + 1) * rows.size() / strata;
      Random random(seed, (static_cast<uint64_t>(kind) << 32U) + s);
      const auto drawn = of_row(order[from + random.Below(to - from)]);
      kept.insert(kept.end(), drawn.begin(), drawn.end());
    }
  }
}

}  // namespace pythia
