#include "model/packed_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <thread>

#include "base/check.h"
#include "glm/packing.h"

namespace pythia {
namespace {

constexpr int kMostFolds = 16;  // a bit each
constexpr int64_t kMostDays = 20'000;
constexpr size_t kMostCounts = size_t{1} << 22;

// Calls task(0) .. task(n - 1), each once, on so many threads.
void InParallel(size_t n, int threads, const std::function<void(size_t)>& task) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < n; i = next++) task(i);
  };
  std::vector<std::jthread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work);
  work();
}

// How one fold set treats a row.
uint64_t TreatmentOf(const Folds& folds, int64_t row) {
  uint64_t trains = 0;
  for (int k = 0; k < folds.count; ++k) trains |= uint64_t{folds.Trains(k, row)} << k;
  const auto tested_by = static_cast<uint64_t>(folds.tested_by[static_cast<size_t>(row)] + 1);
  return tested_by << kMostFolds | trains;
}

bool SpanIsShort(const Column& column) {
  int32_t first = INT32_MAX;
  int32_t last = INT32_MIN;
  for (const int32_t day : column.days()) {
    if (day == kMissingDay) continue;
    first = std::min(first, day);
    last = std::max(last, day);
  }
  return last < first || int64_t{last} - first < kMostDays;
}

}  // namespace

size_t PackedRows::NumberOf(const Folds& folds) const {
  return static_cast<size_t>(std::find(folds_.begin(), folds_.end(), &folds) - folds_.begin());
}

bool PackedRows::Divide(std::span<const int64_t> rows, std::vector<const Folds*> folds) {
  if (rows.size() >= UINT32_MAX || folds.size() > 2) return false;
  for (const Folds* set : folds) {
    if (set->count > kMostFolds) return false;
  }
  folds_ = std::move(folds);
  std::vector<uint16_t> numbers;  // of the treatment, in order of its find
  std::map<std::pair<uint64_t, uint64_t>, uint16_t> number_of;
  numbers.reserve(rows.size());
  std::pair<uint64_t, uint64_t> last = {UINT64_MAX, UINT64_MAX};
  uint16_t last_number = 0;
  for (const int64_t row : rows) {
    std::pair<uint64_t, uint64_t> key = {folds_.empty() ? 0 : TreatmentOf(*folds_[0], row),
                                         folds_.size() < 2 ? 0 : TreatmentOf(*folds_[1], row)};
    if (key != last) {
      last_number = number_of.emplace(key, static_cast<uint16_t>(number_of.size())).first->second;
      last = key;
    }
    if (number_of.size() > UINT16_MAX) return false;
    numbers.push_back(last_number);
  }
  // Segments in the order of their keys, which the rows' order does not change.
  std::vector<size_t> counts(number_of.size());
  for (const uint16_t number : numbers) ++counts[number];
  std::vector<size_t> next(number_of.size());
  size_t begin = 0;
  for (const auto& [key, number] : number_of) {
    Segment segment{.run = {begin, begin + counts[number]}};
    for (size_t f = 0; f < folds_.size(); ++f) {
      const uint64_t treatment = f == 0 ? key.first : key.second;
      segment.tested_by.push_back(static_cast<int>(treatment >> kMostFolds) - 1);
      segment.trains.push_back(static_cast<uint32_t>(treatment & ((1U << kMostFolds) - 1)));
    }
    next[number] = begin;
    begin = segment.run.end;
    segments_.push_back(std::move(segment));
  }
  order_.resize(rows.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    order_[next[numbers[i]]++] = static_cast<uint32_t>(i);
  }
  return true;
}

void PackedRows::CountColumn(std::span<const int64_t> rows, size_t feature) {
  const Column& column = *table_->Find(features_[feature]);
  int32_t first = INT32_MAX;
  int32_t last = INT32_MIN;
  for (size_t i = 0; column.type() == ColumnType::kDate && i < rows.size(); ++i) {
    if (column.IsMissing(rows[i])) continue;
    const int32_t day = column.days()[static_cast<size_t>(rows[i])];
    first = std::min(first, day);
    last = std::max(last, day);
  }
  for (Segment& segment : segments_) {
    ColumnCounts& counts = segment.counts[feature];
    if (column.type() == ColumnType::kCategory) counts.by_code.resize(column.dictionary()->size());
    if (column.type() == ColumnType::kDate) {
      counts.first_day = first;
      counts.by_day.resize(last < first ? 0 : static_cast<size_t>(int64_t{last} - first) + 1);
    }
    for (size_t i = segment.run.begin; i < segment.run.end; ++i) {
      const int64_t row = rows[order_[i]];
      const auto at = static_cast<size_t>(row);
      if (column.IsMissing(row)) {
        ++counts.missing;
      } else if (column.type() == ColumnType::kCategory) {
        ++counts.by_code[column.codes()[at]];
      } else if (column.type() == ColumnType::kDate) {
        ++counts.by_day[static_cast<size_t>(column.days()[at] - first)];
      }
    }
  }
}

void PackedRows::PackNumbers(std::span<const int64_t> rows, size_t feature,
                             std::vector<double>* values) {
  const Column& column = *table_->Find(features_[feature]);
  const bool log = EntersAsLog(column);
  values->resize(rows.size());
  for (Segment& segment : segments_) {
    ColumnCounts& counts = segment.counts[feature];
    counts.log = log;
    double sum = 0;
    for (size_t i = segment.run.begin; i < segment.run.end; ++i) {
      const int64_t row = rows[order_[i]];
      if (column.IsMissing(row)) {
        ++counts.missing;
        (*values)[i] = std::nan("");
        continue;
      }
      const double x = column.numbers()[static_cast<size_t>(row)];
      counts.min = counts.known == 0 ? x : std::min(counts.min, x);
      counts.max = counts.known == 0 ? x : std::max(counts.max, x);
      ++counts.known;
      (*values)[i] = log ? std::log1p(x) : x;
      sum += (*values)[i];
    }
    if (counts.known == 0) continue;
    counts.mean = sum / static_cast<double>(counts.known);
    for (size_t i = segment.run.begin; i < segment.run.end; ++i) {
      const double d = (*values)[i] - counts.mean;
      counts.squares += std::isnan(d) ? 0 : d * d;
    }
  }
}

void PackedRows::PackGroup(std::span<const int64_t> rows, size_t group) {
  const glm::BlockGroup& blocks = groups_[group];
  std::vector<uint8_t>& cells = cells_[group];
  cells.assign(rows.size(), 0);
  for (size_t k = 0; k < blocks.blocks.size(); ++k) {
    const CategoryFeature& feature = encoder_.categories()[static_cast<size_t>(blocks.blocks[k])];
    const Column& column = *table_->Find(feature.column);
    const auto at = static_cast<size_t>(
        std::find(features_.begin(), features_.end(), feature.column) - features_.begin());
    const ColumnCounts& counts = segments_.front().counts[at];
    std::vector<uint16_t> levels =
        Encoder::LevelsOf(feature, column, counts.first_day, counts.by_day.size());
    for (uint16_t& level : levels) level = static_cast<uint16_t>(level * blocks.strides[k]);
    const bool is_date = feature.part != DatePart::kNone;
    for (size_t i = 0; i < rows.size(); ++i) {
      const int64_t row = rows[order_[i]];
      const auto value = static_cast<size_t>(row);
      size_t code = levels.size() - 1;
      if (!column.IsMissing(row)) {
        code = is_date ? static_cast<size_t>(column.days()[value] - counts.first_day)
                       : column.codes()[value];
      }
      cells[i] = static_cast<uint8_t>(cells[i] + levels[code]);
    }
  }
}

std::shared_ptr<const PackedRows> PackedRows::Pack(const Table& table,
                                                   std::span<const int64_t> rows,
                                                   std::span<const std::string> features,
                                                   std::vector<const Folds*> folds, int threads) {
  const std::shared_ptr<PackedRows> packed(new PackedRows());
  packed->table_ = &table;
  packed->features_.assign(features.begin(), features.end());
  if (!packed->Divide(rows, std::move(folds))) return nullptr;
  size_t widest = 0;
  for (const std::string& name : features) {
    const Column& column = *table.Find(name);
    if (column.type() == ColumnType::kCategory) {
      widest = std::max<size_t>(widest, column.dictionary()->size());
    }
    if (column.type() == ColumnType::kDate && !SpanIsShort(column)) return nullptr;
  }
  if (widest * packed->segments_.size() > kMostCounts) return nullptr;
  for (Segment& segment : packed->segments_) segment.counts.resize(features.size());
  std::vector<std::vector<double>> numbers(features.size());
  InParallel(features.size(), threads, [&](size_t i) {
    if (IsNumeric(table.Find(features[i])->type())) {
      packed->PackNumbers(rows, i, &numbers[i]);
    } else {
      packed->CountColumn(rows, i);
    }
  });
  for (size_t i = 0; i < features.size(); ++i) {
    for (const Segment& segment : packed->segments_) {
      // A fold without the negative values would take the logarithm.
      if (segment.counts[i].log && segment.counts[i].min < 0) return nullptr;
    }
  }
  std::vector<std::string> ignored;
  packed->encoder_ = packed->EncoderOf(packed->AllSegments(), &ignored);
  const glm::DesignShape shape = packed->encoder_.shape();
  packed->groups_ = glm::PackedGroups(shape);
  if (packed->groups_.empty() && !shape.num_levels.empty()) return nullptr;
  for (const NumericFeature& feature : packed->encoder_.numbers()) {
    const auto at = static_cast<size_t>(
        std::find(features.begin(), features.end(), feature.column) - features.begin());
    packed->numbers_.push_back(std::move(numbers[at]));
  }
  packed->cells_.resize(packed->groups_.size());
  InParallel(packed->groups_.size(), threads,
             [&](size_t group) { packed->PackGroup(rows, group); });
  return packed;
}

std::vector<double> PackedRows::Sorted(std::span<const double> values) const {
  std::vector<double> sorted;
  if (values.empty()) return sorted;
  sorted.reserve(order_.size());
  for (const uint32_t at : order_) sorted.push_back(values[at]);
  return sorted;
}

std::vector<int> PackedRows::TrainSegments(const Folds& folds, int fold) const {
  std::vector<int> found;
  const size_t set = NumberOf(folds);
  for (size_t s = 0; s < segments_.size(); ++s) {
    if ((segments_[s].trains[set] >> fold & 1) != 0) found.push_back(static_cast<int>(s));
  }
  return found;
}

std::vector<int> PackedRows::TestSegments(const Folds& folds, int fold) const {
  std::vector<int> found;
  const size_t set = NumberOf(folds);
  for (size_t s = 0; s < segments_.size(); ++s) {
    if (segments_[s].tested_by[set] == fold) found.push_back(static_cast<int>(s));
  }
  return found;
}

std::vector<int> PackedRows::AllSegments() const {
  std::vector<int> all(segments_.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<PackedRows::Run> PackedRows::RunsOf(std::span<const int> segments) const {
  std::vector<Run> runs;
  for (const int s : segments) {
    const Run& run = segments_[static_cast<size_t>(s)].run;
    if (!runs.empty() && runs.back().end == run.begin) {
      runs.back().end = run.end;
    } else {
      runs.push_back(run);
    }
  }
  return runs;
}

Encoder PackedRows::EncoderOf(std::span<const int> segments,
                              std::vector<std::string>* notes) const {
  std::vector<ColumnCounts> counts(features_.size());
  for (const int s : segments) {
    for (size_t i = 0; i < counts.size(); ++i) {
      counts[i].Add(segments_[static_cast<size_t>(s)].counts[i]);
    }
  }
  return Encoder::FromCounts(*table_, features_, counts, notes);
}

std::optional<PackedRows::LevelMap> PackedRows::MapOf(const CategoryFeature& feature,
                                                      size_t group) const {
  const std::vector<int>& blocks = groups_[group].blocks;
  for (size_t k = 0; k < blocks.size(); ++k) {
    const CategoryFeature& known = encoder_.categories()[static_cast<size_t>(blocks[k])];
    if (known.column != feature.column || known.part != feature.part) continue;
    LevelMap map{.place = static_cast<int>(k)};
    for (const std::string& level : known.levels) {
      const auto end = feature.levels.end() - 1;  // "(other)", for all that it does not know
      const auto found = std::lower_bound(feature.levels.begin(), end, level);
      const auto at = found != end && *found == level ? found : end;
      map.levels.push_back(static_cast<int>(at - feature.levels.begin()));
    }
    return map;
  }
  return std::nullopt;
}

PackedFeatures::PackedFeatures(const PackedRows& rows, const Encoder& encoder)
    : rows_(rows), shape_(encoder.shape()), groups_(glm::PackedGroups(shape_)) {
  const std::vector<NumericFeature>& all = rows.encoder_.numbers();
  for (const NumericFeature& feature : encoder.numbers()) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const NumericFeature& one) {
      return one.column == feature.column && one.log == feature.log;
    });
    PYTHIA_CHECK(found != all.end());
    const std::vector<double>& values = rows.numbers_[static_cast<size_t>(found - all.begin())];
    units_.push_back({.origin = feature.mean, .size = feature.sd});
    numbers_.push_back(values.data());
    if (rows.table_->Find(feature.column)->num_missing() == 0) continue;
    std::vector<double>& own = own_numbers_.emplace_back(values);
    for (double& value : own) value = std::isnan(value) ? feature.mean : value;
    numbers_.back() = own.data();
  }
  const std::vector<CategoryFeature>& known = rows.encoder_.categories();
  const bool same = std::ranges::equal(
      known, encoder.categories(), [](const CategoryFeature& a, const CategoryFeature& b) {
        return a.column == b.column && a.part == b.part && a.levels == b.levels;
      });
  if (!same) MapCells(encoder);
  const auto& cells = same ? rows.cells_ : own_cells_;
  for (const std::vector<uint8_t>& of_group : cells) cells_.push_back(of_group.data());
}

// What a cell of all rows' levels adds to the cell of the encoder's.
void PackedFeatures::MapCells(const Encoder& encoder) {
  const glm::DesignShape from_shape = rows_.encoder_.shape();
  own_cells_.assign(groups_.size(), std::vector<uint8_t>(rows_.num_rows(), 0));
  for (size_t to = 0; to < groups_.size(); ++to) {
    for (size_t from = 0; from < rows_.groups_.size(); ++from) {
      std::vector<uint8_t> adds(static_cast<size_t>(rows_.groups_[from].cells), 0);
      bool any = false;
      for (size_t k = 0; k < groups_[to].blocks.size(); ++k) {
        const CategoryFeature& feature =
            encoder.categories()[static_cast<size_t>(groups_[to].blocks[k])];
        const std::optional<PackedRows::LevelMap> map = rows_.MapOf(feature, from);
        if (!map) continue;
        any = true;
        for (size_t cell = 0; cell < adds.size(); ++cell) {
          const int level =
              glm::LevelOfCell(from_shape, rows_.groups_[from], map->place, static_cast<int>(cell));
          adds[cell] = static_cast<uint8_t>(adds[cell] + map->levels[static_cast<size_t>(level)] *
                                                             groups_[to].strides[k]);
        }
      }
      if (!any) continue;
      const std::vector<uint8_t>& source = rows_.cells_[from];
      std::vector<uint8_t>& target = own_cells_[to];
      for (size_t i = 0; i < source.size(); ++i) {
        target[i] = static_cast<uint8_t>(target[i] + adds[source[i]]);
      }
    }
  }
}

PackedDesign::PackedDesign(const PackedFeatures& features, std::vector<PackedRows::Run> runs,
                           std::span<const double> y, std::span<const double> offset)
    : features_(features),
      runs_(std::move(runs)),
      y_(y),
      offset_(offset),
      shape_(features.shape_),
      dense_(features.numbers_),
      units_(features.units_) {}

void PackedDesign::AddColumn(std::span<const double> values) {
  ++shape_.num_dense;
  dense_.push_back(values.data());
  units_.emplace_back();
}

Status PackedDesign::Rewind() {
  run_ = 0;
  next_row_ = runs_.empty() ? 0 : runs_.front().begin;
  return {};
}

Result<bool> PackedDesign::Next(int /*slot*/, glm::DesignBlock* block) {
  while (run_ < runs_.size() && next_row_ == runs_[run_].end) {
    if (++run_ < runs_.size()) next_row_ = runs_[run_].begin;
  }
  if (run_ >= runs_.size()) return false;
  const size_t rows = std::min<size_t>(glm::kDesignBlockRows, runs_[run_].end - next_row_);
  block->rows = static_cast<int64_t>(rows);
  block->dense.clear();
  for (const double* column : dense_) block->dense.push_back(column + next_row_);
  block->codes.clear();
  block->cells.clear();
  for (const uint8_t* cells : features_.cells_) block->cells.push_back(cells + next_row_);
  block->y = y_.data() + next_row_;
  block->weights = nullptr;
  block->offset = offset_.empty() ? nullptr : offset_.data() + next_row_;
  next_row_ += rows;
  return true;
}

}  // namespace pythia
