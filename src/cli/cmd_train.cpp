#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {
namespace {

struct Words {
  std::string roi_threshold = "auto";
  std::optional<double> alpha;
  std::vector<std::string> features;
  std::vector<std::string> allowed;
  bool planned_spend = false;
  int64_t seed = 1;
  int64_t threads = 0;
};

Result<TrainOptions> OptionsFrom(const Words& words) {
  TrainOptions options;
  if (words.roi_threshold == "median") {
    options.roi_rule = RoiThresholdRule::kMedian;
  } else if (words.roi_threshold != "auto") {
    const std::string& text = words.roi_threshold;
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, options.roi_threshold);
    if (failed != std::errc() || stop != end) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "--roi-threshold takes auto, median or a number",
                        .value = text});
    }
    options.roi_rule = RoiThresholdRule::kStated;
  }
  if (words.alpha && !(*words.alpha >= 0)) {
    return Fail(ErrorCode::kUsage, "--alpha takes a number from 0");
  }
  if (words.seed < 0) return Fail(ErrorCode::kUsage, "--seed takes a whole number from 0");
  options.alpha = words.alpha;
  options.features = words.features;
  options.allowed = words.allowed;
  options.planned_spend = words.planned_spend;
  options.seed = static_cast<uint64_t>(words.seed);
  options.threads = static_cast<int>(words.threads);
  return options;
}

}  // namespace

void AddTrain(Command& root, Session& session) {
  const auto words = std::make_shared<Words>();
  Command& verb = root.AddCommand("train", "Train the reach, clicks and ROI models on a dataset");
  session.AddFlagsAndServer(verb, true);
  verb.Option("--roi-threshold", &words->roi_threshold,
              "What counts as ROI-positive: auto, median or a number (default: auto)");
  verb.Option("--alpha", &words->alpha, "Ridge penalty (default: chosen by cross-validation)");
  verb.List("--features", &words->features, "Columns to learn from (default: all of the plan)",
            true);
  verb.List("--allow-feature", &words->allowed,
            "Features known before launch although they tell the outcome", true);
  verb.Flag("--planned-spend", &words->planned_spend,
            "Acquisition_Cost was set before launch: no warning that it may be the bill");
  verb.Option("--seed", &words->seed, "Seed of the random folds (default: 1)");
  verb.Option("--threads", &words->threads, "Threads; any number gives the same model");
  session.AddJson(verb);
  verb.Examples(
      "  pythia train\n  pythia train --roi-threshold 0.5 --features "
      "Channel_Used,Acquisition_Cost");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      TrainCommand command{.dataset = session.dataset(), .options = {}};
      PYTHIA_ASSIGN(command.options, OptionsFrom(*words));
      PYTHIA_ASSIGN(const ModelInfo info,
                    engine.Train(command, session.progress(), session.stop()));
      session.progress().End();
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(info.report)));
      } else {
        PrintModel(info, false);
      }
      return {};
    });
  });
}

void AddModels(Command& root, Session& session) {
  const auto version = std::make_shared<std::string>();
  Command& group = root.AddCommand("models", "List, show or activate trained models");
  group.Examples("  pythia models list\n  pythia models show\n  pythia models activate VERSION");

  Command& list = group.AddCommand("list", "All models of the dataset, newest first");
  session.AddFlagsAndServer(list, true);
  session.AddJson(list);
  list.Run([&session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      PYTHIA_ASSIGN(const std::vector<ModelInfo> models, engine.ListModels(session.dataset()));
      if (session.json) {
        Json documents = Json::array();
        for (const ModelInfo& info : models) documents.push_back(ToJson(info));
        PrintRaw(PrettyJson(documents));
        return {};
      }
      if (models.empty()) {
        Print("no model yet: pythia train");
        return {};
      }
      TextTable table({"version", "active", "trained", "campaigns", "generation", "seed"});
      for (const ModelInfo& info : models) {
        table.AddRow({info.version, info.active ? "yes" : "", info.created_at.substr(0, 19),
                      WithCommas(info.report.rows), std::to_string(info.report.generation),
                      std::to_string(info.report.seed)});
      }
      Print(table.ToString());
      return {};
    });
  });

  Command& show =
      group.AddCommand("show", "The card of one model: quality, coefficients, warnings");
  show.Option("version", version.get(), "The model (default: the active one)");
  session.AddFlagsAndServer(show, true);
  session.AddJson(show);
  show.Run([&session, version] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      PYTHIA_ASSIGN(const ModelInfo info, engine.ShowModel(*version));
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(info)));
      } else {
        PrintModel(info, true);
      }
      return {};
    });
  });

  Command& activate = group.AddCommand("activate", "Let a model serve the predictions");
  activate.Option("version", version.get(), "The model").Required();
  session.AddFlagsAndServer(activate, false);
  session.AddJson(activate);
  activate.Run([&session, version] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      PYTHIA_ASSIGN(const ModelInfo info, engine.ActivateModel(*version));
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(info)));
      } else {
        Print("model " + info.version + " now serves dataset " + info.dataset);
      }
      return {};
    });
  });
}

}  // namespace pythia
