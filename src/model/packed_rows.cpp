#include "model/packed_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "glm/packing.h"
#include "model/in_parallel.h"

namespace pythia {
namespace {

constexpr int kMostFolds = 16;  // a bit each
constexpr int64_t kMostDays = 20'000;
constexpr size_t kMostCounts = size_t{1} << 22;

bool SpanIsShort(const TrainingColumn& column, size_t rows) {
  int32_t first = INT32_MAX;
  int32_t last = INT32_MIN;
  for (size_t row = 0; row < rows; ++row) {
    const int32_t day = column.day(row);
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

bool PackedRows::Divide(std::vector<const Folds*> folds) {
  for (const Folds* set : folds) {
    if (set->count > kMostFolds || set->kinds.size() > kMostKinds) return false;
  }
  folds_ = std::move(folds);
  segment_of_.assign(static_cast<size_t>(std::pow(kMostKinds, folds_.size())), 0);
  // Rows of each combination of kinds, at the place of the segment first.
  for (const uint32_t row : rows_) ++segment_of_[PlaceOf(row)];
  // Segments in the order of how they are treated, which the rows' order does not change.
  std::map<std::vector<std::pair<int, uint32_t>>, size_t> places;
  for (size_t place = 0; place < segment_of_.size(); ++place) {
    if (segment_of_[place] == 0) continue;
    std::vector<std::pair<int, uint32_t>> key;
    size_t rest = place;
    for (size_t f = folds_.size(); f-- > 0; rest /= kMostKinds) {
      const Folds::Kind& kind = folds_[f]->kinds[rest % kMostKinds];
      key.insert(key.begin(), {kind.tested_by, kind.trains});
    }
    places.emplace(std::move(key), place);
  }
  size_t begin = 0;
  for (const auto& [key, place] : places) {
    Segment segment{.run = {begin, begin + segment_of_[place]}};
    for (const auto& [tested_by, trains] : key) {
      segment.tested_by.push_back(tested_by);
      segment.trains.push_back(trains);
    }
    begin = segment.run.end;
    segment_of_[place] = static_cast<uint32_t>(segments_.size());
    segments_.push_back(std::move(segment));
  }
  return true;
}

void PackedRows::CountColumn(size_t feature) {
  const TrainingColumn& column = *history_->Find(features_[feature]);
  if (column.type() == ColumnType::kCategory) {
    for (Segment& segment : segments_) {
      segment.counts[feature].by_code.resize(column.dictionary()->size());
    }
    for (const uint32_t row : rows_) {
      ColumnCounts& counts = segments_[SegmentOf(row)].counts[feature];
      const uint32_t code = column.code(row);
      ++(code == kMissingCode ? counts.missing : counts.by_code[code]);
    }
    return;
  }
  int32_t first = INT32_MAX;
  int32_t last = INT32_MIN;
  for (const uint32_t row : rows_) {
    const int32_t day = column.day(row);
    if (day == kMissingDay) continue;
    first = std::min(first, day);
    last = std::max(last, day);
  }
  for (Segment& segment : segments_) {
    ColumnCounts& counts = segment.counts[feature];
    counts.first_day = first;
    counts.by_day.resize(last < first ? 0 : static_cast<size_t>(int64_t{last} - first) + 1);
  }
  for (const uint32_t row : rows_) {
    ColumnCounts& counts = segments_[SegmentOf(row)].counts[feature];
    const int32_t day = column.day(row);
    ++(day == kMissingDay ? counts.missing : counts.by_day[static_cast<size_t>(day - first)]);
  }
}

void PackedRows::PackNumbers(size_t feature, RowVector<double>* values) {
  const TrainingColumn& column = *history_->Find(features_[feature]);
  const bool log = EntersAsLog(column.type());
  values->resize(num_rows_);
  ForPlaces([&](size_t i, size_t place) { (*values)[place] = column.number(rows_[i]); });
  for (Segment& segment : segments_) {
    ColumnCounts& counts = segment.counts[feature];
    counts.log = log;
    double sum = 0;
    for (size_t i = segment.run.begin; i < segment.run.end; ++i) {
      const double x = (*values)[i];
      if (std::isnan(x)) {
        ++counts.missing;
        continue;
      }
      counts.min = counts.known == 0 ? x : std::min(counts.min, x);
      counts.max = counts.known == 0 ? x : std::max(counts.max, x);
      ++counts.known;
      if (log) (*values)[i] = std::log1p(x);
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

void PackedRows::PackGroup(size_t group) {
  const glm::BlockGroup& blocks = groups_[group];
  struct Block {
    const TrainingColumn* column = nullptr;
    bool is_date = false;
    int32_t first_day = 0;
    std::vector<uint8_t> adds;  // by code or day; last: of a missing one
  };
  std::vector<Block> parts;
  for (size_t k = 0; k < blocks.blocks.size(); ++k) {
    const CategoryFeature& feature = encoder_.categories()[static_cast<size_t>(blocks.blocks[k])];
    const auto at = static_cast<size_t>(
        std::find(features_.begin(), features_.end(), feature.column) - features_.begin());
    const ColumnCounts& counts = segments_.front().counts[at];
    Block& part = parts.emplace_back();
    part.column = history_->Find(feature.column);
    part.is_date = feature.part != DatePart::kNone;
    part.first_day = counts.first_day;
    for (const uint16_t level :
         Encoder::LevelsOf(feature, *history_->columns().Find(feature.column), counts.first_day,
                           counts.by_day.size())) {
      part.adds.push_back(static_cast<uint8_t>(level * blocks.strides[k]));
    }
  }
  RowVector<uint8_t>& cells = cells_[group];
  ForPlaces([&](size_t i, size_t place) {
    const uint32_t row = rows_[i];
    unsigned cell = 0;
    for (const Block& part : parts) {
      size_t code = part.adds.size() - 1;
      if (part.is_date) {
        const int32_t day = part.column->day(row);
        if (day != kMissingDay) code = static_cast<size_t>(day - part.first_day);
      } else if (const uint32_t found = part.column->code(row); found != kMissingCode) {
        code = found;
      }
      cell += part.adds[code];
    }
    cells[place] = static_cast<uint8_t>(cell);
  });
}

std::shared_ptr<const PackedRows> PackedRows::Pack(const TrainingHistory& history,
                                                   std::span<const uint32_t> rows,
                                                   std::span<const std::string> features,
                                                   std::vector<const Folds*> folds, int threads) {
  const std::shared_ptr<PackedRows> packed(new PackedRows());
  packed->history_ = &history;
  packed->rows_ = rows;
  packed->num_rows_ = rows.size();
  packed->features_.assign(features.begin(), features.end());
  if (!packed->Divide(std::move(folds))) return nullptr;
  size_t widest = 0;
  for (const std::string& name : features) {
    const TrainingColumn& column = *history.Find(name);
    if (column.type() == ColumnType::kCategory) {
      widest = std::max<size_t>(widest, column.dictionary()->size());
    }
    if (column.type() == ColumnType::kDate && !SpanIsShort(column, history.num_rows())) {
      return nullptr;
    }
  }
  if (widest * packed->segments_.size() > kMostCounts) return nullptr;
  for (Segment& segment : packed->segments_) segment.counts.resize(features.size());
  std::vector<RowVector<double>> numbers(features.size());
  InParallel(features.size(), threads, [&](size_t i) {
    if (IsNumeric(history.Find(features[i])->type())) {
      packed->PackNumbers(i, &numbers[i]);
    } else {
      packed->CountColumn(i);
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
  for (RowVector<uint8_t>& cells : packed->cells_) cells.resize(rows.size());
  InParallel(packed->groups_.size(), threads, [&](size_t group) { packed->PackGroup(group); });
  return packed;
}

RowVector<double> PackedRows::Sorted(std::span<const double> values) const {
  RowVector<double> sorted(values.size());
  if (!values.empty()) ForPlaces([&](size_t i, size_t place) { sorted[place] = values[i]; });
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
  return Encoder::FromCounts(history_->columns(), features_, counts, notes);
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
    units_.push_back({.origin = feature.mean, .size = feature.sd});
    numbers_.push_back(rows.numbers_[static_cast<size_t>(found - all.begin())].data());
    const bool misses = rows.history_->Find(feature.column)->num_missing() > 0;
    fill_.push_back(misses ? feature.mean : std::nan(""));
  }
  const std::vector<CategoryFeature>& known = rows.encoder_.categories();
  const bool same = std::ranges::equal(
      known, encoder.categories(), [](const CategoryFeature& a, const CategoryFeature& b) {
        return a.column == b.column && a.part == b.part && a.levels == b.levels;
      });
  if (!same) MapCells(encoder);
}

void PackedFeatures::MapCells(const Encoder& encoder) {
  const glm::DesignShape from_shape = rows_.encoder_.shape();
  maps_.resize(groups_.size());
  for (size_t to = 0; to < groups_.size(); ++to) {
    for (size_t from = 0; from < rows_.groups_.size(); ++from) {
      CellMap cells{.from = from};
      cells.adds.assign(static_cast<size_t>(rows_.groups_[from].cells), 0);
      bool any = false;
      for (size_t k = 0; k < groups_[to].blocks.size(); ++k) {
        const CategoryFeature& feature =
            encoder.categories()[static_cast<size_t>(groups_[to].blocks[k])];
        const std::optional<PackedRows::LevelMap> map = rows_.MapOf(feature, from);
        if (!map) continue;
        any = true;
        for (size_t cell = 0; cell < cells.adds.size(); ++cell) {
          const int level =
              glm::LevelOfCell(from_shape, rows_.groups_[from], map->place, static_cast<int>(cell));
          cells.adds[cell] = static_cast<uint8_t>(
              cells.adds[cell] + map->levels[static_cast<size_t>(level)] * groups_[to].strides[k]);
        }
      }
      if (any) maps_[to].push_back(std::move(cells));
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

void PackedDesign::SetSlots(int num_slots) { slots_.resize(static_cast<size_t>(num_slots)); }

Status PackedDesign::Rewind() {
  run_ = 0;
  next_row_ = runs_.empty() ? 0 : runs_.front().begin;
  return {};
}

const uint8_t* PackedDesign::CellsOf(size_t group, size_t rows, Slot* slot) const {
  const std::vector<RowVector<uint8_t>>& known = features_.rows_.cells_;
  if (features_.maps_.empty()) return known[group].data() + next_row_;
  slot->cells.resize(features_.groups_.size() * glm::kDesignBlockRows);
  uint8_t* cells = slot->cells.data() + group * glm::kDesignBlockRows;
  std::fill_n(cells, rows, uint8_t{0});
  for (const PackedFeatures::CellMap& map : features_.maps_[group]) {
    const uint8_t* from = known[map.from].data() + next_row_;
    for (size_t i = 0; i < rows; ++i) cells[i] = static_cast<uint8_t>(cells[i] + map.adds[from[i]]);
  }
  return cells;
}

const double* PackedDesign::NumbersOf(size_t column, size_t rows, Slot* slot) const {
  const double* from = dense_[column] + next_row_;
  if (column >= features_.fill_.size() || std::isnan(features_.fill_[column])) return from;
  slot->numbers.resize(dense_.size() * glm::kDesignBlockRows);
  double* numbers = slot->numbers.data() + column * glm::kDesignBlockRows;
  for (size_t i = 0; i < rows; ++i) {
    numbers[i] = std::isnan(from[i]) ? features_.fill_[column] : from[i];
  }
  return numbers;
}

Result<bool> PackedDesign::Next(int slot, glm::DesignBlock* block) {
  while (run_ < runs_.size() && next_row_ == runs_[run_].end) {
    if (++run_ < runs_.size()) next_row_ = runs_[run_].begin;
  }
  if (run_ >= runs_.size()) return false;
  const size_t rows = std::min<size_t>(glm::kDesignBlockRows, runs_[run_].end - next_row_);
  Slot* own = &slots_[static_cast<size_t>(slot)];
  block->rows = static_cast<int64_t>(rows);
  block->dense.clear();
  for (size_t j = 0; j < dense_.size(); ++j) block->dense.push_back(NumbersOf(j, rows, own));
  block->codes.clear();
  block->cells.clear();
  for (size_t g = 0; g < features_.groups_.size(); ++g) {
    block->cells.push_back(CellsOf(g, rows, own));
  }
  block->y = y_.data() + next_row_;
  block->weights = nullptr;
  block->offset = offset_.empty() ? nullptr : offset_.data() + next_row_;
  next_row_ += rows;
  return true;
}

}  // namespace pythia
