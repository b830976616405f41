#include "recommend/recommend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/schema.h"
#include "model/guard.h"
#include "recommend/landscape.h"
#include "recommend/neighbourhood.h"
#include "recommend/shrinkage.h"

namespace pythia {
namespace {

constexpr double kLevel = 0.95;
constexpr double kTwoSided95 = 1.959963984540054;
constexpr double kRankErrors = 1.28;  // the lower bound that ranks: one-sided 90 %
constexpr size_t kMostAlternatives = 4;
constexpr int kCurvePoints = 25;

// The candidates of one fit, each with its shrunken value.
struct Ranking {
  std::vector<int> order;     // plans, best lower bound first
  std::vector<double> value;  // [plans], on the scale of y
  std::vector<double> error;  // [plans]
  TauWeights tau;
  double variance = 0;  // of a single residual
};

struct ResidualSums {
  std::vector<CellMean> cells;  // [plans]
  double variance = 0;          // over all rows of the neighbourhood
};

// Residuals of the rows that `counts` says yes to.
template <typename Counts>
ResidualSums SumResiduals(const Neighbourhood& near, const std::vector<double>& residual,
                          const Counts& counts) {
  ResidualSums sums{.cells = std::vector<CellMean>(near.plans.size()), .variance = 0};
  double all = 0;
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < residual.size(); ++i) {
    if (std::isnan(residual[i]) || !counts(i)) continue;
    ++all;
    sum += residual[i];
    squares += residual[i] * residual[i];
    if (near.cell[i] < 0) continue;
    CellMean& cell = sums.cells[static_cast<size_t>(near.cell[i])];
    cell.mean += residual[i];
    ++cell.rows;
  }
  for (CellMean& cell : sums.cells) {
    if (cell.rows > 0) cell.mean /= cell.rows;
  }
  if (all > 0) sums.variance = std::max(0.0, squares / all - (sum / all) * (sum / all));
  return sums;
}

class Recommender {
 public:
  Recommender(const Table& campaigns, const ValueModels& values, const Model& model,
              const Wish& wish, Recommendation* out)
      : campaigns_(campaigns), values_(values), model_(model), wish_(wish), out_(*out) {}

  Status FindNeighbours();
  Status Choose();
  void Value();
  void Compare();
  void AddAlternatives();
  void AddRoiProbability();
  void AddCurve();
  void Say();
  void Warn();

 private:
  const ValueModel& ObjectiveModel() const { return values_.of.at(wish_.objective); }
  // Candidates of a fit that learned from the rows that `counts` says yes to; `share` of all rows.
  template <typename Counts>
  Ranking Rank(const Landscape& land, double share, const Counts& counts) const;
  std::optional<Expected> Stated(const ValueModel& model) const;
  Status CheckFixed() const;
  std::vector<double> SupportingSpends() const;
  bool MatchesFixed(size_t row) const;
  Status UseDecisions(double budget);
  Prediction PredictAt(double budget) const;
  Expected FromNormal(const ValueModel& model, double value, double error) const;

  const Table& campaigns_;
  const ValueModels& values_;
  const Model& model_;
  const Wish& wish_;
  Recommendation& out_;

  std::vector<Decision> decisions_;
  std::optional<SpendSupport> support_;
  Neighbourhood near_;
  std::vector<Plan> plans_;  // near_.plans with the spend and what was fixed
  Ranking ranking_;
  size_t winner_ = 0;
  std::vector<int> fold_winners_;  // -1: the fold had no candidate
  std::map<ValueKind, std::optional<Expected>> stated_;
};

Status Recommender::CheckFixed() const {
  for (const auto& [name, value] : wish_.fixed.values) {
    const auto decision = std::find_if(decisions_.begin(), decisions_.end(),
                                       [&](const Decision& d) { return d.column == name; });
    if (decision != decisions_.end()) {
      if (decision->Find(value)) continue;
      std::string known;
      for (const PlanValue& one : decision->values) {
        const auto* text = std::get_if<std::string>(&one);
        known += (known.empty() ? "" : ", ") +
                 (text != nullptr ? Printable(*text) : fmt::format("{}", std::get<double>(one)));
        if (known.size() > 300) break;
      }
      const auto* text = std::get_if<std::string>(&value);
      return Fail(
          Error{.code = ErrorCode::kBadInput,
                .message = "no campaign of the history has this value",
                .place = {.column = name},
                .value = text != nullptr ? *text : fmt::format("{}", std::get<double>(value)),
                .hint = "It has: " + known + "."});
    }
    const Column* column = campaigns_.Find(name);
    const auto* text = std::get_if<std::string>(&value);
    if (column == nullptr || text == nullptr || column->type() != ColumnType::kCategory) continue;
    if (column->dictionary()->Find(*text) == kMissingCode) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = "no campaign of the history has this value",
                        .place = {.column = name},
                        .value = *text,
                        .hint = "See pythia options for the values that there are."});
    }
  }
  return {};
}

bool Recommender::MatchesFixed(size_t row) const {
  return std::all_of(decisions_.begin(), decisions_.end(), [&](const Decision& decision) {
    const auto wanted = wish_.fixed.values.find(decision.column);
    return wanted == wish_.fixed.values.end() ||
           decision.Find(wanted->second) == decision.of_row[row];
  });
}

// Spends of the campaigns that agree with what was fixed.
std::vector<double> Recommender::SupportingSpends() const {
  std::vector<double> spends;
  const ValueModel& model = ObjectiveModel();
  const Column& spend = *campaigns_.Find(column::kAcquisitionCost);
  for (const int64_t row : model.rows) {
    const auto at = static_cast<size_t>(row);
    if (MatchesFixed(at)) spends.push_back(spend.numbers()[at]);
  }
  return spends;
}

// The most detailed decisions that leave a choice at the budget: all of them, or as many as have
// candidates.
Status Recommender::UseDecisions(double budget) {
  const size_t count = decisions_.size();
  std::vector<unsigned> subsets(size_t{1} << count);
  std::iota(subsets.begin(), subsets.end(), 0U);
  std::stable_sort(subsets.begin(), subsets.end(), [](unsigned a, unsigned b) {
    return __builtin_popcount(a) > __builtin_popcount(b);
  });
  for (const int64_t enough : {int64_t{2}, int64_t{1}}) {
    for (const unsigned subset : subsets) {
      std::vector<Decision> used;
      std::string dropped;
      bool drops_fixed = false;
      for (size_t d = 0; d < count; ++d) {
        if ((subset >> d & 1U) != 0) {
          used.push_back(decisions_[d]);
          continue;
        }
        drops_fixed = drops_fixed || wish_.fixed.values.contains(decisions_[d].column);
        dropped += (dropped.empty() ? "" : ", ") + decisions_[d].column;
      }
      if (drops_fixed) continue;
      Neighbourhood near = NeighboursOf(campaigns_, budget, used, wish_.fixed);
      int64_t candidates = 0;
      for (size_t p = 0; p < near.plans.size(); ++p) {
        candidates += near.allowed[p] && near.counts[p] >= kMinCandidateRows ? 1 : 0;
      }
      if (candidates < enough) continue;
      if (!dropped.empty()) {
        out_.warnings.push_back(fmt::format(
            "too few campaigns near this budget to tell plans by {} as well: it is averaged over",
            dropped));
      }
      decisions_ = std::move(used);
      near_ = std::move(near);
      return {};
    }
  }
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = fmt::format("fewer than {} campaigns near the budget agree with "
                                           "what was fixed",
                                           kMinCandidateRows),
                    .hint = "Fix less, or load more history."});
}

Status Recommender::FindNeighbours() {
  decisions_ = DecisionsOf(campaigns_);
  PYTHIA_TRY(CheckFixed());
  support_.emplace(SupportingSpends());
  const std::optional<double> budget = support_->Nearest(wish_.budget);
  if (!budget) {
    return Fail(Error{
        .code = ErrorCode::kBadInput,
        .message = fmt::format("no budget has {} campaigns within a factor {} of it{}",
                               kMinCandidateRows, kNearFactor,
                               wish_.fixed.values.empty() ? "" : " that agree with what was fixed"),
        .hint = "Load more history, or fix less."});
  }
  out_.budget = wish_.budget;
  out_.used_budget = *budget;
  if (*budget != wish_.budget) {
    out_.warnings.push_back(fmt::format(
        "no campaigns support a budget of {:.10g}; answered for {:.10g}, the nearest that {} or "
        "more campaigns are near to",
        wish_.budget, *budget, kMinCandidateRows));
  }
  PYTHIA_TRY(UseDecisions(*budget));
  for (const Plan& plan : near_.plans) {
    Plan complete = wish_.fixed;
    for (const auto& [name, value] : plan.values) complete.values[name] = value;
    complete.values[std::string(column::kAcquisitionCost)] = *budget;
    plans_.push_back(std::move(complete));
  }
  const Column& spend = *campaigns_.Find(column::kAcquisitionCost);
  out_.evidence.near_budget = static_cast<int64_t>(near_.rows.size());
  out_.evidence.spend_from = HUGE_VAL;
  for (const int64_t row : near_.rows) {
    const double spent = spend.numbers()[static_cast<size_t>(row)];
    out_.evidence.spend_from = std::min(out_.evidence.spend_from, spent);
    out_.evidence.spend_to = std::max(out_.evidence.spend_to, spent);
  }
  return {};
}

template <typename Counts>
Ranking Recommender::Rank(const Landscape& land, double share, const Counts& counts) const {
  ResidualSums sums = SumResiduals(near_, land.residual, counts);
  const double need = share * static_cast<double>(kMinCandidateRows);
  for (CellMean& cell : sums.cells) {
    if (cell.rows < need) cell = {};
  }
  Ranking ranking{.tau = LearnTau(sums.cells, sums.variance), .variance = sums.variance};
  for (size_t p = 0; p < plans_.size(); ++p) {
    const Shrunken own = Shrink(sums.cells[p], sums.variance, ranking.tau);
    const double f = land.value[p];
    ranking.value.push_back(f * (1 + own.mean));
    ranking.error.push_back(f * std::sqrt(own.variance + land.log_error[p] * land.log_error[p]));
    if (near_.allowed[p] && sums.cells[p].rows > 0) ranking.order.push_back(static_cast<int>(p));
  }
  const auto bound = [&](int p) {
    const auto at = static_cast<size_t>(p);
    return ranking.value[at] - kRankErrors * ranking.error[at];
  };
  std::stable_sort(ranking.order.begin(), ranking.order.end(),
                   [&](int a, int b) { return bound(a) > bound(b); });
  return ranking;
}

Status Recommender::Choose() {
  const ValueModel& model = ObjectiveModel();
  const Landscape land = LandscapeOf(campaigns_, model, model.all, near_, plans_);
  ranking_ = Rank(land, 1, [](size_t) { return true; });
  if (ranking_.order.empty()) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = fmt::format("fewer than {} campaigns like any plan near the "
                                             "budget have the outcome",
                                             kMinCandidateRows),
                      .value = out_.objective});
  }
  winner_ = static_cast<size_t>(ranking_.order.front());
  const std::vector<int> fold = FoldsNear(model, near_);
  for (size_t k = 0; k < model.folds.size(); ++k) {
    const auto learned = static_cast<double>(std::count_if(
        model.fold.begin(), model.fold.end(), [&](int f) { return f != static_cast<int>(k); }));
    const Landscape of_fold = LandscapeOf(campaigns_, model, model.folds[k], near_, plans_);
    const Ranking ranking = Rank(of_fold, learned / static_cast<double>(model.fold.size()),
                                 [&](size_t i) { return fold[i] != static_cast<int>(k); });
    fold_winners_.push_back(ranking.order.empty() ? -1 : ranking.order.front());
  }
  out_.plan = plans_[winner_];
  for (const Decision& decision : decisions_) {
    if (!wish_.fixed.values.contains(decision.column)) out_.decided.push_back(decision.column);
  }
  const auto duration = out_.plan.values.find(std::string(column::kDuration));
  if (duration != out_.plan.values.end()) out_.duration = std::get<double>(duration->second);
  out_.evidence.like_it = near_.counts[winner_];
  out_.evidence.candidates = static_cast<int64_t>(ranking_.order.size());
  return {};
}

Expected Recommender::FromNormal(const ValueModel& model, double value, double error) const {
  const double half = kTwoSided95 * error;
  return {value - model.shift,
          {std::max(0.0, value - half) - model.shift, value + half - model.shift, kLevel}};
}

// The value of what each fold chose, by the rows that it was chosen without.
std::optional<Expected> Recommender::Stated(const ValueModel& model) const {
  const std::vector<int> fold = FoldsNear(model, near_);
  std::vector<TauWeights> taus;
  std::vector<double> held_out;
  std::vector<double> values;
  CellMean pooled;
  double variance = 0;
  for (size_t k = 0; k < model.folds.size() && k < fold_winners_.size(); ++k) {
    if (fold_winners_[k] < 0) continue;
    const Landscape land = LandscapeOf(campaigns_, model, model.folds[k], near_, plans_);
    const Ranking others = Rank(land, 1, [&](size_t i) { return fold[i] != static_cast<int>(k); });
    taus.push_back(others.tau);
    variance += others.variance;
    double rows = 0;
    for (size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] != static_cast<int>(k) || near_.cell[i] != fold_winners_[k]) continue;
      if (std::isnan(land.residual[i])) continue;
      pooled.mean += land.residual[i];
      ++rows;
    }
    pooled.rows += rows;
    held_out.push_back(rows);
    values.push_back(land.value[static_cast<size_t>(fold_winners_[k])]);
  }
  if (values.empty()) return std::nullopt;
  if (pooled.rows > 0) pooled.mean /= pooled.rows;
  double value = 0;
  for (size_t k = 0; k < values.size(); ++k) {
    value += values[k] *
             (pooled.rows > 0 ? held_out[k] / pooled.rows : 1 / static_cast<double>(values.size()));
  }
  const Shrunken own = Shrink(pooled, variance / static_cast<double>(values.size()), MeanTau(taus));
  const Landscape all = LandscapeOf(campaigns_, model, model.all, near_, plans_);
  const double fit_error = all.value[winner_] * all.log_error[winner_];
  return FromNormal(model, value * (1 + own.mean),
                    std::sqrt(value * value * own.variance + fit_error * fit_error));
}

void Recommender::Value() {
  for (const auto& [kind, model] : values_.of) {
    stated_[kind] = Stated(model);
  }
  const auto of = [&](ValueKind kind) {
    const auto found = stated_.find(kind);
    return found == stated_.end() ? std::nullopt : found->second;
  };
  out_.expected = {of(ValueKind::kClicks), of(ValueKind::kRoi), of(ValueKind::kCtr)};
  const ValueModel& model = ObjectiveModel();
  const std::vector<int> fold = FoldsNear(model, near_);
  for (size_t i = 0; i < fold.size(); ++i) {
    const bool valued = fold[i] >= 0 && static_cast<size_t>(fold[i]) < fold_winners_.size() &&
                        near_.cell[i] >= 0 &&
                        near_.cell[i] == fold_winners_[static_cast<size_t>(fold[i])];
    out_.evidence.held_out += valued ? 1 : 0;
  }
}

void Recommender::Compare() {
  Plan moved = wish_.fixed;
  moved.values[std::string(column::kAcquisitionCost)] = out_.used_budget;
  std::optional<Expected> objective;
  for (const auto& [kind, model] : values_.of) {
    const AverageValue average = AverageOf(campaigns_, model, model.all, near_, moved);
    if (average.rows == 0) continue;
    const Expected expected = FromNormal(model, average.value, average.error);
    if (kind == ValueKind::kClicks) out_.average.expected.clicks = expected;
    if (kind == ValueKind::kRoi) out_.average.expected.roi = expected;
    if (kind == ValueKind::kCtr) out_.average.expected.ctr = expected;
    if (kind != wish_.objective) continue;
    const std::optional<Expected>& stated = stated_.at(kind);
    if (!stated) continue;
    const double error = (stated->interval.upper - stated->value) / kTwoSided95;
    const double value = stated->value + model.shift - average.value;
    const double half = kTwoSided95 * std::sqrt(error * error + average.error * average.error);
    out_.uplift.difference = {value, {value - half, value + half, kLevel}};
    out_.uplift.share = average.value > 0 ? value / average.value : 0;
  }
  const Column* roi = campaigns_.Find(column::kRoi);
  if (roi != nullptr && out_.average.expected.roi) {
    const Column& spend = *campaigns_.Find(column::kAcquisitionCost);
    double spent = 0;
    double returned = 0;
    for (const int64_t row : near_.rows) {
      if (roi->IsMissing(row)) continue;
      const auto at = static_cast<size_t>(row);
      spent += spend.numbers()[at];
      returned += spend.numbers()[at] * roi->numbers()[at];
    }
    if (spent > 0) out_.average.roi_by_spend = returned / spent;
  }
  out_.verdict = out_.uplift.difference.interval.lower > 0 ? "better" : "no_better";
}

void Recommender::AddAlternatives() {
  const ValueModel& model = ObjectiveModel();
  for (size_t i = 1; i < ranking_.order.size() && i <= kMostAlternatives; ++i) {
    const auto p = static_cast<size_t>(ranking_.order[i]);
    out_.alternatives.push_back(
        {near_.plans[p], FromNormal(model, ranking_.value[p], ranking_.error[p]), near_.counts[p]});
  }
}

Prediction Recommender::PredictAt(double budget) const {
  Plan plan = out_.plan;
  plan.values[std::string(column::kAcquisitionCost)] = budget;
  return Predict(model_, out_.model_version, plan);
}

void Recommender::AddRoiProbability() {
  const Prediction prediction = PredictAt(out_.used_budget);
  out_.roi_probability = prediction.roi_probability;
  out_.roi_probability_interval = prediction.roi_probability_interval;
  out_.roi_threshold = prediction.roi_threshold;
  out_.roi_threshold_rule = prediction.roi_threshold_rule;
}

// The stated values moved along the spend's effect; the mix of everything else is held.
void Recommender::AddCurve() {
  const auto moved = [&](ValueKind kind, double budget) -> std::optional<Expected> {
    const auto found = stated_.find(kind);
    if (found == stated_.end() || !found->second) return std::nullopt;
    const std::optional<Expected>& stated = found->second;
    const ValueModel& model = values_.of.at(kind);
    const Elasticity along = SpendElasticity(model.all);
    const double step = std::log1p(budget) - std::log1p(out_.used_budget);
    const double value = stated->value * std::exp(along.value * step);
    const double here = (stated->interval.upper - stated->value) / kTwoSided95 / stated->value;
    return FromNormal(model, value, value * std::hypot(here, along.error * step));
  };
  for (const double budget : support_->Grid(kCurvePoints)) {
    CurvePoint point{.budget = budget, .campaigns = support_->Near(budget)};
    point.clicks = moved(ValueKind::kClicks, budget);
    point.impressions = moved(ValueKind::kImpressions, budget);
    const Prediction prediction = PredictAt(budget);
    if (prediction.roi_probability) {
      point.roi_probability =
          Expected{*prediction.roi_probability,
                   prediction.roi_probability_interval.value_or(Interval{0, 1, kLevel})};
    }
    out_.curve.push_back(std::move(point));
  }
}

void Recommender::Say() {
  const bool roi = wish_.objective == ValueKind::kRoi;
  const std::string what = roi ? "ROI" : wish_.objective == ValueKind::kCtr ? "CTR" : "clicks";
  const auto number = [&](double value) {
    const int digits = wish_.objective == ValueKind::kClicks ? 0 : roi ? 2 : 4;
    const double unit = std::pow(10.0, digits);
    return fmt::format("{:.{}f}", std::round(value * unit) / unit + 0.0, digits);  // no "-0"
  };
  const Expected& gain = out_.uplift.difference;
  if (out_.decided.empty() && out_.alternatives.empty()) {
    out_.words =
        "there is nothing to choose between here; what follows is what such campaigns brought";
    return;
  }
  if (out_.verdict == "better") {
    out_.words = fmt::format(
        "campaigns like this one had {} more {} than your average campaign near this budget (95 % "
        "interval {} to {}); past campaigns were not assigned at random, so this is what went "
        "together, not what a switch would bring",
        number(gain.value), what, number(gain.interval.lower), number(gain.interval.upper));
    return;
  }
  out_.words = fmt::format(
      "no better than your average campaign near this budget: the difference in {} is {} (95 % "
      "interval {} to {}), which chance alone explains",
      what, number(gain.value), number(gain.interval.lower), number(gain.interval.upper));
}

void Recommender::Warn() {
  for (const std::string& warning : values_.warnings) out_.warnings.push_back(warning);
  const auto roi = model_.report.models.find("roi");
  if (out_.roi_probability && roi != model_.report.models.end() && roi->second.verdict &&
      roi->second.verdict->verdict != "signal") {
    out_.warnings.push_back("ROI probability: " + roi->second.verdict->words);
  }
  const double r = SpendFollowsClicks(campaigns_);
  if (r >= kRealisedSpend && !model_.report.planned_spend) {
    out_.warnings.push_back(fmt::format(
        "{} follows the clicks (correlation {:.3f} of the logarithms): it looks like what was "
        "billed, not what was planned, and then says little of a budget; train --planned-spend "
        "declares it planned",
        column::kAcquisitionCost, r));
  }
}

}  // namespace

Result<Recommendation> Recommend(const Table& campaigns, const ValueModels& values,
                                 const Model& model, std::string_view model_version,
                                 const Wish& wish) {
  PYTHIA_CHECK(wish.objective != ValueKind::kImpressions);
  if (!(wish.budget > 0 && std::isfinite(wish.budget))) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "a budget is an amount above 0",
                      .value = fmt::format("{}", wish.budget)});
  }
  if (!values.of.contains(wish.objective)) {
    std::string known;
    for (const auto& [kind, value] : values.of) {
      if (kind == ValueKind::kImpressions) continue;
      known += (known.empty() ? "" : ", ") + std::string(ValueKindName(kind));
    }
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "too few campaigns have a spend and the outcome to recommend by",
                      .value = std::string(ValueKindName(wish.objective)),
                      .hint = "This history can be asked for: " + known + "."});
  }
  Recommendation out{.objective = std::string(ValueKindName(wish.objective)),
                     .model_version = std::string(model_version)};
  Recommender recommender(campaigns, values, model, wish, &out);
  PYTHIA_TRY(recommender.FindNeighbours());
  PYTHIA_TRY(recommender.Choose());
  recommender.Value();
  recommender.Compare();
  recommender.AddAlternatives();
  recommender.AddRoiProbability();
  recommender.AddCurve();
  recommender.Say();
  recommender.Warn();
  return out;
}

}  // namespace pythia
