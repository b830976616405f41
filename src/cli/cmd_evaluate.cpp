#include <memory>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {

void AddEvaluate(Command& root, Session& session) {
  struct EvaluateWords {
    std::string version;
    std::string markdown;
  };
  const auto words = std::make_shared<EvaluateWords>();
  Command& verb =
      root.AddCommand("evaluate", "The card of a model: data, quality, calibration, provenance");
  verb.Option("version", &words->version, "The model (default: the active one)");
  verb.Option("--markdown", &words->markdown,
              "Write the card here as Markdown; -: standard output");
  session.AddFlagsAndServer(verb, true);
  session.AddJson(verb);
  verb.Examples("  pythia evaluate\n  pythia evaluate VERSION --markdown card.md");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      const bool to_output = words->markdown == "-";
      if (to_output && session.json) {
        return Fail(ErrorCode::kUsage, "--json and --markdown - both write to standard output");
      }
      PYTHIA_ASSIGN(const ModelCard card, engine.Evaluate(words->version));
      if (to_output) {
        PrintRaw(Engine::ToMarkdown(card));
        return {};
      }
      if (!words->markdown.empty()) {
        PYTHIA_TRY(WriteFileAtomically(words->markdown, Engine::ToMarkdown(card)));
      }
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(card)));
      } else if (words->markdown.empty()) {
        PrintCard(card);
      } else {
        Print(Printable(words->markdown, 4096) + ": the card of model " + card.info.version);
      }
      return {};
    });
  });
}

}  // namespace pythia
