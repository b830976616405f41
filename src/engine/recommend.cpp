#include "recommend/recommend.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "engine/plan_fields.h"
#include "ingest/fields.h"
#include "model/served.h"

namespace pythia {
namespace {

constexpr double kMostBudget = 1e15;

Result<double> ParseBudget(const PlanValue& given, const std::string& currency) {
  const std::string column = "budget";
  double budget = 0;
  if (const auto* text = std::get_if<std::string>(&given)) {
    PYTHIA_TRY(CheckCurrency(*text, currency, column));
    PYTHIA_ASSIGN(const PlanValue typed,
                  ParsePlanValue({column, ColumnType::kMoney, Role::kPlan, {}}, *text));
    budget = std::get<double>(typed);
  } else {
    budget = std::get<double>(given);
  }
  if (budget > 0 && budget <= kMostBudget) return budget;
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "a budget is an amount above 0, up to 1e15",
                    .place = {.column = column},
                    .value = fmt::format("{}", budget)});
}

Result<ValueKind> ObjectiveOf(const std::string& name, const ValueModels& values) {
  if (name.empty()) {
    return values.of.contains(ValueKind::kRoi) ? ValueKind::kRoi : ValueKind::kClicks;
  }
  for (const ValueKind kind : {ValueKind::kClicks, ValueKind::kRoi, ValueKind::kCtr}) {
    if (name == ValueKindName(kind)) return kind;
  }
  return Fail(Error{
      .code = ErrorCode::kUsage, .message = "an objective is clicks, roi or ctr", .value = name});
}

// Plan columns that a user may hold fast.
Status CheckFixed(const Schema& schema, const Plan& fixed) {
  for (const auto& [name, value] : fixed.values) {
    const auto refuse = [&](std::string message, std::string hint) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = std::move(message),
                        .place = {.column = name},
                        .hint = std::move(hint)});
    };
    if (name == column::kAcquisitionCost) return refuse("the budget says it", "Use --budget.");
    if (name == column::kImpressions) {
      return refuse("it follows from the budget and cannot be fixed", "");
    }
    const auto found = std::find_if(schema.begin(), schema.end(),
                                    [&](const ColumnSpec& spec) { return spec.name == name; });
    if (found != schema.end() && found->role == Role::kPlan) continue;
    std::string known;
    for (const ColumnSpec& spec : schema) {
      if (spec.role != Role::kPlan || spec.name == column::kAcquisitionCost) continue;
      known += (known.empty() ? "" : ", ") + spec.name;
    }
    return refuse("no column of a plan", "What can be fixed: " + known + ".");
  }
  return {};
}

Result<double> MedianSpend(const Table& campaigns) {
  std::vector<double> spends;
  if (const Column* const column = campaigns.Find(column::kAcquisitionCost)) {
    for (int64_t row = 0; row < column->size(); ++row) {
      const double spend = column->numbers()[static_cast<size_t>(row)];
      if (!column->IsMissing(row) && spend > 0) spends.push_back(spend);
    }
  }
  if (spends.empty()) return Fail(ErrorCode::kBadInput, "the history has no spend");
  const auto middle = spends.begin() + std::ssize(spends) / 2;
  std::nth_element(spends.begin(), middle, spends.end());
  return *middle;
}

}  // namespace

Result<std::shared_ptr<const Engine::History>> Engine::HistoryOf(Store& store,
                                                                 const DatasetInfo& data,
                                                                 int threads, Progress& progress,
                                                                 std::stop_token stop) {
  const auto find = [&]() -> std::shared_ptr<const History> {
    const std::scoped_lock lock(shared_->mutex);
    const auto known = shared_->histories.find(data.name);
    const bool current = known != shared_->histories.end() &&
                         known->second->generation == data.generation &&
                         known->second->created_at == data.created_at;
    return current ? known->second : nullptr;
  };
  if (auto known = find()) return known;
  const std::scoped_lock learning(shared_->learning);
  if (auto known = find()) return known;  // learned by another while this one waited
  PYTHIA_ASSIGN(Table campaigns, ReadHistory(store, data, progress));
  PYTHIA_ASSIGN(ValueModels values, LearnValues(campaigns, {.threads = threads}, progress, stop));
  const auto history = std::make_shared<const History>(
      History{data.generation, data.created_at, std::move(campaigns), std::move(values)});
  const std::scoped_lock lock(shared_->mutex);
  shared_->histories[data.name] = history;
  return history;
}

Result<Recommendation> Engine::ComputeRecommendation(const RecommendCommand& command,
                                                     Progress& progress, std::stop_token stop) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(const double budget, ParseBudget(command.budget, data.currency));
  PYTHIA_TRY(CheckFixed(data.schema, command.fixed));
  PYTHIA_ASSIGN(const Plan fixed, TypedPlan(active->model(), command.fixed, data.currency));
  PYTHIA_ASSIGN(const int threads, ThreadsOf(command.threads));
  PYTHIA_ASSIGN(const std::shared_ptr<const History> history,
                HistoryOf(*store, data, threads, progress, stop));
  PYTHIA_TRY(CheckHistory(active->model(), history->campaigns));
  PYTHIA_ASSIGN(const ValueKind objective, ObjectiveOf(command.objective, history->values));
  PYTHIA_ASSIGN(Recommendation recommendation,
                pythia::Recommend(history->campaigns, history->values, active->model(),
                                  active->info().version,
                                  {.budget = budget, .objective = objective, .fixed = fixed}));
  recommendation.currency = data.currency;
  recommendation.explanation =
      ExplainPlan(active->model(), recommendation.plan, ExplanationScale::kResponse);
  if (!active->stale().empty()) recommendation.warnings.push_back(active->stale());
  return recommendation;
}

Result<Recommendation> Engine::RecommendFor(const std::string& name,
                                            const std::optional<PlanValue>& budget,
                                            Progress& progress, std::stop_token stop) {
  const std::string dataset = DatasetOr(name);
  RecommendCommand command{.dataset = dataset, .budget = 0.0, .objective = {}, .fixed = {}};
  if (budget) {
    command.budget = *budget;
  } else {
    PYTHIA_ASSIGN(Store* const store, OpenedStore());
    PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
    PYTHIA_ASSIGN(const int threads, ThreadsOf(0));
    PYTHIA_ASSIGN(const std::shared_ptr<const History> history,
                  HistoryOf(*store, data, threads, progress, stop));
    PYTHIA_ASSIGN(command.budget, MedianSpend(history->campaigns));
  }
  return ComputeRecommendation(command, progress, std::move(stop));
}

Result<RecommendationLogEntry> Engine::Recommend(const RecommendCommand& command,
                                                 Progress& progress, std::stop_token stop) {
  RecommendationLogEntry entry{.dataset = DatasetOr(command.dataset)};
  PYTHIA_ASSIGN(entry.recommendation, ComputeRecommendation(command, progress, std::move(stop)));
  entry.at = FormatTimestamp(NowMicros());
  if (!command.log) return entry;
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(entry.id, store->AppendRecommendation(entry));
  return entry;
}

}  // namespace pythia
