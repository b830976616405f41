#include <memory>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace pythia {

void AddReport(Command& root, Session& session) {
  struct ReportWords {
    std::string file = "report.html";
    std::optional<std::string> budget;
  };
  const auto words = std::make_shared<ReportWords>();
  Command& verb = root.AddCommand(
      "report", "Everything that the history and its model say, as one HTML file to hand on");
  verb.Option("-o,--output", &words->file, "Where to (default: report.html); -: standard output");
  verb.Option("--budget", &words->budget,
              "What the recommendation is for (default: the history's median spend)");
  session.AddFlagsAndServer(verb, true);
  verb.Examples("  pythia report\n  pythia report --budget 10000 -o may.html");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      std::optional<PlanValue> budget;
      if (words->budget) budget = *words->budget;
      PYTHIA_ASSIGN(const std::string html,
                    engine.Report(session.dataset(), budget, session.progress(), session.stop()));
      session.progress().End();
      if (words->file == "-") {
        PrintRaw(html);
        return {};
      }
      PYTHIA_TRY(WriteFileAtomically(words->file, html));
      Print(Printable(words->file, 4096) + ": open it in a browser; it needs no other file");
      return {};
    });
  });
}

}  // namespace pythia
