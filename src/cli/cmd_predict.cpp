#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/words.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr int64_t kMaxPlanBytes = 16 << 20;

struct Words {
  std::vector<std::string> pairs;
  std::optional<std::string> plan_file;
  std::optional<std::string> csv_file;
  std::string output;
};

Result<PredictCommand> PlansFromJson(const std::string& file, bool* is_array) {
  PYTHIA_ASSIGN(const std::string text, ReadFile(file, kMaxPlanBytes));
  const auto with_file = [&file](Error error) {
    error.place.file = file;
    return Fail(std::move(error));
  };
  Result<Json> json = ParseJson(text);
  if (!json) return with_file(json.error());
  PredictCommand command;
  command.file = file;
  *is_array = json->is_array();
  for (const Json& one : *is_array ? *json : Json::array({*json})) {
    Result<Plan> plan = PlanFromJson(one);
    if (!plan) return with_file(plan.error());
    command.plans.push_back(std::move(*plan));
  }
  return command;
}

Result<PredictCommand> CommandFrom(const Words& words, Session& session, auto& engine,
                                   bool* is_array) {
  const int ways =
      (words.pairs.empty() ? 0 : 1) + (words.plan_file ? 1 : 0) + (words.csv_file ? 1 : 0);
  if (ways != 1) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "give the plan as Key=Value words, or --plan FILE, or --csv FILE",
                      .hint = "pythia predict --help shows examples."});
  }
  *is_array = words.csv_file.has_value();
  PredictCommand command;
  if (words.csv_file) {
    PYTHIA_ASSIGN(command, engine.ReadPlans(*words.csv_file, session.dataset()));
  } else if (words.plan_file) {
    PYTHIA_ASSIGN(command, PlansFromJson(*words.plan_file, is_array));
  } else {
    PYTHIA_ASSIGN(Plan plan, PlanFromPairs(words.pairs));
    command.plans.push_back(std::move(plan));
  }
  command.dataset = session.dataset();
  return command;
}

Json ToDocument(const std::vector<Predicted>& predicted, bool is_array) {
  if (!is_array) return ToJson(predicted.front().prediction);
  Json documents = Json::array();
  for (const Predicted& one : predicted) documents.push_back(ToJson(one.prediction));
  return documents;
}

void PrintMany(const std::vector<Predicted>& predicted) {
  TextTable table({"plan", "clicks", "CTR", "ROI probability", "ROI", "notes"});
  table.Left(4);
  for (size_t i = 0; i < predicted.size(); ++i) {
    const Prediction& p = predicted[i].prediction;
    table.AddRow({std::to_string(i + 1), p.clicks ? ShortNumber(std::round(*p.clicks)) : "-",
                  p.ctr ? Percent(*p.ctr, 2) : "-",
                  p.roi_probability ? Percent(*p.roi_probability) : "-", RoiLabel(p),
                  std::to_string(p.warnings.size())});
  }
  Print(table.ToString());
}

}  // namespace

void AddPredict(Command& root, Session& session) {
  const auto words = std::make_shared<Words>();
  Command& verb = root.AddCommand("predict", "Predict clicks, CTR and ROI category of a plan");
  verb.List("plan", &words->pairs, "Key=Value words: Channel_Used=Email Duration=30 ...");
  verb.Option("--plan", &words->plan_file, "A JSON file: one plan, or an array of plans");
  verb.Option("--csv", &words->csv_file, "A file of plans, one per row");
  verb.Option("-o,--output", &words->output, "Write the predictions here (.csv, .json, .parquet)");
  session.AddFlagsAndServer(verb, true);
  session.AddJson(verb);
  verb.Examples(
      "  pythia predict Channel_Used=Email Campaign_Type=Search Duration=30 "
      "Acquisition_Cost=12000 Impressions=50000\n"
      "  pythia predict --csv plans.csv -o predictions.csv");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      if (!words->output.empty()) PYTHIA_TRY(Engine::CheckOutput(words->output));
      bool is_array = false;
      PYTHIA_ASSIGN(const PredictCommand command, CommandFrom(*words, session, engine, &is_array));
      PYTHIA_ASSIGN(const std::vector<Predicted> predicted, engine.Predict(command));
      for (const std::string& column : command.unused_columns) {
        fmt::print(stderr, "pythia: column not used: {}\n", Printable(column));
      }
      if (!words->output.empty()) {
        PYTHIA_ASSIGN(const ModelInfo model,
                      engine.ShowModel(predicted.front().prediction.model_version));
        PYTHIA_TRY(Engine::WritePredictions(predicted, model.dataset, words->output));
        if (!session.json) {
          Print(fmt::format("{}: {} predictions", words->output, WithCommas(predicted.size())));
        }
      }
      if (session.json) {
        PrintRaw(PrettyJson(ToDocument(predicted, is_array)));
      } else if (!is_array) {
        PrintPrediction(predicted.front());
      } else if (words->output.empty()) {
        PrintMany(predicted);
      }
      return {};
    });
  });
}

void AddExport(Command& root, Session& session) {
  struct ExportWords {
    std::string what;
    std::vector<std::string> formats;
    std::string folder;
  };
  const auto words = std::make_shared<ExportWords>();
  Command& verb = root.AddCommand(
      "export", "Write predictions, recommendations, campaigns or experiments to files");
  verb.Option("what", &words->what, "What to export")
      .Required()
      .OneOf({"predictions", "recommendations", "campaigns", "experiments"});
  verb.List("--format", &words->formats, "csv, json or parquet (default: csv and json)", true)
      .OneOf({"csv", "json", "parquet"});
  verb.Option("--out", &words->folder, "The folder (default: exports/)");
  session.AddFlagsAndServer(verb, true);
  session.AddJson(verb);
  verb.Examples("  pythia export predictions\n  pythia export campaigns --format parquet");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      ExportCommand command{.what = words->what,
                            .dataset = session.dataset(),
                            .formats = {},
                            .folder = words->folder};
      for (const std::string& format : words->formats) {
        command.formats.push_back(format == "csv"    ? ExportFormat::kCsv
                                  : format == "json" ? ExportFormat::kJson
                                                     : ExportFormat::kParquet);
      }
      if (command.formats.empty()) command.formats = {ExportFormat::kCsv, ExportFormat::kJson};
      PYTHIA_ASSIGN(const std::vector<ExportedFile> files,
                    engine.Export(command, session.progress(), session.stop()));
      session.progress().End();
      Json documents = Json::array();
      for (const ExportedFile& file : files) {
        documents.push_back({{"file", file.path}, {"rows", file.rows}});
        if (!session.json) Print(fmt::format("{}: {} rows", file.path, WithCommas(file.rows)));
      }
      if (session.json) PrintRaw(PrettyJson(documents));
      return {};
    });
  });
}

}  // namespace pythia
