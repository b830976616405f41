#include <memory>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/words.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr size_t kAllInputs = 1000;

struct ExplainWords {
  std::vector<std::string> pairs;
  bool summary = false;
  std::string scale = "response";
};

ExplanationScale ScaleOf(const ExplainWords& words) {
  return words.scale == "link" ? ExplanationScale::kLink : ExplanationScale::kResponse;
}

Status ExplainOnePlan(const ExplainWords& words, Session& session, Engine& engine) {
  PredictCommand command{.dataset = session.dataset(), .explain = ScaleOf(words)};
  PYTHIA_ASSIGN(Plan plan, PlanFromPairs(words.pairs));
  command.plans.push_back(std::move(plan));
  PYTHIA_ASSIGN(const Predicted predicted, engine.Explain(command));
  const Prediction& prediction = predicted.prediction;
  if (session.json) {
    PrintRaw(PrettyJson({{"SHAP_Explanation", ToJson(*prediction.explanation)},
                         {"Model_Version", prediction.model_version},
                         {"Warnings", prediction.warnings}}));
    return {};
  }
  PrintExplanation(*prediction.explanation, kAllInputs);
  for (const std::string& warning : prediction.warnings) {
    Print("  note: " + Printable(warning, 400));
  }
  return {};
}

Status ExplainSummary(const ExplainWords& words, Session& session, Engine& engine) {
  PYTHIA_ASSIGN(const ExplanationSummary summary,
                engine.ExplainDataset(session.dataset(), ScaleOf(words), session.progress()));
  session.progress().End();
  if (session.json) {
    PrintRaw(PrettyJson(ToJson(summary)));
  } else {
    PrintSummary(summary);
  }
  return {};
}

}  // namespace

void AddExplain(Command& root, Session& session) {
  const auto words = std::make_shared<ExplainWords>();
  Command& verb =
      root.AddCommand("explain", "Show why a prediction is what it is, or what matters overall");
  verb.List("plan", &words->pairs, "Key=Value words: Channel_Used=Email Duration=30 ...");
  verb.Flag("--summary", &words->summary, "Over all campaigns of the dataset");
  verb.Option("--scale", &words->scale, "response (clicks, probability) or link (logarithms)")
      .OneOf({"response", "link"});
  session.AddFlags(verb, true);
  session.AddJson(verb);
  verb.Examples(
      "  pythia explain Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=50000\n"
      "  pythia explain --summary");
  verb.Run([words, &session] {
    return session.Run([&](Engine& engine) -> Status {
      if (words->summary == !words->pairs.empty()) {
        return Fail(Error{.code = ErrorCode::kUsage,
                          .message = "give a plan as Key=Value words, or --summary",
                          .hint = "pythia explain --help shows examples."});
      }
      return words->summary ? ExplainSummary(*words, session, engine)
                            : ExplainOnePlan(*words, session, engine);
    });
  });
}

}  // namespace pythia
