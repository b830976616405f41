// Records as people read them. Each function prints on standard output.
#pragma once

#include <vector>

#include "engine/engine.h"
#include "records/cleaning_report.h"
#include "records/model_card.h"
#include "records/training.h"

namespace pythia {

void Print(const std::string& text);     // with a newline
void PrintRaw(const std::string& text);  // as it is
// The program's last act: what was printed has gone out, or the failure is reported. Returns the
// exit status.
int FinishOutput(int status);
void PrintReport(const CleaningReport& report);
// The card of a model: what it was trained on and how it did beside its baselines; with
// `coefficients`, every coefficient too.
void PrintModel(const ModelInfo& info, bool coefficients);
// The same with the data that it learned from and its provenance.
void PrintCard(const ModelCard& card);
void PrintPrediction(const Predicted& predicted);
// A waterfall per served number, at most `most` inputs each.
void PrintExplanation(const Explanation& explanation, size_t most);
void PrintSummary(const ExplanationSummary& summary);
void PrintRecommendation(const Recommendation& recommendation);

}  // namespace pythia
