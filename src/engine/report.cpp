#include <algorithm>
#include <array>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "engine/engine.h"
#include "report/html_report.h"
#include "report/plots.h"
#include "report/png.h"

namespace pythia {
namespace {

constexpr double kPngScale = 2;
constexpr std::string_view kBudgetCurve = "budget_curve";
constexpr std::string_view kCalibration = "calibration";
constexpr std::string_view kCoefficients = "coefficients_";
constexpr std::array<std::string_view, 11> kPlots = {
    "summary_bar_clicks", "summary_bar_roi",    "beeswarm_clicks", "beeswarm_roi",
    "dependence_clicks",  "dependence_roi",     "calibration",     "coefficients_clicks",
    "coefficients_roi",   "coefficients_reach", "budget_curve"};

Status CheckName(const std::string& name) {
  if (std::find(kPlots.begin(), kPlots.end(), name) != kPlots.end()) return {};
  std::string known;
  for (const std::string_view plot : kPlots) {
    known += (known.empty() ? "" : ", ") + std::string(plot);
  }
  return Fail(Error{.code = ErrorCode::kNotFound,
                    .message = "no such plot",
                    .value = name,
                    .hint = "There are: " + known + "."});
}

Error NoSuchModel(std::string_view target) {
  return {.code = ErrorCode::kNotFound,
          .message = "this dataset's model has no part for that",
          .value = std::string(target),
          .hint = "pythia models show says what it has."};
}

Status CheckInput(const TargetSummary& summary, const std::string& input) {
  std::string known;
  for (const PlayerSummary& player : summary.players) {
    if (player.player == input) return {};
    known += (known.empty() ? "" : ", ") + player.player;
  }
  return Fail(Error{
      .code = input.empty() ? ErrorCode::kUsage : ErrorCode::kNotFound,
      .message = input.empty() ? "a dependence plot is of one input: name it" : "no such input",
      .value = input,
      .hint = known.empty() ? "There are none." : "There are: " + known + "."});
}

Result<std::string> ReportSvg(const TrainingReport& report, std::string_view name) {
  const bool coefficients = name.starts_with(kCoefficients);
  const std::string target =
      coefficients ? std::string(name.substr(kCoefficients.size())) : std::string("roi");
  const auto model = report.models.find(target);
  if (model == report.models.end()) return Fail(NoSuchModel(target));
  if (coefficients) return CoefficientsSvg(model->second);
  return CalibrationSvg(model->second.calibration.value_or(CalibrationReport()));
}

}  // namespace

Result<std::string> Engine::Report(const std::string& name, const std::optional<PlanValue>& budget,
                                   Progress& progress, std::stop_token stop) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(dataset));
  ReportContents contents{.median_budget = !budget,
                          .made_at = FormatTimestamp(NowMicros()),
                          .program = context_.program};
  PYTHIA_ASSIGN(contents.card, Evaluate(active->info().version));
  if (!active->stale().empty()) contents.warnings.push_back(active->stale());
  PYTHIA_ASSIGN(contents.summary, ExplainDataset(dataset, ExplanationScale::kResponse, progress));
  Result<Recommendation> recommendation = RecommendFor(dataset, budget, progress, std::move(stop));
  if (recommendation) {
    contents.recommendation = std::move(*recommendation);
  } else {
    const Error& error = recommendation.error();
    // A budget that is no amount is the caller's mistake, not what the history is short of.
    const bool is_mistake = error.place.column == "budget";
    if (is_mistake || error.code != ErrorCode::kBadInput) return Fail(error);
    contents.no_recommendation = error.message;
  }
  const std::string& version = contents.card.info.version;
  if (contents.summary->model_version != version ||
      (contents.recommendation && contents.recommendation->model_version != version)) {
    return Fail(ErrorCode::kConflict, "another model was activated meanwhile: ask again");
  }
  return HtmlReport(contents);
}

Result<std::string> Engine::PlotSvg(const PlotCommand& command, Progress& progress,
                                    std::stop_token stop) {
  PYTHIA_TRY(CheckName(command.name));
  if (command.name == kBudgetCurve) {
    PYTHIA_ASSIGN(const Recommendation recommendation,
                  RecommendFor(command.dataset, command.budget, progress, std::move(stop)));
    return BudgetCurveSvg(recommendation);
  }
  if (command.name == kCalibration || command.name.starts_with(kCoefficients)) {
    PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(command.dataset));
    return ReportSvg(active->info().report, command.name);
  }
  PYTHIA_ASSIGN(const ExplanationSummary summary,
                ExplainDataset(command.dataset, command.scale, progress));
  return SummarySvg(summary, command.name, command.input);
}

Result<std::string> Engine::PlotPng(const PlotCommand& command, Progress& progress,
                                    std::stop_token stop) {
  PYTHIA_ASSIGN(const std::string svg, PlotSvg(command, progress, std::move(stop)));
  return ToPng(svg);
}

Result<std::string> Engine::SummarySvg(const ExplanationSummary& summary, const std::string& name,
                                       const std::string& input) {
  PYTHIA_TRY(CheckName(name));
  const std::string target = name.substr(name.rfind('_') + 1);
  const auto found = std::find_if(summary.targets.begin(), summary.targets.end(),
                                  [&](const TargetSummary& one) { return one.target == target; });
  if (found == summary.targets.end()) return Fail(NoSuchModel(target));
  if (name.starts_with("summary_bar")) return SummaryBarSvg(*found);
  if (name.starts_with("beeswarm")) return BeeswarmSvg(*found);
  PYTHIA_TRY(CheckInput(*found, input));
  return DependenceSvg(*found, input);
}

std::string Engine::ExplanationSvg(const TargetExplanation& explanation) {
  return WaterfallSvg(explanation);
}

Result<std::string> Engine::ToPng(const std::string& svg) { return RenderPng(svg, kPngScale); }

Result<std::string> Engine::SaveSummaryBar(const std::string& dataset, Progress& progress) {
  PYTHIA_ASSIGN(const std::string png,
                PlotPng({.name = "summary_bar_clicks", .dataset = dataset}, progress, {}));
  const std::filesystem::path file = config().exports / "shap_summary_bar.png";
  PYTHIA_TRY(WriteFileAtomically(file, png));
  return file.string();
}

}  // namespace pythia
