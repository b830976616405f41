// A model as it serves: immutable, shared by all threads that predict, replaced as a whole.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

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

// A model with the tables that explain it. Safe to use from several threads.
class PreparedModel {
 public:
  explicit PreparedModel(Model model) : model_(std::move(model)) {}

  const Model& model() const { return model_; }
  // The tables of a scale; made now where they were not yet.
  const ModelExplainer& Explainer(ExplanationScale scale) const;

 private:
  struct LazyExplainer {
    std::once_flag once;
    std::unique_ptr<const ModelExplainer> explainer;
  };

  Model model_;
  mutable LazyExplainer response_;
  mutable LazyExplainer link_;
};

// Safe to use from several threads.
class ServingModel {
 public:
  // `currency`: of its dataset, or empty. `stale`: why it is behind its dataset, or empty.
  ServingModel(ModelInfo info, std::shared_ptr<const PreparedModel> model, std::string currency,
               std::string stale);

  const ModelInfo& info() const { return info_; }
  const Model& model() const { return prepared_->model(); }
  // For another ServingModel of the same version.
  const std::shared_ptr<const PreparedModel>& prepared() const { return prepared_; }
  const std::string& currency() const { return currency_; }
  const std::string& stale() const { return stale_; }

  // Predicts a plan as a user gave it, and explains it where a scale is given: with tables, made
  // once, where `many` plans are to come. kBadInput names the field that cannot be used.
  Result<Predicted> Predict(const Plan& plan, std::optional<ExplanationScale> scale,
                            bool many) const;
  const ModelExplainer& Explainer(ExplanationScale scale) const {
    return prepared_->Explainer(scale);
  }

 private:
  ModelInfo info_;
  std::shared_ptr<const PreparedModel> prepared_;
  std::string currency_;
  std::string stale_;
};

}  // namespace pythia
