// Runs the commands of a case file in a fresh folder and compares what they print with what the
// file says; tests/cases/README.md describes the format.
//
//   case_runner [--pythia PATH] [--examples DIR] [--data DIR] [--timeout SECONDS] [--update] FILE
//
// Exit status: 0 all as written, 1 something differs, 2 the file or the words are off. --update
// writes what was found into the file instead.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

// One command with the output that it must have, or (no command) lines of comment.
struct Step {
  size_t line = 0;  // of the command, from 1
  std::string command;
  Lines source;    // the lines of the file that hold the comment or the command
  Lines expected;  // without the indentation; the exit status as "[N]" at the end
  Lines found;
  bool is_command() const { return !command.empty(); }
};

struct Words {
  fs::path pythia;
  fs::path examples;
  fs::path data;
  fs::path file;
  int timeout_seconds = 100;
  bool update = false;
};

[[noreturn]] void Die(const std::string& message) {
  (void)std::fprintf(stderr, "case_runner: %s\n", message.c_str());
  std::exit(2);
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Die("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

Lines SplitLines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == text.npos) {
      lines.push_back(std::string(text) + " (no-eol)");
      break;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Blank lines between lines of output belong to the output.
void TakeBlankLines(std::vector<Step>* steps) {
  if (steps->size() < 2) return;
  Step& comment = steps->back();
  Step& command = (*steps)[steps->size() - 2];
  const bool blank = std::all_of(comment.source.begin(), comment.source.end(),
                                 [](const std::string& line) { return line.empty(); });
  if (comment.is_command() || !command.is_command() || !blank) return;
  command.expected.insert(command.expected.end(), comment.source.begin(), comment.source.end());
  steps->pop_back();
}

std::vector<Step> ParseCase(std::string_view text) {
  std::vector<Step> steps;
  size_t number = 0;
  for (const std::string& line : SplitLines(text)) {
    ++number;
    if (line.starts_with("  $ ")) {
      steps.push_back({number, line.substr(4), {line}, {}, {}});
    } else if (line.starts_with("  > ") && !steps.empty() && steps.back().is_command() &&
               steps.back().expected.empty()) {
      steps.back().command += "\n" + line.substr(4);
      steps.back().source.push_back(line);
    } else if (line.starts_with("  ")) {
      TakeBlankLines(&steps);
      if (steps.empty() || !steps.back().is_command()) {
        Die("line " + std::to_string(number) + ": output without a command above it");
      }
      steps.back().expected.push_back(line.substr(2));
    } else {
      if (steps.empty() || steps.back().is_command()) steps.emplace_back();
      steps.back().source.push_back(line);
    }
  }
  return steps;
}

// '*' is any text, '?' any byte, a backslash takes the next byte as it is.
bool MatchesGlob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (MatchesGlob(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  const bool escaped = pattern[0] == '\\' && pattern.size() > 1;
  if (escaped) pattern.remove_prefix(1);
  if (text.empty() || (text[0] != pattern[0] && (escaped || pattern[0] != '?'))) return false;
  return MatchesGlob(pattern.substr(1), text.substr(1));
}

bool Matches(const std::string& expected, const std::string& found) {
  constexpr std::string_view kGlob = " (glob)";
  constexpr std::string_view kRegex = " (re)";
  if (expected == found) return true;
  if (expected.ends_with(kGlob)) {
    return MatchesGlob(std::string_view(expected).substr(0, expected.size() - kGlob.size()), found);
  }
  if (!expected.ends_with(kRegex)) return false;
  try {
    return std::regex_match(found, std::regex(expected.substr(0, expected.size() - kRegex.size())));
  } catch (const std::regex_error& error) {
    Die("no regular expression: " + expected + ": " + error.what());
  }
}

bool AllMatch(const Step& step) {
  return std::equal(step.expected.begin(), step.expected.end(), step.found.begin(),
                    step.found.end(), Matches);
}

// The longest common subsequence's lengths, from each pair of positions to the ends.
std::vector<std::vector<size_t>> CommonLengths(const Lines& expected, const Lines& found) {
  std::vector<std::vector<size_t>> lengths(expected.size() + 1,
                                           std::vector<size_t>(found.size() + 1));
  for (size_t i = expected.size(); i-- > 0;) {
    for (size_t j = found.size(); j-- > 0;) {
      lengths[i][j] = Matches(expected[i], found[j])
                          ? lengths[i + 1][j + 1] + 1
                          : std::max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

void PrintDifference(const fs::path& file, const Step& step) {
  std::printf("%s:%zu: $ %s\n--- expected\n+++ found\n", file.c_str(), step.line,
              step.command.c_str());
  const Lines& expected = step.expected;
  // A runaway output is shown by its beginning.
  Lines found = step.found;
  if (found.size() > 2000) found.resize(2000);
  const auto lengths = CommonLengths(expected, found);
  size_t i = 0;
  size_t j = 0;
  while (i < expected.size() || j < found.size()) {
    if (i < expected.size() && j < found.size() && Matches(expected[i], found[j])) {
      std::printf(" %s\n", found[j].c_str());
      ++i;
      ++j;
    } else if (j == found.size() ||
               (i < expected.size() && lengths[i + 1][j] >= lengths[i][j + 1])) {
      std::printf("-%s\n", expected[i++].c_str());
    } else {
      std::printf("+%s\n", found[j++].c_str());
    }
  }
  std::printf("\n");
}

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// Each command through eval, so that one with a syntax error spoils no other; behind it a line
// with the mark and the exit status.
std::string ScriptOf(const std::vector<Step>& steps, const std::string& mark) {
  std::string script;
  for (const Step& step : steps) {
    if (!step.is_command()) continue;
    script += "eval " + SingleQuoted(step.command) + "\n";
    script += "printf '\\n" + mark + " %d\\n' $?\n";
  }
  return script;
}

Lines EnvironmentOf(const Words& words, const fs::path& folder) {
  Lines environment = {"HOME=" + folder.string(),
                       "TMPDIR=" + folder.string(),
                       "EXAMPLES=" + words.examples.string(),
                       "DATA=" + words.data.string(),
                       "CASE_RUNNER=" + fs::read_symlink("/proc/self/exe").string(),
                       "NO_COLOR=1",
                       "TERM=dumb",
                       "TZ=UTC",
                       "LC_ALL=C.UTF-8"};
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  if (!words.pythia.empty()) {
    environment.push_back("PYTHIA=" + words.pythia.string());
    path = words.pythia.parent_path().string() + ":" + path;
  }
  environment.push_back("PATH=" + path);
  for (const char* name :
       {"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

// In the child: never returns.
[[noreturn]] void BecomeBash(const fs::path& script, const fs::path& folder, const fs::path& output,
                             Lines environment) {
  ::setsid();
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (in < 0 || out < 0 || ::chdir(folder.c_str()) != 0) ::_exit(126);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  std::vector<char*> pointers;
  for (std::string& variable : environment) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  std::string bash = "bash";
  std::string file = script.string();
  char* arguments[] = {bash.data(), file.data(), nullptr};
  ::execve("/bin/bash", arguments, pointers.data());
  ::_exit(127);
}

// Ends the shell after the time, and in any case everything that it started.
void WaitFor(pid_t shell, int timeout_seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_seconds);
  int status = 0;
  while (::waitpid(shell, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      std::printf("case_runner: not done after %d seconds\n", timeout_seconds);
      ::kill(-shell, SIGKILL);
      ::waitpid(shell, &status, 0);
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(-shell, SIGKILL);
}

// Deals the output out to the commands.
void TakeOutput(std::string_view output, const std::string& mark, std::vector<Step>* steps) {
  const std::string separator = "\n" + mark + " ";
  for (Step& step : *steps) {
    if (!step.is_command()) continue;
    const size_t end = output.find(separator);
    step.found = SplitLines(output.substr(0, end));
    if (end == output.npos) {
      step.found.emplace_back("case_runner: the shell ended in this command");
      return;
    }
    output.remove_prefix(end + separator.size());
    const std::string status(output.substr(0, output.find('\n')));
    output.remove_prefix(status.size() + 1);
    if (status != "0") step.found.push_back("[" + status + "]");
  }
}

void RunCase(const Words& words, std::vector<Step>* steps) {
  std::string name = (fs::temp_directory_path() / "pythia_case_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) Die("cannot make a temporary folder");
  const fs::path top = name;
  const fs::path folder = top / "work";
  fs::create_directory(folder);
  const std::string mark = "case-runner-" + top.filename().string();
  std::ofstream(top / "script") << ScriptOf(*steps, mark);
  (void)std::fflush(nullptr);
  const Lines environment = EnvironmentOf(words, folder);
  const pid_t shell = ::fork();
  if (shell < 0) Die("cannot start bash");
  if (shell == 0) BecomeBash(top / "script", folder, top / "output", environment);
  WaitFor(shell, words.timeout_seconds);
  TakeOutput(ReadAll(top / "output"), mark, steps);
  std::error_code ignored;
  fs::remove_all(top, ignored);
}

void WriteUpdated(const fs::path& file, const std::vector<Step>& steps) {
  std::ofstream out(file, std::ios::binary);
  for (const Step& step : steps) {
    for (const std::string& line : step.source) out << line << '\n';
    for (const std::string& line : AllMatch(step) ? step.expected : step.found) {
      out << "  " << line << '\n';
    }
  }
}

Words ParseWords(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) Die(std::string(word) + " needs a value");
      return argv[++i];
    };
    if (word == "--pythia") {
      words.pythia = fs::absolute(value());
    } else if (word == "--examples") {
      words.examples = fs::absolute(value());
    } else if (word == "--data") {
      words.data = fs::absolute(value());
    } else if (word == "--timeout") {
      words.timeout_seconds = static_cast<int>(std::strtol(value().c_str(), nullptr, 10));
    } else if (word == "--update") {
      words.update = true;
    } else if (words.file.empty() && !word.starts_with("--")) {
      words.file = word;
    } else {
      Die("what is " + std::string(word) + "?");
    }
  }
  if (words.file.empty()) Die("which file?");
  return words;
}

}  // namespace

int main(int argc, char** argv) {
  const Words words = ParseWords(argc, argv);
  std::vector<Step> steps = ParseCase(ReadAll(words.file));
  RunCase(words, &steps);
  size_t commands = 0;
  size_t differing = 0;
  for (const Step& step : steps) {
    commands += step.is_command() ? 1 : 0;
    if (AllMatch(step)) continue;
    ++differing;
    if (!words.update) PrintDifference(words.file, step);
  }
  if (commands == 0) Die("no command in " + words.file.string());
  if (words.update && differing > 0) WriteUpdated(words.file, steps);
  std::printf("%zu of %zu commands as written%s\n", commands - differing, commands,
              words.update && differing > 0 ? "; the file is updated" : "");
  return differing == 0 || words.update ? 0 : 1;
}
