#include <memory>

#include <fmt/format.h>

#include "base/check.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace pythia {
namespace {

struct Words {
  int64_t rows = 10000;
  int64_t seed = 1;
  std::string signal = "strong";
  std::optional<double> dirty;
  std::optional<double> drift;
  std::string dispersion = "linear";
  bool crlf = false;
  std::string output;
  std::optional<std::string> truth;
};

Status Simulate(const Words& words, Session& session, Engine& engine) {
  if (words.seed < 0) return Fail(ErrorCode::kUsage, "--seed takes a whole number from 0");
  if (words.truth && *words.truth == words.output) {
    return Fail(ErrorCode::kUsage, "-o and --truth name the same file");
  }
  SimulateCommand command;
  command.options.rows = words.rows;
  command.options.seed = static_cast<uint64_t>(words.seed);
  PYTHIA_CHECK(ParseSignal(words.signal, &command.options.signal));
  command.options.dirty = words.dirty.value_or(0);
  command.options.drift = words.drift.value_or(0);
  PYTHIA_CHECK(ParseDispersion(words.dispersion, &command.options.dispersion));
  command.options.crlf = words.crlf;
  command.file = words.output;
  if (words.truth) command.truth = *words.truth;
  PYTHIA_ASSIGN(const SimulateSummary summary,
                engine.Simulate(command, session.progress(), session.stop()));
  session.progress().End();
  if (words.output == "-") return {};
  std::string dirty;
  for (const auto& [kind, rows] : summary.dirty) {
    if (rows > 0) dirty += fmt::format("\n  {} {}", WithCommas(rows), kind);
  }
  Print(fmt::format("{}: {} rows, {} bytes{}{}", words.output, WithCommas(summary.rows),
                    WithCommas(summary.bytes), dirty.empty() ? "" : "; dirty ones:", dirty));
  return {};
}

}  // namespace

void AddSimulate(Command& root, Session& session) {
  const auto words = std::make_shared<Words>();
  Command& verb = root.AddCommand("simulate", "Write a made-up campaign history with known truth");
  verb.Option("--rows", &words->rows, "Campaigns (default: 10000)");
  verb.Option("--seed", &words->seed, "The same seed gives the same bytes (default: 1)");
  verb.Option("--signal", &words->signal, "How much there is to learn (default: strong)")
      .OneOf({"none", "weak", "strong"});
  verb.Option("--dirty", &words->dirty, "Share of faulty rows, 0 to 1 (default: 0)");
  verb.Option("--drift", &words->drift, "How much effects change over the history (default: 0)");
  verb.Option("--dispersion", &words->dispersion,
              "Growth of the clicks' variance (default: linear)")
      .OneOf({"linear", "quadratic"});
  verb.Flag("--crlf", &words->crlf, "End lines as on Windows");
  verb.Option("-o,--output", &words->output, "The file; - for standard output").Required();
  verb.Option("--truth", &words->truth, "Also write the parameters and true means here, as JSON");
  verb.Examples(
      "  pythia simulate --rows 5000 --signal strong -o history.csv\n"
      "  pythia simulate --rows 200000 --signal none --seed 7 -o noise.csv");
  verb.Run([words, &session] {
    return session.Run([&](Engine& engine) { return Simulate(*words, session, engine); });
  });
}

}  // namespace pythia
