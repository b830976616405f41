#include "model/folds.h"

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/random.h"
#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr int kNumFolds = 5;
constexpr int kMinForwardFolds = 3;
constexpr int32_t kMaxGapDays = 7;
constexpr double kFirstShare = 0.5;
constexpr double kMinFirstShare = 0.3;

uint64_t HashText(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return Mix64(hash);
}

// One column's part of the rows' hashes.
void MixColumn(const Column& column, std::vector<uint64_t>* hashes) {
  std::vector<uint64_t> levels;
  if (column.type() == ColumnType::kCategory) {
    for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
      levels.push_back(HashText(column.dictionary()->level(code)));
    }
  }
  for (size_t row = 0; row < hashes->size(); ++row) {
    uint64_t value = 0x6d697373696e67ULL;
    if (!column.IsMissing(static_cast<int64_t>(row))) {
      if (column.type() == ColumnType::kCategory) {
        value = levels[column.codes()[row]];
      } else if (column.type() == ColumnType::kText) {
        value = HashText(column.text(static_cast<int64_t>(row)));
      } else if (column.type() == ColumnType::kDate) {
        value = static_cast<uint64_t>(column.days()[row]);
      } else {
        value = std::bit_cast<uint64_t>(column.numbers()[row]);
      }
    }
    (*hashes)[row] = Mix64((*hashes)[row] * 0x9e3779b97f4a7c15ULL ^ value);
  }
}

bool RepeatsAmongMany(const Column& ids) {
  std::unordered_set<std::string_view> seen;
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (!ids.IsMissing(row) && !seen.insert(ids.text(row)).second) return true;
  }
  return false;
}

// Open addressing: a place holds the row that came first, from 1, and the upper half of its hash.
bool Repeats(const Column& ids) {
  struct Place {
    uint32_t check = 0;
    uint32_t row = 0;
  };
  if (ids.size() >= UINT32_MAX) return RepeatsAmongMany(ids);
  std::vector<Place> places(std::bit_ceil(static_cast<size_t>(ids.size()) * 3 / 2 + 1));
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (ids.IsMissing(row)) continue;
    const std::string_view text = ids.text(row);
    const uint64_t hash = HashText(text);
    const auto check = static_cast<uint32_t>(hash >> 32);
    size_t at = hash & (places.size() - 1);
    for (; places[at].row != 0; at = (at + 1) & (places.size() - 1)) {
      if (places[at].check == check && ids.text(int64_t{places[at].row} - 1) == text) return true;
    }
    places[at] = {.check = check, .row = static_cast<uint32_t>(row + 1)};
  }
  return false;
}

const Column* RepeatingIds(const Table& table) {
  const Column* ids = table.Find(column::kCampaignId);
  const bool usable = ids != nullptr && ids->type() == ColumnType::kText && Repeats(*ids);
  return usable ? ids : nullptr;
}

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
bool Overlaps(const Table& table, std::span<const int32_t> starts, int32_t gap) {
  const Column* duration = table.Find(column::kDuration);
  if (duration == nullptr || !IsNumeric(duration->type())) return false;
  const std::vector<int32_t>& days = table.Find(column::kDate)->days();
  int64_t learned = 0;
  int64_t running = 0;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const auto at = static_cast<size_t>(row);
    if (days[at] == kMissingDay) continue;
    const double lasts = duration->IsMissing(row) ? 0 : duration->numbers()[at];
    for (const int32_t start : starts) {
      if (days[at] >= start - gap) continue;
      ++learned;
      running += days[at] + lasts > start ? 1 : 0;
    }
  }
  return 2 * running > learned;
}

// Folds without any where the dates do not allow them; the rule says why where that needs saying.
Folds Forward(const Table& table) {
  Folds folds;
  const Column* date = table.Find(column::kDate);
  if (date == nullptr || date->num_missing() * 100 > date->size()) return folds;
  std::map<int32_t, int64_t> rows_by_day;
  for (const int32_t day : date->days()) {
    if (day != kMissingDay) ++rows_by_day[day];
  }
  const std::vector<int32_t> starts = BlockStarts(rows_by_day, date->size());
  if (std::ssize(starts) < kMinForwardFolds) return folds;
  const int32_t span = rows_by_day.rbegin()->first - rows_by_day.begin()->first;
  const int32_t gap = std::min(kMaxGapDays, span / 20);
  int64_t first_rows = 0;
  for (const auto& [day, rows] : rows_by_day) {
    if (day < starts.front() - gap) first_rows += rows;
  }
  // One huge day, or a history that thickens late, would leave too little to learn from.
  if (static_cast<double>(first_rows) < kMinFirstShare * static_cast<double>(date->size())) {
    return folds;
  }
  if (Overlaps(table, starts, gap)) {
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
  folds.days = date->days();
  for (const int32_t start : starts) folds.train_before.push_back(start - gap);
  for (const int32_t day : folds.days) {
    const auto block = std::upper_bound(starts.begin(), starts.end(), day) - starts.begin();
    folds.tested_by.push_back(day == kMissingDay ? -1 : static_cast<int>(block) - 1);
  }
  return folds;
}

}  // namespace

bool Folds::Trains(int fold, int64_t row) const {
  const auto at = static_cast<size_t>(row);
  if (!forward) return tested_by[at] != fold;
  return days[at] != kMissingDay && days[at] < train_before[static_cast<size_t>(fold)];
}

Folds RandomFolds(const Table& table, uint64_t seed) {
  std::vector<uint64_t> hashes(static_cast<size_t>(table.num_rows()), Mix64(seed));
  Folds folds{.count = kNumFolds};
  if (const Column* ids = RepeatingIds(table)) {
    folds.rule = fmt::format("{} folds, by a hash of Campaign_ID and the seed", kNumFolds);
    MixColumn(*ids, &hashes);
  } else {
    folds.rule = fmt::format("{} folds, by a hash of the row and the seed", kNumFolds);
    for (const Column& column : table.columns()) MixColumn(column, &hashes);
  }
  for (const uint64_t hash : hashes) {
    folds.tested_by.push_back(static_cast<int>((hash >> 32) % kNumFolds));
  }
  return folds;
}

Folds MakeFolds(const Table& table, uint64_t seed) {
  Folds folds = Forward(table);
  if (folds.count > 0) return folds;
  Folds random = RandomFolds(table, seed);
  if (!folds.rule.empty()) random.rule += " (" + folds.rule + ")";
  return random;
}

std::vector<int64_t> Clusters(const Table& table) {
  std::vector<int64_t> clusters;
  const Column* ids = RepeatingIds(table);
  if (ids == nullptr) return clusters;
  std::unordered_map<std::string_view, int64_t> numbers;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    // A row without an id is a cluster of its own.
    clusters.push_back(ids->IsMissing(row)
                           ? table.num_rows() + row
                           : numbers.emplace(ids->text(row), std::ssize(numbers)).first->second);
  }
  return clusters;
}

}  // namespace pythia
