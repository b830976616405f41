#include "model/training_steps.h"

#include <array>
#include <utility>

namespace pythia {
namespace {

constexpr int64_t kStepsOfModel = 1000;
// Where each part ends, as a share of a model's time: docs/performance.md says where it goes.
constexpr std::array kEnds = {0.60, 0.70, 0.80, 0.82, 0.90, 0.96, 1.0};

}  // namespace

TrainingSteps::TrainingSteps(int models, Progress& progress, std::stop_token stop)
    : progress_(progress), stop_(std::move(stop)) {
  progress_.Begin("training", models * kStepsOfModel);
}

void TrainingSteps::BeginModel(int number) {
  model_ = number;
  from_ = to_ = 0;
  Report(0);
}

Status TrainingSteps::Begin(Phase phase) {
  if (stop_.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
  const auto at = static_cast<size_t>(phase);
  from_ = at == 0 ? 0 : kEnds[at - 1];
  to_ = kEnds[at];
  Report(from_);
  return {};
}

void TrainingSteps::DoneFolds(size_t done, size_t all) {
  Report(from_ + (to_ - from_) * static_cast<double>(done) / static_cast<double>(all));
}

void TrainingSteps::Report(double share) {
  progress_.Update(static_cast<int64_t>((model_ + share) * static_cast<double>(kStepsOfModel)), 0);
}

}  // namespace pythia
