// A model as it serves: immutable, shared by all threads that predict, replaced as a whole.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "explain/explain.h"
#include "model/model.h"
#include "records/plan.h"
#include "records/prediction.h"
#include "records/training.h"

namespace pythia {

struct Predicted {
  Plan plan;  // as understood: typed values
  Prediction prediction;
};

// Safe to use from several threads.
class ServingModel {
 public:
  // `currency`: of its dataset, or empty. `stale`: why it is behind its dataset, or empty.
  ServingModel(ModelInfo info, Model model, std::string currency, std::string stale);

  const ModelInfo& info() const { return info_; }
  const Model& model() const { return model_; }
  const std::string& currency() const { return currency_; }
  const std::string& stale() const { return stale_; }

  // Predicts a plan as a user gave it, and explains it where a scale is given: with tables, made
  // once, where `many` plans are to come. kBadInput names the field that cannot be used.
  Result<Predicted> Predict(const Plan& plan, std::optional<ExplanationScale> scale,
                            bool many) const;
  // The tables of a scale; made now where they were not yet.
  const ModelExplainer& Explainer(ExplanationScale scale) const;

 private:
  struct LazyExplainer {
    std::once_flag once;
    std::unique_ptr<const ModelExplainer> explainer;
  };

  ModelInfo info_;
  Model model_;
  std::string currency_;
  std::string stale_;
  mutable LazyExplainer response_;
  mutable LazyExplainer link_;
};

}  // namespace pythia
