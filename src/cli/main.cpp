// The program: its verbs are in one file each.
#include <clocale>
#include <csignal>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/session.h"

int main(int argc, char** argv) {
  // A reader that goes away (pythia ... | head) is not a crash.
  std::signal(SIGPIPE, SIG_IGN);
  pythia::CommandLine line(
      "P.Y.T.H.I.A.: cleans a history of marketing campaigns, learns what drives clicks and ROI, "
      "and "
      "predicts a planned campaign.",
      "pythia " PYTHIA_VERSION);
  pythia::Session session;
  pythia::Command& root = line.root();
  pythia::AddSimulate(root, session);
  pythia::AddClean(root, session);
  pythia::AddDatasets(root, session);
  pythia::AddPrune(root, session);
  pythia::AddOptions(root, session);
  pythia::AddTrain(root, session);
  pythia::AddModels(root, session);
  pythia::AddPredict(root, session);
  pythia::AddExport(root, session);
  pythia::AddExperiments(root, session);
  pythia::AddConfig(root, session);
  pythia::AddCompletion(root, line);
  return line.Main(argc, argv);
}
