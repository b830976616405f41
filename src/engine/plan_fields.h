// What the fields of a plan mean to a model, and their values by type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "campaign/column.h"
#include "model/model.h"
#include "records/plan.h"

namespace pythia {

// The column that a plan's field means to this model.
std::optional<ColumnSpec> FindField(const Model& model, const std::string& name);

// Typed values for the model's columns; `currency` is the dataset's, or empty. Values of ignored
// columns are not looked into. kBadInput, naming the column.
Result<Plan> TypedPlan(const Model& model, const Plan& raw, const std::string& currency);

// kBadInput where an amount names another currency than the dataset's.
Status CheckCurrency(std::string_view amount, std::string_view currency, std::string_view column);

}  // namespace pythia
