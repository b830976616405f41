#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "records/json.h"

namespace pythia {

void AddConfig(Command& root, Session& session) {
  Command& verb = root.AddCommand("config", "Every setting, and where its value came from");
  session.AddFlags(verb, true);
  session.AddJson(verb);
  verb.Examples("  pythia config\n  PYTHIA_STORE=team.duckdb pythia config");
  verb.Run([&session] {
    const Result<Config> config = session.LoadSettings();
    if (!config) return Report(config.error());
    if (session.json) {
      Json document = Json::object();
      for (const Setting& setting : config->settings) {
        document[setting.key] = {{"value", setting.value}, {"origin", setting.origin}};
      }
      PrintRaw(PrettyJson(document));
      return 0;
    }
    TextTable table({"setting", "value", "from"});
    table.Left(1);
    table.Left(2);
    for (const Setting& setting : config->settings) {
      table.AddRow({setting.key, setting.value, setting.origin});
    }
    Print(table.ToString());
    return 0;
  });
}

void AddCompletion(Command& root, const CommandLine& line) {
  const auto shell = std::make_shared<std::string>();
  Command& verb = root.AddCommand("completion", "Print a completion script for your shell");
  verb.Option("shell", shell.get(), "The shell").Required().OneOf({"bash", "zsh", "fish"});
  verb.Examples(
      "  source <(pythia completion bash)\n"
      "  pythia completion fish > ~/.config/fish/completions/pythia.fish");
  verb.Run([&line, shell] {
    PrintRaw(line.CompletionScript(*shell));
    return 0;
  });
}

}  // namespace pythia
