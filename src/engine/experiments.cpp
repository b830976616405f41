#include "base/clock.h"
#include "engine/engine.h"

namespace pythia {

Result<std::vector<PredictionLogEntry>> Engine::ListPredictions(const Page& page) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return store->ReadPredictions(page);
}

Result<std::vector<RecommendationLogEntry>> Engine::ListRecommendations(const Page& page) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return store->ReadRecommendations(page);
}

Result<std::vector<Experiment>> Engine::ListExperiments(const Page& page) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return store->ReadExperiments(page);
}

Result<std::vector<Experiment>> Engine::ListExperiments(const std::string& dataset) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  std::vector<Experiment> experiments;
  Page page;
  for (;;) {
    PYTHIA_ASSIGN(std::vector<Experiment> part, store->ReadExperiments(page));
    if (part.empty()) return experiments;
    page.after = part.back().id;
    for (Experiment& experiment : part) {
      if (dataset.empty() || experiment.dataset == dataset) {
        experiments.push_back(std::move(experiment));
      }
    }
  }
}

Result<Experiment> Engine::FindExperiment(int64_t id) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(std::vector<Experiment> found,
                store->ReadExperiments({.after = id - 1, .limit = 1}));
  if (found.empty() || found.front().id != id) {
    return Fail(Error{.code = ErrorCode::kNotFound,
                      .message = "no such experiment",
                      .value = std::to_string(id),
                      .hint = "pythia experiments list names them."});
  }
  return std::move(found.front());
}

Result<Experiment> Engine::LogExperiment(Experiment experiment) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  experiment.at = FormatTimestamp(NowMicros());
  experiment.dataset = DatasetOr(experiment.dataset);
  PYTHIA_ASSIGN(experiment.id, store->AppendExperiment(experiment));
  return experiment;
}

}  // namespace pythia
