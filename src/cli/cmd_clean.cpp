#include <cerrno>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "engine/clean_words.h"
#include "records/json.h"

namespace pythia {
namespace {

struct Words {
  std::vector<std::string> files;
  bool append = false;
  bool replace = false;
  CleanWords options;
  bool dry_run = false;
};

Status Clean(const Words& words, Session& session, auto& engine) {
  if (words.append && words.replace) {
    return Fail(ErrorCode::kUsage, "--append and --replace exclude each other");
  }
  CleanCommand command{.dataset = session.dataset(), .dry_run = words.dry_run};
  PYTHIA_ASSIGN(command.options, CleanOptionsFrom(words.options));
  command.mode = words.append    ? LoadMode::kAppend
                 : words.replace ? LoadMode::kReplace
                                 : LoadMode::kCreate;
  // A misspelt name among several must not leave half of them loaded.
  for (const std::string& file : words.files) {
    std::error_code failed;
    if (file == "-" || std::filesystem::exists(file, failed)) continue;
    return Fail(IoError(failed ? failed.value() : ENOENT, "open", file));
  }
  Json documents = Json::array();
  for (const std::string& file : words.files) {
    command.file = file;
    PYTHIA_ASSIGN(const CleaningReport report,
                  engine.Clean(command, session.progress(), session.stop()));
    session.progress().End();
    if (session.json) {
      documents.push_back(ToJson(report));
    } else {
      PrintReport(report);
    }
    command.mode = LoadMode::kAppend;  // further files join the first
  }
  if (session.json) {
    PrintRaw(PrettyJson(documents.size() == 1 ? documents.front() : documents));
  }
  return {};
}

}  // namespace

void AddClean(Command& root, Session& session) {
  const auto words = std::make_shared<Words>();
  Command& verb = root.AddCommand("clean", "Clean a campaign file into a dataset");
  verb.List("files", &words->files,
            "CSV, TSV, JSON lines or Parquet files, also gzipped; - for standard input")
      .Required();
  session.AddFlagsAndServer(verb, true);
  verb.Flag("--append", &words->append, "Add to the dataset");
  verb.Flag("--replace", &words->replace, "Replace the dataset (the old generation is kept)");
  verb.List("--map", &words->options.map, "\"Their header=Canonical\": what a column is");
  verb.List("--set", &words->options.set, "Column=Value: fill a column that the file lacks");
  verb.Option("--grain", &words->options.grain, "Roll daily rows up to campaigns, or keep rows")
      .OneOf({"campaign", "row"});
  verb.Option("--date-order", &words->options.date_order, "What 03/04 means").OneOf({"dmy", "mdy"});
  verb.Option("--decimal", &words->options.decimal, "The decimal mark").OneOf({",", "."});
  verb.Flag("--strict", &words->options.strict, "Also reject rows with clicks above impressions");
  verb.Flag("--keep-personal", &words->options.keep_personal,
            "Keep columns with e-mails or phone numbers");
  verb.Flag("--dry-run", &words->dry_run, "Report, but store nothing");
  session.AddJson(verb);
  verb.Examples(
      "  pythia clean history.csv\n"
      "  pythia clean Google.csv --append --set Channel_Used=Google\n"
      "  pythia clean export.csv --map \"Aufrufe=Impressions\" --dry-run");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) { return Clean(*words, session, engine); });
  });
}

}  // namespace pythia
