// What the audit trail keeps beside the store's own registry. Private to engine/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "records/cleaning_report.h"
#include "records/model_card.h"
#include "store/store.h"

namespace pythia {

// The detail of a "load" event.
std::string LoadDetail(const CleaningReport& report, const std::string& options);

// The loads of a generation with what their events say; events of before this detail say less.
Result<std::vector<CardLoad>> LoadHistory(Store& store, const DatasetInfo& data);

// The program that trained a model; empty where no event says so.
Result<std::string> TrainingProgram(Store& store, std::string_view version);

}  // namespace pythia
