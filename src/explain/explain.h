// Explanations of what a model serves: the players' Shapley values against the model's background
// campaigns.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>

#include "base/error.h"
#include "campaign/table.h"
#include "explain/game.h"
#include "model/model.h"
#include "model/served.h"
#include "records/explanation.h"

namespace pythia {

// Of one plan: by the direct sum, no tables. A number without inputs that could move it (one
// overall figure) is its own base. Absent where the model does not serve the number, or was made
// without a background.
Explanation ExplainPlan(const Model& model, const Plan& plan, ExplanationScale scale);

// A model made ready for many plans. The model must outlive it. Safe to use from several threads.
class ModelExplainer {
 public:
  ModelExplainer(const Model& model, ExplanationScale scale);
  ~ModelExplainer();
  ModelExplainer(const ModelExplainer&) = delete;
  ModelExplainer& operator=(const ModelExplainer&) = delete;

  Explanation Explain(const Plan& plan) const;

  // Over the campaigns, clicks given their impressions where the history has them; at most
  // kMostExplained evenly spaced ones, of which the first kMostKept spaced alike are kept for
  // plots.
  ExplanationSummary Summary(const Table& campaigns) const;

 private:
  class Part;
  const Model& model_;
  std::map<ServedKind, std::unique_ptr<const Part>> parts_;
};

inline constexpr size_t kMostExplained = 100000;
inline constexpr size_t kMostKept = 2000;

}  // namespace pythia
