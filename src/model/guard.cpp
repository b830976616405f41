#include "model/guard.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "metrics/binary.h"

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
  Task few = task;
  few.packed.reset();
  if (few.rows.size() <= kMostRows) return few;
  few.rows.resize(kMostRows);
  few.y.resize(kMostRows);
  if (!few.offset.empty()) few.offset.resize(kMostRows);
  return few;
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
  std::function<double(int64_t row)> value;
};

std::vector<LogTarget> TargetsOf(const Table& table) {
  std::vector<LogTarget> targets;
  const Column& clicks = *table.Find(column::kClicks);
  const Column& impressions = *table.Find(column::kImpressions);
  targets.push_back({"CTR", [&](int64_t row) {
                       const auto at = static_cast<size_t>(row);
                       return clicks.numbers()[at] / impressions.numbers()[at];
                     }});
  if (const Column* roi = table.Find(column::kRoi)) {
    for (const double shift : {0.0, 1.0}) {
      targets.push_back({"ROI", [roi, shift](int64_t row) {
                           return roi->numbers()[static_cast<size_t>(row)] + shift;
                         }});
    }
  }
  return targets;
}

bool IsLogged(double value) { return value > 0 && std::isfinite(value); }

}  // namespace

Status CheckFeaturesAlone(const Table& table, const Task& task, std::string_view target,
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
        FitTask(table, few, 1e-6, std::nullopt,
                {.features = alone, .threads = settings.threads, .stop = settings.stop}, &ignored));
    if (fitted.model.beta.empty()) continue;
    double tells = 1 - fitted.fit.deviance / fitted.fit.null_deviance;
    if (binary) {
      glm::MemoryDesign design = DesignOf(table, fitted.model.encoder, few.rows);
      design.y = few.y;
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

Status CheckIdentities(const Table& table, std::span<const std::string> features,
                       std::span<const std::string> allowed) {
  std::vector<const Column*> columns;
  for (const std::string& name : features) {
    const Column* column = table.Find(name);
    if (IsNumeric(column->type()) && !Contains(allowed, name)) columns.push_back(column);
  }
  if (columns.empty()) return {};
  for (const LogTarget& target : TargetsOf(table)) {
    std::vector<double> y;
    std::vector<std::vector<double>> x(columns.size());
    for (int64_t row = 0; row < table.num_rows() && y.size() < kMostRows; ++row) {
      const double value = target.value(row);
      const bool usable =
          IsLogged(value) && std::all_of(columns.begin(), columns.end(), [&](auto c) {
            return IsLogged(c->numbers()[static_cast<size_t>(row)]);
          });
      if (!usable) continue;
      y.push_back(std::log(value));
      for (size_t j = 0; j < columns.size(); ++j) {
        x[j].push_back(std::log(columns[j]->numbers()[static_cast<size_t>(row)]));
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

double SpendFollowsClicks(const Table& table) {
  const Column* spend = table.Find(column::kAcquisitionCost);
  const Column& clicks = *table.Find(column::kClicks);
  if (spend == nullptr) return 0;
  std::vector<double> x;
  std::vector<double> y;
  for (size_t row = 0; row < clicks.numbers().size(); ++row) {
    if (!IsLogged(spend->numbers()[row]) || !IsLogged(clicks.numbers()[row])) continue;
    x.push_back(std::log(spend->numbers()[row]));
    y.push_back(std::log(clicks.numbers()[row]));
  }
  if (y.size() < kLeastRows) return 0;
  std::vector<double> ignored;
  return std::sqrt(RSquaredOf({std::move(x)}, std::move(y), &ignored));
}

}  // namespace pythia
