// The card of a model: what a reader needs to judge it by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "records/dataset.h"
#include "records/training.h"

namespace pythia {

// A load, and what the audit trail keeps of it; the counts are absent where it keeps nothing.
struct CardLoad {
  LoadInfo load;
  std::optional<int64_t> rows_kept;  // of the file; they may be fewer campaigns
  std::optional<int64_t> rows_rejected;
  std::map<std::string, int64_t> rejected;  // by reason
  std::string realised_spend;               // the header of spend, where it means money spent
};

struct ModelCard {
  ModelInfo info;
  std::string data_sha256;                                   // DataDigest of the campaigns
  std::optional<std::pair<std::string, std::string>> dates;  // first and last day, ISO 8601
  std::vector<CardLoad> loads;  // of the generation learned from; empty where it was pruned
  std::string program;          // that trained it, "pythia 0.1.0"; empty: unknown
};

}  // namespace pythia
