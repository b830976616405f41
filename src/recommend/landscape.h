// What one fit expects of every candidate plan at a budget, and how the campaigns near the budget
// differ from what it expects of them.
//
// A candidate's value is f = mean over the campaigns near the budget of exp(η), where the decision
// columns, what the user fixed and the spend are the plan's, and everything else is the campaign's:
// the history's own mix.
#pragma once

#include <span>
#include <vector>

#include "recommend/neighbourhood.h"
#include "recommend/values.h"

namespace pythia {

struct Landscape {
  std::vector<double> value;      // [plans] f, on the scale of y
  std::vector<double> log_error;  // [plans] standard error of log f, from the fit's sandwich matrix
  // [rows of the neighbourhood]: y / f(the campaign itself) - 1; NaN where it has no such outcome.
  std::vector<double> residual;
};

// `plans`: complete candidates, the spend and what the user fixed among their values.
Landscape LandscapeOf(const Table& table, const ValueModel& model, const ValueFit& fit,
                      const Neighbourhood& near, std::span<const Plan> plans);

// Mean y of the campaigns near the budget, moved to it (and to what the user fixed) along the
// fit's own effects: `moved` holds the spend and the fixed values.
struct AverageValue {
  double value = 0;
  double error = 0;
  int64_t rows = 0;
};
AverageValue AverageOf(const Table& table, const ValueModel& model, const ValueFit& fit,
                       const Neighbourhood& near, const Plan& moved);

// y of the model at the rows of the neighbourhood; NaN where there is none. [rows]
std::vector<double> ValuesNear(const ValueModel& model, const Neighbourhood& near);

// The fold that left each row of the neighbourhood out; -1: none, or no such outcome. [rows]
std::vector<int> FoldsNear(const ValueModel& model, const Neighbourhood& near);

// d log f / d log(1 + spend), with its standard error.
struct Elasticity {
  double value = 0;
  double error = 0;
};
Elasticity SpendElasticity(const ValueFit& fit);

}  // namespace pythia
