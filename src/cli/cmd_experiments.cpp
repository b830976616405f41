#include <charconv>
#include <cmath>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {
namespace {

Json ToDocuments(const std::vector<Experiment>& experiments) {
  Json documents = Json::array();
  for (const Experiment& experiment : experiments) documents.push_back(ToJson(experiment));
  return documents;
}

Result<int64_t> ParseId(const std::string& text) {
  int64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, id);
  if (failed != std::errc() || stop != end) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "an experiment is named by its number",
                      .value = text});
  }
  return id;
}

Status List(Session& session, auto& engine) {
  PYTHIA_ASSIGN(const std::vector<Experiment> experiments,
                engine.ListExperiments(session.dataset()));
  if (session.json) {
    PrintRaw(PrettyJson(ToDocuments(experiments)));
    return {};
  }
  if (experiments.empty()) {
    Print("no experiment yet: pythia train logs its own");
    return {};
  }
  TextTable table({"id", "at", "dataset", "model type", "model", "metrics"});
  for (size_t column = 1; column < 6; ++column) table.Left(column);
  for (const Experiment& experiment : experiments) {
    std::string metrics;
    for (const auto& [name, value] : experiment.metrics) {
      metrics += fmt::format("{}{} {:.4g}", metrics.empty() ? "" : ", ", name, value);
    }
    table.AddRow({std::to_string(experiment.id), experiment.at.substr(0, 19), experiment.dataset,
                  experiment.model_type, experiment.model_version, metrics});
  }
  Print(table.ToString());
  return {};
}

// Side by side: a row per metric, a column per experiment.
Status Compare(Session& session, auto& engine, const std::vector<std::string>& ids) {
  std::vector<Experiment> experiments;
  for (const std::string& text : ids) {
    PYTHIA_ASSIGN(const int64_t id, ParseId(text));
    PYTHIA_ASSIGN(Experiment experiment, engine.FindExperiment(id));
    experiments.push_back(std::move(experiment));
  }
  if (session.json) {
    PrintRaw(PrettyJson(ids.size() == 1 ? ToJson(experiments.front()) : ToDocuments(experiments)));
    return {};
  }
  std::vector<std::string> header = {"experiment"};
  std::set<std::string> metrics;
  for (const Experiment& experiment : experiments) {
    header.push_back(std::to_string(experiment.id));
    for (const auto& [name, value] : experiment.metrics) metrics.insert(name);
  }
  TextTable table(header);
  const auto add = [&](const std::string& title, auto text) {
    std::vector<std::string> row = {title};
    for (const Experiment& experiment : experiments) row.push_back(text(experiment));
    table.AddRow(std::move(row));
  };
  add("at", [](const Experiment& e) { return e.at.substr(0, 19); });
  add("dataset", [](const Experiment& e) { return e.dataset; });
  add("model type", [](const Experiment& e) { return e.model_type; });
  add("model", [](const Experiment& e) { return e.model_version; });
  add("seed", [](const Experiment& e) { return e.seed ? std::to_string(*e.seed) : ""; });
  add("data", [](const Experiment& e) { return e.data_sha256.substr(0, 12); });
  for (const std::string& metric : metrics) {
    add(metric, [&](const Experiment& e) {
      const auto found = e.metrics.find(metric);
      return found == e.metrics.end() ? "" : fmt::format("{:.6g}", found->second);
    });
  }
  Print(table.ToString());
  return {};
}

struct LogWords {
  std::string model_type;
  std::vector<std::string> metrics;
  std::string note;
};

Status Log(Session& session, auto& engine, const LogWords& words) {
  Experiment experiment{
      .dataset = session.dataset(), .model_type = words.model_type, .note = words.note};
  for (const std::string& word : words.metrics) {
    const size_t at = word.find('=');
    double value = 0;
    const char* end = word.data() + word.size();
    const bool named = at != std::string::npos && at > 0;
    const auto [stop, failed] = std::from_chars(word.data() + (named ? at + 1 : 0), end, value);
    if (!named || failed != std::errc() || stop != end || !std::isfinite(value)) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "--metric takes NAME=NUMBER",
                        .value = word,
                        .hint = "As in --metric log_loss=0.61"});
    }
    experiment.metrics[word.substr(0, at)] = value;
  }
  PYTHIA_ASSIGN(const Experiment logged, engine.LogExperiment(std::move(experiment)));
  if (session.json) {
    PrintRaw(PrettyJson(ToJson(logged)));
  } else {
    Print(fmt::format("experiment {} is logged", logged.id));
  }
  return {};
}

}  // namespace

void AddExperiments(Command& root, Session& session) {
  const auto ids = std::make_shared<std::vector<std::string>>();
  const auto log_words = std::make_shared<LogWords>();
  Command& group = root.AddCommand("experiments", "List, show, compare or log evaluations");
  group.Examples(
      "  pythia experiments list\n  pythia experiments compare 1 3\n"
      "  pythia experiments log --dataset campaigns --model-type forest --metric "
      "log_loss=0.61");

  Command& list = group.AddCommand("list", "All, oldest first; of one dataset with --dataset");
  session.AddFlagsAndServer(list, true);
  session.AddJson(list);
  list.Run([&session] {
    return session.RunAnywhere([&](auto& engine) { return List(session, engine); });
  });

  const auto add_compare = [&](const std::string& name, const std::string& help) {
    Command& verb = group.AddCommand(name, help);
    verb.List("id", ids.get(), "Numbers from pythia experiments list").Required();
    session.AddFlagsAndServer(verb, false);
    session.AddJson(verb);
    verb.Run([&session, ids] {
      return session.RunAnywhere([&](auto& engine) { return Compare(session, engine, *ids); });
    });
  };
  add_compare("show", "One experiment with all its metrics");
  add_compare("compare", "Several side by side");

  Command& log = group.AddCommand("log", "Log an evaluation of your own");
  session.AddFlagsAndServer(log, true);
  log.Option("--model-type", &log_words->model_type, "What was evaluated").Required();
  log.List("--metric", &log_words->metrics, "NAME=NUMBER, as often as needed").Required();
  log.Option("--note", &log_words->note, "A remark");
  session.AddJson(log);
  log.Run([&session, log_words] {
    return session.RunAnywhere([&](auto& engine) { return Log(session, engine, *log_words); });
  });
}

}  // namespace pythia
