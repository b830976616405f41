#include "recommend/values.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/row_memory.h"
#include "campaign/schema.h"
#include "glm/covariance.h"
#include "model/cross_validate.h"
#include "model/train.h"

namespace pythia {
namespace {

constexpr size_t kMostColumns = 400;  // the matrices of errors are dense
constexpr size_t kMinFolds = 2;

// The number at a row; NaN where it is missing or there is no such column.
double NumberAt(const Column* column, int64_t row) {
  if (column == nullptr || column->IsMissing(row)) return std::nan("");
  return column->numbers()[static_cast<size_t>(row)];
}

struct Outcomes {
  explicit Outcomes(const Table& table)
      : spend(table.Find(column::kAcquisitionCost)),
        clicks(table.Find(column::kClicks)),
        impressions(table.Find(column::kImpressions)),
        roi(table.Find(column::kRoi)) {}

  // y of the kind; NaN where the row cannot be used.
  double At(ValueKind kind, int64_t row) const {
    if (!(NumberAt(spend, row) > 0)) return std::nan("");
    if (kind == ValueKind::kRoi) return 1 + NumberAt(roi, row);
    const double clicked = NumberAt(clicks, row);
    const double shown = NumberAt(impressions, row);
    if (!(shown > 0 && clicked <= shown)) return std::nan("");
    if (kind == ValueKind::kImpressions) return shown;
    return kind == ValueKind::kClicks ? clicked : clicked / shown;
  }

  const Column* spend;
  const Column* clicks;
  const Column* impressions;
  const Column* roi;
};

// All plan columns; beyond kMostColumns the widest categories that are no decision are left out.
std::vector<std::string> FeaturesOf(const Table& table, std::vector<std::string>* warnings) {
  std::vector<std::string> features = DefaultFeatures(table.schema());
  const auto levels = [&](const std::string& name) {
    const Column& column = *table.Find(name);
    return column.type() == ColumnType::kCategory
               ? std::min<size_t>(column.dictionary()->size(), kMaxLevels)
               : size_t{1};
  };
  size_t all = 0;
  for (const std::string& name : features) all += levels(name);
  while (all > kMostColumns) {
    const auto widest = std::max_element(
        features.begin(), features.end(), [&](const std::string& a, const std::string& b) {
          const auto rank = [&](const std::string& name) {
            const bool decision = name == column::kChannelUsed || name == column::kCampaignType;
            return decision ? size_t{0} : levels(name);
          };
          return rank(a) < rank(b);
        });
    if (levels(*widest) <= 1) break;
    warnings->push_back(*widest + " has too many values to weigh in the recommendation");
    all -= levels(*widest);
    features.erase(widest);
  }
  return features;
}

// The ridge of a fit on `y` at the penalty of the grid.
double AlphaOf(double lambda, std::span<const double> y) {
  if (lambda == kInterceptOnly) return 0;
  double sum = 0;
  for (const double value : y) sum += value;
  return lambda * sum / static_cast<double>(y.size());
}

class Learner {
 public:
  Learner(const Table& campaigns, const TrainingHistory& history, const Folds& folds,
          const FitSettings& settings)
      : campaigns_(campaigns), history_(history), folds_(folds), settings_(settings) {}

  // Absent where too few rows have the outcome, or none has any of it.
  Result<std::optional<ValueModel>> Learn(ValueKind kind, std::vector<std::string>* warnings);

 private:
  Result<ValueFit> WithErrors(LinearModel model, const std::vector<int64_t>& rows,
                              const std::vector<double>& y, double lambda);

  const Table& campaigns_;
  const TrainingHistory& history_;  // the same
  const Folds& folds_;
  const FitSettings& settings_;
};

Result<ValueFit> Learner::WithErrors(LinearModel model, const std::vector<int64_t>& rows,
                                     const std::vector<double>& y, double lambda) {
  const bool intercept_only = lambda == kInterceptOnly;
  glm::MemoryDesign design = intercept_only ? glm::MemoryDesign(glm::DesignShape())
                                            : DesignOf(campaigns_, model.encoder, rows);
  design.y = y;
  glm::Fit fit{.intercept = model.intercept};
  if (!intercept_only) fit.beta = model.beta;
  fit.rows = static_cast<int64_t>(rows.size());
  // A level of each block follows from the others and the intercept.
  fit.rank = static_cast<int>(fit.beta.size() - design.codes.size()) + 1;
  PYTHIA_ASSIGN(const glm::Covariance found,
                glm::CovarianceOf(design, glm::Family::kPoissonLog, fit, AlphaOf(lambda, y)));
  ValueFit out{.model = std::move(model)};
  out.covariance.assign(out.width() * out.width(), 0);
  if (intercept_only) {
    out.covariance.back() = found.SandwichAt(0, 0);
  } else {
    out.covariance = found.sandwich;
  }
  return out;
}

Result<std::optional<ValueModel>> Learner::Learn(ValueKind kind,
                                                 std::vector<std::string>* warnings) {
  const Outcomes outcomes(campaigns_);
  ValueModel learned{.shift = kind == ValueKind::kRoi ? 1.0 : 0.0};
  int64_t refused = 0;
  double sum = 0;
  for (int64_t row = 0; row < campaigns_.num_rows(); ++row) {
    const double y = outcomes.At(kind, row);
    if (y < 0) ++refused;
    if (!(y >= 0 && std::isfinite(y))) continue;
    learned.rows.push_back(row);
    learned.y.push_back(y);
    sum += y;
  }
  if (refused > 0) {
    warnings->push_back(fmt::format(
        "{} campaigns have an ROI below -1 (they lost more than was spent) and are left out",
        refused));
  }
  if (std::cmp_less(learned.rows.size(), kMinTrainingRows) || !(sum > 0)) {
    return std::optional<ValueModel>();
  }
  const Task task{.family = glm::Family::kPoissonLog,
                  .rows = RowNumbers(learned.rows.begin(), learned.rows.end()),
                  .y = RowVector<double>(learned.y.begin(), learned.y.end()),
                  .offset = {}};
  const Penalties penalties{.lambdas = LambdaGrid(), .alpha = std::nullopt};
  PYTHIA_ASSIGN(const CrossValidation cv,
                CrossValidate(history_, task, folds_, penalties, settings_));
  if (cv.folds.size() < kMinFolds) return std::optional<ValueModel>();
  const double lambda = penalties.lambdas[cv.chosen];
  for (const uint32_t row : task.rows) learned.fold.push_back(cv.FoldOf(row));
  for (const FoldFit& fold : cv.folds) {
    std::vector<int64_t> rows;
    std::vector<double> y;
    for (const uint32_t at : TrainRows(task, folds_, fold.number)) {
      rows.push_back(learned.rows[at]);
      y.push_back(learned.y[at]);
    }
    PYTHIA_ASSIGN(ValueFit fit, WithErrors(fold.model, rows, y, lambda));
    learned.folds.push_back(std::move(fit));
  }
  std::vector<std::string> notes;
  PYTHIA_ASSIGN(Fitted fitted, FitTask(history_, task, lambda, std::nullopt, settings_, &notes));
  PYTHIA_ASSIGN(learned.all, WithErrors(std::move(fitted.model), learned.rows, learned.y, lambda));
  return std::optional<ValueModel>(std::move(learned));
}

}  // namespace

std::string_view ValueKindName(ValueKind kind) {
  switch (kind) {
    case ValueKind::kClicks:
      return "clicks";
    case ValueKind::kRoi:
      return "roi";
    case ValueKind::kCtr:
      return "ctr";
    case ValueKind::kImpressions:
      return "impressions";
  }
  return {};
}

namespace {

Result<ValueModels> LearnFrom(const Table& campaigns, const ValueOptions& options,
                              Progress& progress, const std::stop_token& stop) {
  if (campaigns.Find(column::kAcquisitionCost) == nullptr) {
    return Fail(
        Error{.code = ErrorCode::kBadInput,
              .message = "the dataset has no spend, so that nothing can be said of a budget",
              .value = std::string(column::kAcquisitionCost),
              .hint = "Load a history with what was spent: pythia clean FILE --map ..."});
  }
  ValueModels values;
  const std::vector<std::string> features = FeaturesOf(campaigns, &values.warnings);
  const TrainingHistory history = TrainingHistory::Of(campaigns, options.seed);
  const Folds folds = RandomFolds(history);
  const FitSettings settings{.features = features, .threads = options.threads, .stop = stop};
  Learner learner(campaigns, history, folds, settings);
  progress.Begin("weighing", 4);
  int64_t done = 0;
  for (const ValueKind kind :
       {ValueKind::kClicks, ValueKind::kRoi, ValueKind::kCtr, ValueKind::kImpressions}) {
    PYTHIA_ASSIGN(std::optional<ValueModel> learned, learner.Learn(kind, &values.warnings));
    if (learned) values.of.emplace(kind, std::move(*learned));
    progress.Update(++done, 0);
  }
  if (values.of.empty()) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = fmt::format("fewer than {} campaigns have a spend above 0 and an "
                                             "outcome: too few for a recommendation",
                                             kMinTrainingRows),
                      .hint = "Load more history: pythia clean FILE --append"});
  }
  return values;
}

}  // namespace

Result<ValueModels> LearnValues(const Table& campaigns, const ValueOptions& options,
                                Progress& progress, std::stop_token stop) {
  return WithRowMemory([&] { return LearnFrom(campaigns, options, progress, stop); });
}

}  // namespace pythia
