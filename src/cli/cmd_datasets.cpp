#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {
namespace {

Status List(Session& session, auto& engine) {
  PYTHIA_ASSIGN(const std::vector<DatasetInfo> datasets, engine.ListDatasets());
  if (session.json) {
    Json documents = Json::array();
    for (const DatasetInfo& info : datasets) documents.push_back(ToJson(info));
    PrintRaw(PrettyJson(documents));
    return {};
  }
  if (datasets.empty()) {
    Print("no dataset yet: pythia clean FILE");
    return {};
  }
  TextTable table({"dataset", "generation", "campaigns", "files", "grain", "currency", "since"});
  for (const DatasetInfo& info : datasets) {
    table.AddRow({info.name, std::to_string(info.generation), WithCommas(info.rows),
                  std::to_string(info.loads.size()), info.grain,
                  info.currency.empty() ? "unknown" : info.currency,
                  info.created_at.substr(0, 19)});
  }
  Print(table.ToString());
  return {};
}

Status Show(Session& session, auto& engine, const std::string& name) {
  PYTHIA_ASSIGN(const DatasetDetails details, engine.ShowDataset(name));
  if (session.json) {
    PrintRaw(PrettyJson(ToJson(details)));
    return {};
  }
  TextTable generations({"generation", "campaigns", "since", "files"});
  generations.Left(3);
  for (const DatasetInfo& info : details.generations) {
    std::string files;
    for (const LoadInfo& load : info.loads) files += (files.empty() ? "" : ", ") + load.source;
    generations.AddRow({std::to_string(info.generation) + (info.current ? " (current)" : ""),
                        WithCommas(info.rows), info.created_at.substr(0, 19), files});
  }
  Print(generations.ToString());
  if (details.channels.empty()) return {};
  std::vector<std::string> header = {"channel", "campaigns"};
  header.insert(header.end(), details.sums.begin(), details.sums.end());
  TextTable channels(header);
  for (const GroupSums& group : details.channels) {
    std::vector<std::string> row = {group.level.empty() ? "(missing)" : group.level,
                                    WithCommas(group.rows)};
    for (const double sum : group.sums) row.push_back(ShortNumber(sum));
    channels.AddRow(std::move(row));
  }
  Print(channels.ToString());
  return {};
}

Status Restore(Session& session, auto& engine, const std::string& name) {
  PYTHIA_ASSIGN(const DatasetInfo info, engine.RestoreDataset(name));
  if (session.json) {
    PrintRaw(PrettyJson(ToJson(info)));
  } else {
    Print(fmt::format("dataset {} is back at generation {} ({} campaigns)", info.name,
                      info.generation, WithCommas(info.rows)));
  }
  return {};
}

Status Delete(Session& session, auto& engine, const std::string& name, bool yes) {
  if (!yes) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "deleting a dataset also deletes its models, predictions, "
                                 "recommendations and experiments, and cannot be undone",
                      .value = name,
                      .hint = "If you mean it: pythia datasets delete " + name + " --yes"});
  }
  PYTHIA_TRY(engine.DeleteDataset(name));
  if (session.json) {
    PrintRaw(PrettyJson({{"deleted", name}}));
  } else {
    Print("dataset " + name + " is deleted");
  }
  return {};
}

}  // namespace

void AddDatasets(Command& root, Session& session) {
  struct Words {
    std::string name;
    bool yes = false;
  };
  const auto words = std::make_shared<Words>();
  Command& group = root.AddCommand("datasets", "List, show, restore or delete datasets");
  group.Examples("  pythia datasets list\n  pythia datasets restore campaigns");
  const auto add = [&](const std::string& name, const std::string& help, bool named,
                       auto action) -> Command& {
    Command& verb = group.AddCommand(name, help);
    if (named) verb.Option("name", &words->name, "The dataset").Required();
    session.AddFlagsAndServer(verb, false);
    session.AddJson(verb);
    return verb.Run([&session, action = std::move(action)] { return session.RunAnywhere(action); });
  };
  add("list", "All datasets", false, [&session](auto& engine) { return List(session, engine); });
  add("show", "Generations, files and channels of one", true,
      [words, &session](auto& engine) { return Show(session, engine, words->name); });
  add("restore", "Go back to the generation before", true,
      [words, &session](auto& engine) { return Restore(session, engine, words->name); });
  add("delete", "Delete one with everything derived from it", true,
      [words, &session](auto& engine) { return Delete(session, engine, words->name, words->yes); })
      .Flag("--yes", &words->yes, "Yes, delete it");
}

void AddPrune(Command& root, Session& session) {
  Command& verb = root.AddCommand(
      "prune", "Drop logs past their retention and generations older than the one before");
  session.AddFlags(verb, false);
  session.AddJson(verb);
  verb.Run([&session] {
    return session.Run([&](Engine& engine) -> Status {
      PYTHIA_ASSIGN(const PruneReport report, engine.Prune());
      if (session.json) {
        PrintRaw(PrettyJson({{"predictions", report.predictions},
                             {"recommendations", report.recommendations},
                             {"generations", report.generations}}));
      } else {
        Print(
            fmt::format("dropped {} logged predictions, {} logged recommendations and {} old "
                        "generations",
                        WithCommas(report.predictions), WithCommas(report.recommendations),
                        WithCommas(report.generations)));
      }
      return {};
    });
  });
}

void AddOptions(Command& root, Session& session) {
  Command& verb = root.AddCommand("options", "What a plan can be made of: values and ranges");
  session.AddFlagsAndServer(verb, true);
  session.AddJson(verb);
  verb.Run([&session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      PYTHIA_ASSIGN(const Options options, engine.GetOptions(session.dataset()));
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(options)));
        return {};
      }
      TextTable table({"column", "values"});
      table.Left(1);
      for (const auto& [name, values] : options.categories) {
        constexpr size_t kShown = 12;
        std::string text;
        for (size_t i = 0; i < std::min(values.size(), kShown); ++i) {
          text += (i == 0 ? "" : ", ") + values[i];
        }
        if (values.size() > kShown) text += fmt::format(", … ({} in all)", values.size());
        table.AddRow({name, text});
      }
      for (const auto& [name, range] : options.ranges) {
        table.AddRow({name, ShortNumber(range.min) + " … " + ShortNumber(range.max)});
      }
      if (options.dates)
        table.AddRow({"Date", options.dates->first + " … " + options.dates->second});
      Print(table.ToString());
      if (!options.currency.empty()) Print("  money is in " + options.currency);
      return {};
    });
  });
}

}  // namespace pythia
