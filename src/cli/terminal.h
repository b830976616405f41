// What people see: tables that line up, progress while they wait, colour where it helps.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/progress.h"

namespace pythia {

// Rows of text; the first column is set left, the others right unless told otherwise.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);
  void Left(size_t column) { left_[column] = true; }
  void AddRow(std::vector<std::string> cells);
  // Two spaces between columns, control characters shown as \xNN.
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> left_;
};

std::string WithCommas(int64_t number);             // "1,234,567"
std::string ShortNumber(double number);             // about four significant digits
std::string Percent(double share, int digits = 1);  // "5.3 %"
// `share` of `width` cells as a bar of block characters.
std::string Bar(double share, int width);

// True where `descriptor` is a terminal and NO_COLOR is not set.
bool UseColor(int descriptor);
std::string Bold(std::string_view text);  // on standard output

// "pythia: error: ..." on standard error; the exit status for it.
int Report(const Error& error);

// A line that redraws itself on standard error, where that is a terminal; else silence.
class TerminalProgress final : public Progress {
 public:
  TerminalProgress();
  ~TerminalProgress() override;
  void Begin(std::string_view stage, int64_t total) override;
  void Update(int64_t done, int64_t rows) override;
  void End() override;

 private:
  void Draw(int64_t done, int64_t rows);

  bool on_terminal_;
  bool drawn_ = false;
  std::string stage_;
  int64_t total_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace pythia
