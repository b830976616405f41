#include "cli/command_line.h"

#include <cstdio>
#include <list>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"

namespace pythia {
namespace {

class AppCommand final : public Command {
 public:
  AppCommand(CLI::App* app, std::function<int()>* selected) : app_(app), selected_(selected) {}

  Command& AddCommand(const std::string& name, const std::string& description) override {
    return children_.emplace_back(app_->add_subcommand(name, description), selected_);
  }
  Command& Flag(const std::string& name, bool* target, const std::string& help) override {
    last_ = app_->add_flag(name, *target, help);
    return *this;
  }
  Command& Option(const std::string& name, std::string* target, const std::string& help) override {
    return Last(app_->add_option(name, *target, help), "TEXT");
  }
  Command& Option(const std::string& name, std::optional<std::string>* target,
                  const std::string& help) override {
    return Last(app_->add_option(name, *target, help), "TEXT");
  }
  Command& Option(const std::string& name, int64_t* target, const std::string& help) override {
    return Last(app_->add_option(name, *target, help), "N");
  }
  Command& Option(const std::string& name, std::optional<double>* target,
                  const std::string& help) override {
    return Last(app_->add_option(name, *target, help), "X");
  }
  Command& List(const std::string& name, std::vector<std::string>* target, const std::string& help,
                bool split) override {
    Last(app_->add_option(name, *target, help), "TEXT");
    if (split) last_->delimiter(',');
    if (name.starts_with('-'))
      last_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
  }
  Command& Required() override {
    last_->required();
    return *this;
  }
  Command& OneOf(const std::vector<std::string>& values) override {
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : "|") + value;
    last_->check([values, list](const std::string& given) {
      for (const std::string& value : values) {
        if (value == given) return std::string();
      }
      return fmt::format("takes {}, not '{}'", list, Printable(given));
    });
    last_->type_name(list);
    return *this;
  }
  Command& Examples(const std::string& text) override {
    app_->footer("Examples:\n" + text);
    return *this;
  }
  Command& Run(std::function<int()> action) override {
    app_->final_callback([this, action = std::move(action)] { *selected_ = action; });
    return *this;
  }

 private:
  Command& Last(CLI::Option* option, const std::string& type) {
    last_ = option->type_name(type);
    return *this;
  }

  CLI::App* app_;
  std::function<int()>* selected_;
  CLI::Option* last_ = nullptr;
  std::list<AppCommand> children_;
};

// "verb --option --option" for every verb, by its full words.
void Collect(const CLI::App& app, const std::string& path,
             std::vector<std::pair<std::string, std::vector<std::string>>>* words) {
  std::vector<std::string> own;
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    own.push_back(child->get_name());
    Collect(*child, path + " " + child->get_name(), words);
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) own.push_back("--" + name);
  }
  words->emplace_back(path, std::move(own));
}

int WrongWords(const std::string& what) {
  std::fprintf(stderr, "pythia: %s\n  pythia --help, or pythia VERB --help, shows the words.\n",
               what.c_str());
  return ExitStatus(ErrorCode::kUsage);
}

}  // namespace

struct CommandLine::Parser {
  explicit Parser(const std::string& description)
      : app(description, "pythia"), command(&app, &selected) {}
  CLI::App app;
  std::function<int()> selected;
  AppCommand command;
};

CommandLine::CommandLine(const std::string& description, const std::string& version)
    : parser_(std::make_unique<Parser>(description)) {
  parser_->app.set_version_flag("--version", version);
  parser_->app.set_help_flag("-h,--help", "Show this help and exit");
  parser_->app.require_subcommand(1);
  parser_->app.get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

Command& CommandLine::root() { return parser_->command; }

int CommandLine::Main(int argc, char** argv) {
  const CLI::App& app = parser_->app;
  try {
    parser_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return parser_->app.exit(error);  // help and version
    const bool unknown = app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-';
    return WrongWords(unknown ? fmt::format("there is no verb '{}'", Printable(argv[1]))
                              : Printable(error.what(), 1000));
  }
  if (parser_->selected != nullptr) return parser_->selected();
  const CLI::App* group = &app;
  std::string words = "pythia";
  while (!group->get_subcommands().empty()) {
    group = group->get_subcommands().front();
    words += " " + group->get_name();
  }
  std::vector<std::string> verbs;
  for (const CLI::App* verb : group->get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
  }
  return WrongWords(fmt::format("{} needs one of: {}", words, fmt::join(verbs, ", ")));
}

std::string CommandLine::CompletionScript(const std::string& shell) const {
  std::vector<std::pair<std::string, std::vector<std::string>>> words;
  Collect(parser_->app, "pythia", &words);
  std::string script;
  if (shell == "fish") {
    for (const auto& [path, own] : words) {
      for (const std::string& word : own) {
        const std::string verb = path.substr(path.rfind(' ') + 1);
        const std::string condition =
            path == "pythia" ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + verb;
        script += word.starts_with("--")
                      ? fmt::format("complete -c pythia -n '{}' -l {}\n", condition, word.substr(2))
                      : fmt::format("complete -c pythia -n '{}' -a {}\n", condition, word);
      }
    }
    return script;
  }
  if (shell == "zsh") script += "autoload -U +X bashcompinit && bashcompinit\n";
  script +=
      "_pythia() {\n  local verb=\"pythia\" word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$verb $word\" in\n";
  for (const auto& [path, own] : words) {
    if (path != "pythia") script += fmt::format("      '{}') verb='{}' ;;\n", path, path);
  }
  script += "    esac\n  done\n  local words=\"\"\n  case \"$verb\" in\n";
  for (const auto& [path, own] : words) {
    script += fmt::format("    '{}') words='{}' ;;\n", path, fmt::join(own, " "));
  }
  script +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "  if [ ${#COMPREPLY[@]} -eq 0 ]; then\n"
      "    COMPREPLY=($(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "  fi\n}\ncomplete -F _pythia pythia\n";
  return script;
}

}  // namespace pythia
