#include "engine/plan_fields.h"

#include <cmath>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "ingest/fields.h"

namespace pythia {
namespace {

constexpr double kMostImpressions = 1e12;

Error UnknownField(const Model& model, const std::string& name) {
  std::string known(column::kImpressions);
  for (const std::string& feature : model.report.features) known += ", " + feature;
  return {.code = ErrorCode::kBadInput,
          .message = "no such column",
          .place = {.column = name},
          .hint = "A plan can hold: " + known + "."};
}

// Impressions are a planned reach: a whole number above 0, however they were given.
Status CheckImpressions(const PlanValue& value) {
  const double number = std::get<double>(value);
  if (number > 0 && number <= kMostImpressions && number == std::floor(number)) return {};
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "takes a whole number above 0, up to 1e12",
                    .place = {.column = std::string(column::kImpressions)},
                    .value = fmt::format("{}", number)});
}

Result<PlanValue> TypedValue(const ColumnSpec& spec, const PlanValue& raw,
                             const std::string& currency) {
  if (const auto* text = std::get_if<std::string>(&raw)) {
    if (spec.type == ColumnType::kMoney) PYTHIA_TRY(CheckCurrency(*text, currency, spec.name));
    return ParsePlanValue(spec, *text);
  }
  const double number = std::get<double>(raw);
  // A number for a category or a date is the text that a file would hold.
  if (!IsNumeric(spec.type)) return ParsePlanValue(spec, fmt::format("{}", number));
  const bool signed_allowed = FindCanonical(spec.name) == nullptr;
  if (!std::isfinite(number) || (number < 0 && !signed_allowed)) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "takes a number from 0",
                      .place = {.column = spec.name},
                      .value = fmt::format("{}", number)});
  }
  return PlanValue(number);
}

}  // namespace

Status CheckCurrency(std::string_view amount, std::string_view currency, std::string_view column) {
  const NumberScan scan = ScanNumber(Trim(amount));
  if (currency.empty() || scan.currency.empty() || CurrencyMayBe(scan.currency, currency))
    return {};
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = fmt::format("the dataset's money is in {}", currency),
                    .place = {.column = std::string(column)},
                    .value = std::string(amount),
                    .hint = "Convert the amount; PYTHIA knows no exchange rates."});
}

std::optional<ColumnSpec> FindField(const Model& model, const std::string& name) {
  if (const ColumnSpec* canonical = FindCanonical(name)) return *canonical;
  for (const std::optional<Part>* part : {&model.reach, &model.clicks, &model.roi}) {
    if (!*part) continue;
    for (const NumericFeature& feature : (*part)->model.encoder.numbers()) {
      if (feature.column == name) return ColumnSpec{name, ColumnType::kNumber, Role::kPlan, {}};
    }
    for (const CategoryFeature& feature : (*part)->model.encoder.categories()) {
      if (feature.column == name) return ColumnSpec{name, ColumnType::kCategory, Role::kPlan, {}};
    }
  }
  return std::nullopt;
}

Result<Plan> TypedPlan(const Model& model, const Plan& raw, const std::string& currency) {
  Plan plan;
  for (const auto& [name, value] : raw.values) {
    const std::optional<ColumnSpec> spec = FindField(model, name);
    if (!spec) return Fail(UnknownField(model, name));
    const bool ignored =
        spec->role == Role::kId || (spec->role == Role::kOutcome && name != column::kImpressions);
    if (ignored) {
      plan.values[name] = value;
      continue;
    }
    PYTHIA_ASSIGN(PlanValue typed, TypedValue(*spec, value, currency));
    if (name == column::kImpressions) PYTHIA_TRY(CheckImpressions(typed));
    plan.values[name] = std::move(typed);
  }
  return plan;
}

}  // namespace pythia
