#include "model/guard.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "metrics/binary.h"
#include "model/task_design.h"

namespace pythia {
namespace {

constexpr size_t kMostRows = 20000;
constexpr size_t kLeastRows = 30;

bool Contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

tl::unexpected<Error> Refuse(std::string message, const std::string& columns,
                             const std::string& example) {
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = std::move(message),
                    .value = columns,
                    .hint = fmt::format("Leave it out (--features), or, if it is truly known "
                                        "before launch: --allow-feature {}",
                                        example)});
}

Task Shortened(const Task& task) {
  const auto first = [](const auto& values) {
    const size_t kept = std::min(values.size(), kMostRows);
    return std::decay_t<decltype(values)>(values.begin(),
                                          values.begin() + static_cast<ptrdiff_t>(kept));
  };
  return {.family = task.family,
          .rows = first(task.rows),
          .y = first(task.y),
          .offset = first(task.offset)};
}

// Least squares of y on the columns of x and a constant, by elimination; both are centred first.
// Returns R², and the slopes in `slopes`.
double RSquaredOf(std::vector<std::vector<double>> x, std::vector<double> y,
                  std::vector<double>* slopes) {
  const size_t p = x.size();
  const auto centre = [](std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    for (double& value : values) value -= sum / static_cast<double>(values.size());
  };
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  centre(y);
  for (std::vector<double>& column : x) centre(column);
  const double total = dot(y, y);
  slopes->assign(p, 0);
  if (!(total > 0)) return 0;
  // Gram-Schmidt, so that columns that repeat one another fall out.
  std::vector<std::vector<double>> basis;
  double explained = 0;
  for (size_t j = 0; j < p; ++j) {
    std::vector<double> rest = x[j];
    const double size = dot(rest, rest);
    for (const std::vector<double>& unit : basis) {
      const double part = dot(unit, rest);
      for (size_t i = 0; i < rest.size(); ++i) rest[i] -= part * unit[i];
    }
    const double norm = dot(rest, rest);
    if (!(norm > 1e-10 * size)) continue;
    for (double& value : rest) value /= std::sqrt(norm);
    const double along = dot(rest, y);
    (*slopes)[j] = along * along / total;  // the share that this column adds
    explained += along * along;
    basis.push_back(std::move(rest));
  }
  return explained / total;
}

struct LogTarget {
  std::string name;
  std::function<double(size_t row)> value;
};

std::vector<LogTarget> TargetsOf(const TrainingHistory& history) {
  std::vector<LogTarget> targets;
  const TrainingColumn& clicks = *history.Find(column::kClicks);
  const TrainingColumn& impressions = *history.Find(column::kImpressions);
  targets.push_back(
      {"CTR", [&](size_t row) { return clicks.number(row) / impressions.number(row); }});
  if (const TrainingColumn* roi = history.Find(column::kRoi)) {
    for (const double shift : {0.0, 1.0}) {
      targets.push_back({"ROI", [roi, shift](size_t row) { return roi->number(row) + shift; }});
    }
  }
  return targets;
}

bool IsLogged(double value) { return value > 0 && std::isfinite(value); }

// Of the rows where both are above 0; 0 where it cannot be computed. Row by row (Welford), so that
// nothing is kept per row.
template <typename X, typename Y>
double CorrelationOfLogs(size_t rows, const X& x_of, const Y& y_of) {
  double n = 0;
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (size_t row = 0; row < rows; ++row) {
    if (!IsLogged(x_of(row)) || !IsLogged(y_of(row))) continue;
    const double x = std::log(x_of(row));
    const double y = std::log(y_of(row));
    ++n;
    const double from_x = x - mean_x;
    const double from_y = y - mean_y;
    mean_x += from_x / n;
    mean_y += from_y / n;
    xx += from_x * (x - mean_x);
    yy += from_y * (y - mean_y);
    xy += from_x * (y - mean_y);
  }
  if (n < static_cast<double>(kLeastRows) || !(xx > 0 && yy > 0)) return 0;
  return std::abs(xy) / std::sqrt(xx * yy);
}

}  // namespace

Status CheckFeaturesAlone(const TrainingHistory& history, const Task& task, std::string_view target,
                          std::span<const std::string> allowed, const FitSettings& settings) {
  const Task few = Shortened(task);
  const double ones = static_cast<double>(std::count(few.y.begin(), few.y.end(), 1.0));
  const bool binary = few.family == glm::Family::kBinomialLogit;
  if (few.rows.size() < kLeastRows) return {};
  if (binary && (ones == 0 || ones == static_cast<double>(few.y.size()))) return {};
  for (const std::string& feature : settings.features) {
    if (Contains(allowed, feature)) continue;
    const std::vector<std::string> alone = {feature};
    std::vector<std::string> ignored;
    PYTHIA_ASSIGN(
        const Fitted fitted,
        FitTask(history, few, 1e-6, std::nullopt,
                {.features = alone, .threads = settings.threads, .stop = settings.stop}, &ignored));
    if (fitted.model.beta.empty()) continue;
    double tells = 1 - fitted.fit.deviance / fitted.fit.null_deviance;
    if (binary) {
      const Table rows = history.Gather(few.rows);
      glm::MemoryDesign design = DesignOf(rows, fitted.model.encoder, AllRows(rows));
      design.y.assign(few.y.begin(), few.y.end());
      tells = metrics::Auc(few.y, MeansOf(&design, few.family, fitted.model));
    }
    if (!(tells > kAloneTooGood)) continue;
    return Refuse(fmt::format("a feature alone tells {} almost exactly ({} {:.3f}): it looks like "
                              "an outcome",
                              target, binary ? "AUC" : "D²", tells),
                  feature, feature);
  }
  return {};
}

Status CheckIdentities(const TrainingHistory& history, std::span<const std::string> features,
                       std::span<const std::string> allowed) {
  std::vector<const TrainingColumn*> columns;
  for (const std::string& name : features) {
    const TrainingColumn* column = history.Find(name);
    if (IsNumeric(column->type()) && !Contains(allowed, name)) columns.push_back(column);
  }
  if (columns.empty()) return {};
  for (const LogTarget& target : TargetsOf(history)) {
    std::vector<double> y;
    std::vector<std::vector<double>> x(columns.size());
    for (size_t row = 0; row < history.num_rows() && y.size() < kMostRows; ++row) {
      const double value = target.value(row);
      const bool usable =
          IsLogged(value) && std::all_of(columns.begin(), columns.end(),
                                         [&](auto c) { return IsLogged(c->number(row)); });
      if (!usable) continue;
      y.push_back(std::log(value));
      for (size_t j = 0; j < columns.size(); ++j) {
        x[j].push_back(std::log(columns[j]->number(row)));
      }
    }
    if (y.size() < kLeastRows + columns.size()) continue;
    std::vector<double> shares;
    if (!(RSquaredOf(std::move(x), std::move(y), &shares) > kIdentity)) continue;
    std::string named;
    for (size_t j = 0; j < columns.size(); ++j) {
      if (shares[j] > 1e-4) named += (named.empty() ? "" : ", ") + columns[j]->name();
    }
    return Refuse(target.name +
                      " follows from these features by a product or ratio: they hold the "
                      "outcome",
                  named, named.substr(0, named.find(',')));
  }
  return {};
}

double SpendFollowsClicks(const TrainingHistory& history) {
  const TrainingColumn* spend = history.Find(column::kAcquisitionCost);
  const TrainingColumn& clicks = *history.Find(column::kClicks);
  if (spend == nullptr) return 0;
  return CorrelationOfLogs(
      history.num_rows(), [&](size_t row) { return spend->number(row); },
      [&](size_t row) { return clicks.number(row); });
}

double SpendFollowsClicks(const Table& table) {
  const Column* spend = table.Find(column::kAcquisitionCost);
  const Column& clicks = *table.Find(column::kClicks);
  if (spend == nullptr) return 0;
  return CorrelationOfLogs(
      clicks.numbers().size(), [&](size_t row) { return spend->numbers()[row]; },
      [&](size_t row) { return clicks.numbers()[row]; });
}

}  // namespace pythia
