#include "served.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include <fmt/format.h>

namespace pythia::attack {
namespace {

constexpr int kStartMilliseconds = 60000;  // under a sanitizer, on a busy machine

// Starts the program with its output in a pipe; its errors go to log.txt in the folder.
pid_t Start(const std::filesystem::path& folder, const Words& words, int* output) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return -1;
  std::vector<char*> arguments = {const_cast<char*>(PYTHIA_PROGRAM)};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t process = ::fork();
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int errors = ::open((folder / "log.txt").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const bool ready = errors >= 0 && ::chdir(folder.c_str()) == 0 &&
                       ::dup2(pipe[1], STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0;
    ::setenv("TMPDIR", folder.c_str(), 1);
    ::unsetenv("PYTHIA_STORE");
    if (ready) ::execv(PYTHIA_PROGRAM, arguments.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  *output = pipe[0];
  return process;
}

int StatusOf(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool ReadMore(int pipe, std::string* text) {
  pollfd wait = {.fd = pipe, .events = POLLIN};
  if (::poll(&wait, 1, kStartMilliseconds) <= 0) return false;
  char bytes[4096];
  const ssize_t got = ::read(pipe, bytes, sizeof bytes);
  if (got > 0) text->append(bytes, static_cast<size_t>(got));
  return got > 0;
}

int64_t Kilobytes(const std::filesystem::path& file, std::string_view key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key)) return std::stoll(line.substr(key.size()));
  }
  return 0;
}

}  // namespace

bool FullSize() { return std::getenv("PYTHIA_FULL_SIZE") != nullptr; }

Home::Home() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pythia-attack-XXXXXX").string();
  if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

Home::~Home() {
  if (testing::Test::HasFailure()) {
    std::cerr << std::ifstream(path_ / "log.txt").rdbuf() << "\n";
  }
  if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool Home::BecomeDisk(int64_t bytes) {
  mounted_ = ::mount("none", path_.c_str(), "tmpfs", 0, fmt::format("size={}", bytes).c_str()) == 0;
  return mounted_;
}

Ended RunPythia(const std::filesystem::path& folder, const Words& words) {
  int output = -1;
  const pid_t process = Start(folder, words, &output);
  Ended ended;
  while (ReadMore(output, &ended.output)) {
  }
  ::close(output);
  ended.status = StatusOf(process);
  return ended;
}

void WriteHistory(const std::filesystem::path& folder, const std::string& name, int rows,
                  int seed) {
  ASSERT_EQ(RunPythia(folder, {"simulate", "--rows", std::to_string(rows), "--seed",
                               std::to_string(seed), "-o", name})
                .status,
            0);
}

void MakeStore(const std::filesystem::path& folder, int rows) {
  WriteHistory(folder, "history.csv", rows, 1);
  ASSERT_EQ(RunPythia(folder, {"clean", "history.csv"}).status, 0);
  ASSERT_EQ(RunPythia(folder, {"train", "--alpha", "1"}).status, 0);
}

Served::Served(const std::filesystem::path& folder, const Words& words) {
  Words all = {"serve", "--port", "0", "--quiet"};
  all.insert(all.end(), words.begin(), words.end());
  int output = -1;
  process_ = Start(folder, all, &output);
  std::string text;
  while (text.find('\n') == std::string::npos && ReadMore(output, &text)) {
  }
  ::close(output);
  const size_t colon = text.rfind(':');
  if (text.starts_with("serving http://")) {
    port_ = static_cast<uint16_t>(std::stoi(text.substr(colon + 1)));
  } else {
    Kill();
  }
}

Json Served::AskJson(std::string_view bytes) const {
  return Json::parse(Ask(bytes).body, nullptr, false);
}

Json Served::AwaitJob(const std::string& id, std::chrono::seconds time) const {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    const Answered answer = Ask(Get("/api/jobs/" + id));
    if (answer.status == 0) return {};  // killed meanwhile
    Json job = Json::parse(answer.body, nullptr, false);
    if (job.is_object() && !job["finished_at"].is_null()) return job;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return {};
}

Memory Served::memory() const {
  const std::string file = fmt::format("/proc/{}/status", process_);
  return {.now = Kilobytes(file, "VmRSS:") << 10, .most = Kilobytes(file, "VmHWM:") << 10};
}

void Served::ForgetPeak() const {
  std::ofstream(fmt::format("/proc/{}/clear_refs", process_)) << "5";
}

int Served::num_descriptors() const {
  const std::filesystem::directory_iterator open(fmt::format("/proc/{}/fd", process_));
  return static_cast<int>(std::distance(begin(open), end(open)));
}

void Served::Kill() {
  if (process_ <= 0) return;
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == process_) {
    ADD_FAILURE() << "the server ended by itself: signal " << WTERMSIG(status);
  } else {
    ::kill(process_, SIGKILL);
    StatusOf(process_);
  }
  process_ = -1;
}

int Served::Stop() {
  ::kill(process_, SIGTERM);
  const int status = StatusOf(process_);
  process_ = -1;
  return status;
}

}  // namespace pythia::attack
