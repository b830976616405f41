// The words that people read for the parts of a training report, in every form of a model's card.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "records/training.h"

namespace pythia {

struct MetricWords {
  std::string_view key;
  std::string_view label;
  bool is_share = false;
};

// In reading order; a metric that is not here is not for people.
std::span<const MetricWords> MetricsForPeople();

// The keys of TrainingReport::models in reading order.
std::span<const std::string_view> ModelsForPeople();

std::string ModelTitle(std::string_view name, const TrainingReport& report);

// "ROI above break-even (0)"
std::string ThresholdWords(const RoiThreshold& threshold);

}  // namespace pythia
