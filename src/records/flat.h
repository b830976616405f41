// The flat-row form of the logged records: one row each, a frozen header, for CSV, JSON and
// Parquet exports (docs/formats.md lists the columns).
#pragma once

#include <span>

#include "campaign/table.h"
#include "records/experiment.h"
#include "records/prediction.h"
#include "records/recommendation.h"

namespace pythia {

Schema PredictionColumns();
void AppendFlat(std::span<const PredictionLogEntry> entries, Table* table);

// Without the alternatives and the curve, which are lists.
Schema RecommendationColumns();
void AppendFlat(std::span<const RecommendationLogEntry> entries, Table* table);

// One row per metric of each experiment.
Schema ExperimentColumns();
void AppendFlat(std::span<const Experiment> experiments, Table* table);

}  // namespace pythia
