#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/words.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr size_t kAllInputs = 1000;
constexpr size_t kMostPathBytes = 4096;

struct ExplainWords {
  std::vector<std::string> pairs;
  bool summary = false;
  std::string scale = "response";
  std::string output;  // a picture's file, or empty
  std::string plot;    // "bar", "beeswarm", "dependence"; empty: bar
  std::string input;   // of a dependence plot
};

ExplanationScale ScaleOf(const ExplainWords& words) {
  return words.scale == "link" ? ExplanationScale::kLink : ExplanationScale::kResponse;
}

bool IsPng(const std::filesystem::path& file) { return file.extension() == ".png"; }

// Before anything is computed: can what was asked for be drawn?
Status CheckPicture(const ExplainWords& words) {
  const auto refuse = [](std::string message, std::string value = {}) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = std::move(message),
                      .value = std::move(value),
                      .hint = "pythia explain --help shows examples."});
  };
  const std::filesystem::path file = words.output;
  if (!words.output.empty() && !IsPng(file) && file.extension() != ".svg") {
    return refuse("a picture's name ends in .svg or .png", words.output);
  }
  const bool drawn = words.summary && !words.output.empty();
  if (!words.plot.empty() && !drawn) return refuse("--plot goes with --summary and -o FILE");
  if ((words.plot == "dependence") == words.input.empty()) {
    return refuse("--plot dependence goes with --input COLUMN");
  }
  return {};
}

struct Picture {
  std::string of;  // "clicks", "roi"
  std::string svg;
};

// The first in the file that was named, another beside it: what.svg, what_roi.svg.
Status WritePictures(const std::vector<Picture>& pictures, const ExplainWords& words,
                     const Session& session) {
  const std::filesystem::path named = words.output;
  for (size_t i = 0; i < pictures.size(); ++i) {
    std::filesystem::path file = named;
    if (i > 0) {
      file.replace_filename(named.stem().string() + "_" + pictures[i].of +
                            named.extension().string());
    }
    if (IsPng(named)) {
      PYTHIA_ASSIGN(const std::string png, Engine::ToPng(pictures[i].svg));
      PYTHIA_TRY(WriteFileAtomically(file, png));
    } else {
      PYTHIA_TRY(WriteFileAtomically(file, pictures[i].svg));
    }
    if (!session.json) {
      Print(Printable(file.string(), kMostPathBytes) +
            (pictures[i].of == "roi" ? ": ROI" : ": clicks"));
    }
  }
  return {};
}

Status DrawExplanation(const Explanation& explanation, const ExplainWords& words,
                       const Session& session) {
  std::vector<Picture> pictures;
  if (explanation.clicks) {
    pictures.push_back({"clicks", Engine::ExplanationSvg(*explanation.clicks)});
  }
  if (explanation.roi) pictures.push_back({"roi", Engine::ExplanationSvg(*explanation.roi)});
  return WritePictures(pictures, words, session);
}

Status DrawSummary(const ExplanationSummary& summary, const ExplainWords& words,
                   const Session& session) {
  const std::string kind = words.plot.empty() || words.plot == "bar" ? "summary_bar" : words.plot;
  std::vector<Picture> pictures;
  std::optional<Error> missing;
  for (const TargetSummary& target : summary.targets) {
    Result<std::string> svg = Engine::SummarySvg(summary, kind + "_" + target.target, words.input);
    // An input may be one target's only.
    if (svg) {
      pictures.push_back({target.target, std::move(*svg)});
    } else if (!missing) {
      missing = svg.error();
    }
  }
  if (pictures.empty() && missing) return Fail(*missing);
  return WritePictures(pictures, words, session);
}

Status ExplainOnePlan(const ExplainWords& words, Session& session, Engine& engine) {
  PredictCommand command{.dataset = session.dataset(), .explain = ScaleOf(words)};
  PYTHIA_ASSIGN(Plan plan, PlanFromPairs(words.pairs));
  command.plans.push_back(std::move(plan));
  PYTHIA_ASSIGN(const Predicted predicted, engine.Explain(command));
  const Prediction& prediction = predicted.prediction;
  if (!words.output.empty()) PYTHIA_TRY(DrawExplanation(*prediction.explanation, words, session));
  if (session.json) {
    PrintRaw(PrettyJson({{"SHAP_Explanation", ToJson(*prediction.explanation)},
                         {"Model_Version", prediction.model_version},
                         {"Warnings", prediction.warnings}}));
    return {};
  }
  if (!words.output.empty()) return {};
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
  if (!words.output.empty()) PYTHIA_TRY(DrawSummary(summary, words, session));
  if (session.json) {
    PrintRaw(PrettyJson(ToJson(summary)));
  } else if (words.output.empty()) {
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
  verb.Option("-o,--output", &words->output,
              "Draw it here instead, as .svg or .png; the ROI's picture goes to FILE_roi");
  verb.Option("--plot", &words->plot, "With --summary and -o: bar, beeswarm or dependence")
      .OneOf({"bar", "beeswarm", "dependence"});
  verb.Option("--input", &words->input, "The column of --plot dependence");
  session.AddFlags(verb, true);
  session.AddJson(verb);
  verb.Examples(
      "  pythia explain Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=50000\n"
      "  pythia explain --summary\n"
      "  pythia explain --summary -o matters.png --plot beeswarm");
  verb.Run([words, &session] {
    return session.Run([&](Engine& engine) -> Status {
      if (words->summary == !words->pairs.empty()) {
        return Fail(Error{.code = ErrorCode::kUsage,
                          .message = "give a plan as Key=Value words, or --summary",
                          .hint = "pythia explain --help shows examples."});
      }
      PYTHIA_TRY(CheckPicture(*words));
      return words->summary ? ExplainSummary(*words, session, engine)
                            : ExplainOnePlan(*words, session, engine);
    });
  });
}

}  // namespace pythia
