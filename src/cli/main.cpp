// The program: its verbs are in one file each.
#include <fcntl.h>

#include <csignal>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/session.h"

namespace {

// A closed standard stream must not lend its number to the store's file. Opened for reading, it
// still fails whoever writes to it.
void OpenStandardStreams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) (void)::open("/dev/null", O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  OpenStandardStreams();
  // A reader that goes away (pythia ... | head) is not a crash.
  std::signal(SIGPIPE, SIG_IGN);
  // A file that grew to its limit (ulimit -f) is an error like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
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
  pythia::AddStore(root, session);
  pythia::AddOptions(root, session);
  pythia::AddTrain(root, session);
  pythia::AddModels(root, session);
  pythia::AddEvaluate(root, session);
  pythia::AddPredict(root, session);
  pythia::AddExplain(root, session);
  pythia::AddRecommend(root, session);
  pythia::AddReport(root, session);
  pythia::AddExport(root, session);
  pythia::AddExperiments(root, session);
  pythia::AddServe(root, session);
  pythia::AddToken(root, session);
  pythia::AddConfig(root, session);
  pythia::AddCompletion(root, line);
  return pythia::FinishOutput(line.Main(argc, argv));
}
