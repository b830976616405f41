// Verbs, their options and their help. The parser behind it (CLI11) is slow to compile and stays in
// command_line.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pythia {

// One verb, or a group of verbs. Targets of options must outlive Run().
class Command {
 public:
  virtual ~Command() = default;

  virtual Command& AddCommand(const std::string& name, const std::string& description) = 0;
  // Names as in "-o,--output"; a name without dashes is a positional argument.
  virtual Command& Flag(const std::string& name, bool* target, const std::string& help) = 0;
  virtual Command& Option(const std::string& name, std::string* target,
                          const std::string& help) = 0;
  virtual Command& Option(const std::string& name, std::optional<std::string>* target,
                          const std::string& help) = 0;
  virtual Command& Option(const std::string& name, int64_t* target, const std::string& help) = 0;
  virtual Command& Option(const std::string& name, std::optional<double>* target,
                          const std::string& help) = 0;
  // May be given several times; a comma separates values where `split` is set.
  virtual Command& List(const std::string& name, std::vector<std::string>* target,
                        const std::string& help, bool split = false) = 0;
  // Marks the option that was added last.
  virtual Command& Required() = 0;
  virtual Command& OneOf(const std::vector<std::string>& values) = 0;
  // Shown under the verb's help.
  virtual Command& Examples(const std::string& text) = 0;
  // What the verb does; its result is the program's exit status.
  virtual Command& Run(std::function<int()> action) = 0;
};

class CommandLine {
 public:
  CommandLine(const std::string& description, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command& root();
  // Parses and runs the verb. Wrong words: a message on stderr and exit status 2.
  int Main(int argc, char** argv);
  // A completion script for "bash", "zsh" or "fish": every verb and option.
  std::string CompletionScript(const std::string& shell) const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace pythia
