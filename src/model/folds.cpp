#include "model/folds.h"

#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr int kNumFolds = kRandomFolds;
constexpr int kMinForwardFolds = 3;
constexpr int32_t kMaxGapDays = 7;
constexpr double kFirstShare = 0.5;
constexpr double kMinFirstShare = 0.3;

// The first days of the blocks that are judged: at 50 %, 60 % ... of the rows, never inside a day.
std::vector<int32_t> BlockStarts(const std::map<int32_t, int64_t>& rows_by_day, int64_t all) {
  std::vector<int32_t> starts;
  int64_t before = 0;
  int next = 0;
  for (const auto& [day, rows] : rows_by_day) {
    const auto share = [&](int k) {
      return kFirstShare + (1 - kFirstShare) * static_cast<double>(k) / kNumFolds;
    };
    bool starts_here = false;
    while (next < kNumFolds &&
           static_cast<double>(before) >= share(next) * static_cast<double>(all)) {
      starts_here = true;
      ++next;
    }
    if (starts_here) starts.push_back(day);
    before += rows;
  }
  return starts;
}

// Do most of the campaigns that the folds learn from end after the first day they are judged on?
bool Overlaps(const TrainingHistory& history, std::span<const int32_t> starts, int32_t gap) {
  const TrainingColumn* duration = history.Find(column::kDuration);
  if (duration == nullptr || !IsNumeric(duration->type())) return false;
  const TrainingColumn& date = *history.Find(column::kDate);
  int64_t learned = 0;
  int64_t running = 0;
  for (size_t row = 0; row < history.num_rows(); ++row) {
    const int32_t day = date.day(row);
    if (day == kMissingDay) continue;
    const double lasts = duration->IsMissing(row) ? 0 : duration->number(row);
    for (const int32_t start : starts) {
      if (day >= start - gap) continue;
      ++learned;
      running += day + lasts > start ? 1 : 0;
    }
  }
  return 2 * running > learned;
}

// Gives every row its kind.
void Treat(const TrainingColumn& date, size_t rows, std::span<const int32_t> starts, Folds* folds) {
  // A row without a date is of the first kind: no fold looks at it.
  folds->kinds.emplace_back();
  std::map<std::pair<int, uint32_t>, uint8_t> known = {{{-1, 0}, uint8_t{0}}};
  std::map<int32_t, uint8_t> of_day = {{kMissingDay, uint8_t{0}}};
  folds->kind.reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    const int32_t day = date.day(row);
    auto found = of_day.find(day);
    if (found == of_day.end()) {
      Folds::Kind kind;
      kind.tested_by =
          static_cast<int>(std::upper_bound(starts.begin(), starts.end(), day) - starts.begin()) -
          1;
      for (size_t k = 0; k < starts.size(); ++k) {
        kind.trains |= uint32_t{day < starts[k] - folds->gap_days} << k;
      }
      const auto number = static_cast<uint8_t>(folds->kinds.size());
      const auto [at, is_new] = known.emplace(std::pair(kind.tested_by, kind.trains), number);
      if (is_new) folds->kinds.push_back(kind);
      found = of_day.emplace(day, at->second).first;
    }
    folds->kind.push_back(found->second);
  }
}

// Folds without any where the dates do not allow them; the rule says why where that needs saying.
Folds Forward(const TrainingHistory& history) {
  Folds folds;
  const TrainingColumn* date = history.Find(column::kDate);
  const auto all = static_cast<int64_t>(history.num_rows());
  if (date == nullptr || date->num_missing() * 100 > all) return folds;
  std::map<int32_t, int64_t> rows_by_day;
  int64_t* of_last = nullptr;
  int32_t last = kMissingDay;
  for (size_t row = 0; row < history.num_rows(); ++row) {
    const int32_t day = date->day(row);
    if (day == kMissingDay) continue;
    if (day != last) of_last = &rows_by_day[day];
    last = day;
    ++*of_last;
  }
  const std::vector<int32_t> starts = BlockStarts(rows_by_day, all);
  if (std::ssize(starts) < kMinForwardFolds) return folds;
  const int32_t span = rows_by_day.rbegin()->first - rows_by_day.begin()->first;
  const int32_t gap = std::min(kMaxGapDays, span / 20);
  int64_t first_rows = 0;
  for (const auto& [day, rows] : rows_by_day) {
    if (day < starts.front() - gap) first_rows += rows;
  }
  // One huge day, or a history that thickens late, would leave too little to learn from.
  if (static_cast<double>(first_rows) < kMinFirstShare * static_cast<double>(all)) return folds;
  if (Overlaps(history, starts, gap)) {
    folds.rule = "not forward in time: campaigns overlap, most still run when later ones begin";
    return folds;
  }
  folds.count = static_cast<int>(starts.size());
  folds.forward = true;
  folds.gap_days = gap;
  folds.rule = fmt::format(
      "forward in time: {} blocks from {}, each judged by a fit on what began more than "
      "{} before it",
      folds.count, FormatDay(starts.front()), gap == 1 ? "a day" : fmt::format("{} days", gap));
  Treat(*date, history.num_rows(), starts, &folds);
  return folds;
}

}  // namespace

Folds Folds::Of(std::span<const uint32_t> rows) const {
  Folds some{
      .rule = rule, .count = count, .forward = forward, .gap_days = gap_days, .kinds = kinds};
  some.kind.reserve(rows.size());
  for (const uint32_t row : rows) some.kind.push_back(kind[row]);
  return some;
}

Folds RandomFolds(const TrainingHistory& history) {
  Folds folds{.count = kNumFolds, .kind = history.random_folds()};
  folds.rule = history.ids_repeat()
                   ? fmt::format("{} folds, by a hash of Campaign_ID and the seed", kNumFolds)
                   : fmt::format("{} folds, by a hash of the row and the seed", kNumFolds);
  for (int k = 0; k < kNumFolds; ++k) {
    folds.kinds.push_back({.tested_by = k, .trains = ((1U << kNumFolds) - 1) & ~(1U << k)});
  }
  return folds;
}

Folds MakeFolds(const TrainingHistory& history) {
  Folds folds = Forward(history);
  if (folds.count > 0) return folds;
  Folds random = RandomFolds(history);
  if (!folds.rule.empty()) random.rule += " (" + folds.rule + ")";
  return random;
}

}  // namespace pythia
