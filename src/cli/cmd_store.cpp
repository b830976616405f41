#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {
namespace {

void PrintParts(const std::vector<CopiedPart>& parts, bool json, bool copied) {
  if (json) {
    Json document = Json::object();
    for (const CopiedPart& part : parts) {
      document[part.name] = copied ? Json{{"total", part.total}, {"copied", part.copied}}
                                   : Json{{"total", part.total}};
    }
    PrintRaw(PrettyJson(document));
    return;
  }
  std::vector<std::string> header = {"what", copied ? "in both" : "whole"};
  if (copied) header.emplace_back("copied now");
  TextTable table(header);
  for (const CopiedPart& part : parts) {
    std::vector<std::string> row = {part.name, WithCommas(part.total)};
    if (copied) row.push_back(WithCommas(part.copied));
    table.AddRow(std::move(row));
  }
  Print(table.ToString());
}

}  // namespace

void AddStore(Command& root, Session& session) {
  struct Words {
    std::string from;
    std::string to;
  };
  const auto words = std::make_shared<Words>();
  Command& group = root.AddCommand("store", "Copy a whole store into another one, or check one");
  group.Examples(
      "  pythia store copy --from pythia.duckdb --to mongodb://db.example.org/marketing\n"
      "  pythia store check");
  Command& copy = group.AddCommand("copy", "Everything of one store into another, compared");
  copy.Option("--from", &words->from, "The store to copy (default: the configured one)");
  copy.Option("--to", &words->to, "The store to copy into (default: the configured one)");
  session.AddFlags(copy, false);
  session.AddJson(copy);
  copy.Run([&session, words] {
    return session.Run([&](Engine& engine) -> Status {
      PYTHIA_ASSIGN(const auto parts,
                    engine.CopyStore(words->from, words->to, session.progress(), session.stop()));
      PrintParts(parts, session.json, true);
      return {};
    });
  });
  Command& check = group.AddCommand("check", "Read all of it, and compare with what it says");
  session.AddFlags(check, false);
  session.AddJson(check);
  check.Run([&session] {
    return session.Run([&](Engine& engine) -> Status {
      PYTHIA_ASSIGN(const auto parts, engine.VerifyStore(session.progress(), session.stop()));
      PrintParts(parts, session.json, false);
      return {};
    });
  });
}

}  // namespace pythia
