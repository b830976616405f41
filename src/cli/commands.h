// One function per verb; each adds its words to the command line. No logic lives here: a verb reads
// its options, calls the engine and prints the record that comes back.
#pragma once

#include "cli/command_line.h"
#include "cli/session.h"

namespace pythia {

void AddSimulate(Command& root, Session& session);
void AddClean(Command& root, Session& session);
void AddDatasets(Command& root, Session& session);
void AddStore(Command& root, Session& session);
void AddPrune(Command& root, Session& session);
void AddOptions(Command& root, Session& session);
void AddTrain(Command& root, Session& session);
void AddModels(Command& root, Session& session);
void AddEvaluate(Command& root, Session& session);
void AddPredict(Command& root, Session& session);
void AddExplain(Command& root, Session& session);
void AddRecommend(Command& root, Session& session);
void AddReport(Command& root, Session& session);
void AddExport(Command& root, Session& session);
void AddExperiments(Command& root, Session& session);
void AddServe(Command& root, Session& session);
void AddToken(Command& root, Session& session);
void AddConfig(Command& root, Session& session);
void AddCompletion(Command& root, const CommandLine& line);

}  // namespace pythia
