#include "cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "base/utf8.h"

namespace pythia {
namespace {

constexpr int kBarWidth = 24;
constexpr auto kRedraw = std::chrono::milliseconds(100);
// Seconds; before, an estimate would jump about.
constexpr double kFirstEstimate = 2;

std::string TimeLeft(double seconds) {
  const auto left = std::llround(std::max(0.0, seconds));
  if (left < 60) return fmt::format("  {} s left", left);
  if (left < 3600) return fmt::format("  {}:{:02} min left", left / 60, left % 60);
  return fmt::format("  {}:{:02} h left", left / 3600, left / 60 % 60);
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header) : left_(header.size(), false) {
  PYTHIA_CHECK(!header.empty());
  left_[0] = true;
  rows_.push_back(std::move(header));
}

void TextTable::AddRow(std::vector<std::string> cells) {
  PYTHIA_CHECK(cells.size() == left_.size());
  for (std::string& cell : cells) cell = Printable(cell, std::numeric_limits<size_t>::max());
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString() const {
  std::vector<size_t> widths(left_.size(), 0);
  for (const auto& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], DisplayWidth(row[c]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - DisplayWidth(row[c]), ' ');
      line += "  " + (left_[c] ? row[c] + padding : padding + row[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string WithCommas(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string ShortNumber(double number) {
  if (std::isnan(number)) return "-";
  const double size = std::fabs(number);
  if (size >= 1e15) return fmt::format("{:.3g}", number);
  if (number == std::floor(number)) return WithCommas(static_cast<int64_t>(number));
  if (size >= 1000) return WithCommas(std::llround(number));
  if (size >= 0.001) {
    const int digits = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    return fmt::format("{:.{}f}", number, digits);
  }
  return fmt::format("{:.3g}", number);
}

std::string Percent(double share, int digits) {
  return fmt::format("{:.{}f} %", 100 * share, digits);
}

std::string Bar(double share, int width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width * 8));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

bool UseColor(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(descriptor) == 1 && (no_color == nullptr || *no_color == '\0');
}

std::string Bold(std::string_view text) {
  return UseColor(STDOUT_FILENO) ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

int Report(const Error& error) {
  const bool color = UseColor(STDERR_FILENO);
  (void)std::fprintf(
      stderr, "pythia: %s%s%s\n",
      color ? "\x1b[31merror:\x1b[0m " : "error: ", error.ToString().c_str(),
      error.code == ErrorCode::kInternal ? "\n  This is a defect; please report it." : "");
  return ExitStatus(error.code);
}

TerminalProgress::TerminalProgress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress() { End(); }

void TerminalProgress::Begin(std::string_view stage, int64_t total) {
  stage_ = stage;
  total_ = total;
  started_ = std::chrono::steady_clock::now();
  last_ = started_;
  if (on_terminal_) Draw(0, 0);
}

void TerminalProgress::Update(int64_t done, int64_t rows) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kRedraw) return;
  last_ = now;
  Draw(done, rows);
}

void TerminalProgress::Draw(int64_t done, int64_t rows) {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  std::string line = stage_;
  if (total_ > 0 && done > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(total_);
    std::string bar = Bar(share, kBarWidth);
    bar.append(kBarWidth - std::min<size_t>(kBarWidth, DisplayWidth(bar)), ' ');
    line += fmt::format("  ▕{}▏ {:3.0f} %", bar, 100 * std::min(share, 1.0));
  }
  if (total_ > 0 && done > 0 && seconds > kFirstEstimate) {
    line += TimeLeft(seconds * (static_cast<double>(total_) / static_cast<double>(done) - 1));
  }
  if (rows > 0 && seconds > 0.2) {
    line += fmt::format("  {} rows, {:.0f} MB/s, {} rows/s", WithCommas(rows),
                        static_cast<double>(done) / seconds / 1e6,
                        WithCommas(std::llround(static_cast<double>(rows) / seconds)));
  }
  (void)std::fprintf(stderr, "\r\x1b[2K%s", line.c_str());
  (void)std::fflush(stderr);
  drawn_ = true;
}

void TerminalProgress::End() {
  if (!drawn_) return;
  (void)std::fprintf(stderr, "\r\x1b[2K");
  (void)std::fflush(stderr);
  drawn_ = false;
}

}  // namespace pythia
