// The features of a task's rows as the solver reads them: encoded once for all folds and fits.
//
// Rows that every fold treats alike are a segment; they are sorted by segment, and in a segment
// they keep their order. What a fold learns from or is judged on is then a few runs of rows, its
// encoder follows from what was counted per segment, and its levels from those of all rows by a
// table. A row takes a byte per group of categories and a double per number.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/row_memory.h"
#include "glm/design.h"
#include "model/encoder.h"
#include "model/folds.h"
#include "model/training_history.h"

namespace pythia {

// Immutable; safe to use from several threads.
class PackedRows {
 public:
  // Rows [begin, end) in packed order.
  struct Run {
    size_t begin = 0;
    size_t end = 0;
  };

  // Null where the rows cannot be packed: a category with more than 256 levels, a money or count
  // column with negative values, dates over more than 50 years. TrainingHistory, rows and folds
  // must outlive it. The same result at any number of threads.
  static std::shared_ptr<const PackedRows> Pack(const TrainingHistory& history,
                                                std::span<const uint32_t> rows,
                                                std::span<const std::string> features,
                                                std::vector<const Folds*> folds, int threads);

  size_t num_rows() const { return num_rows_; }
  bool IsFor(std::span<const std::string> features) const {
    return std::ranges::equal(features, features_);
  }
  bool Knows(const Folds& folds) const { return NumberOf(folds) < folds_.size(); }
  // Whether it was made of these rows.
  bool IsOf(std::span<const uint32_t> rows) const { return std::ranges::equal(rows, rows_); }
  // Calls visit(position in the task, packed row) for every row, in the order of the task.
  template <typename Visit>
  void ForPlaces(const Visit& visit) const {
    std::vector<size_t> next;
    for (const Segment& segment : segments_) next.push_back(segment.run.begin);
    for (size_t i = 0; i < num_rows_; ++i) visit(i, next[SegmentOf(rows_[i])]++);
  }
  // [rows of the task] in packed order.
  RowVector<double> Sorted(std::span<const double> values) const;

  // The segments that a fold learns from and is judged on; all of them.
  std::vector<int> TrainSegments(const Folds& folds, int fold) const;
  std::vector<int> TestSegments(const Folds& folds, int fold) const;
  std::vector<int> AllSegments() const;
  // The runs of some segments, in order.
  std::vector<Run> RunsOf(std::span<const int> segments) const;
  Encoder EncoderOf(std::span<const int> segments, std::vector<std::string>* notes) const;

 private:
  friend class PackedFeatures;
  friend class PackedDesign;

  struct Segment {
    Run run;
    std::vector<int> tested_by = {};        // [folds_]; -1: by none
    std::vector<uint32_t> trains = {};      // [folds_], a bit per fold
    std::vector<ColumnCounts> counts = {};  // [features_]
  };
  // A block of a group, and what its levels are to another encoder.
  struct LevelMap {
    int place = 0;
    std::vector<int> levels = {};
  };

  PackedRows() = default;
  size_t NumberOf(const Folds& folds) const;
  bool Divide(std::vector<const Folds*> folds);
  // The combination of the row's kinds.
  size_t PlaceOf(size_t row) const {
    size_t at = 0;
    for (const Folds* set : folds_) at = at * kMostKinds + set->kind[row];
    return at;
  }
  size_t SegmentOf(size_t row) const { return segment_of_[PlaceOf(row)]; }
  void CountColumn(size_t feature);
  void PackNumbers(size_t feature, RowVector<double>* values);
  void PackGroup(size_t group);
  // None where the group lacks the feature.
  std::optional<LevelMap> MapOf(const CategoryFeature& feature, size_t group) const;

  static constexpr size_t kMostKinds = 256;

  const TrainingHistory* history_ = nullptr;
  std::span<const uint32_t> rows_;
  size_t num_rows_ = 0;
  std::vector<std::string> features_;
  std::vector<const Folds*> folds_;
  std::vector<uint32_t> segment_of_;  // by the kinds of the folds
  std::vector<Segment> segments_;
  Encoder encoder_;  // of all rows
  std::vector<glm::BlockGroup> groups_;
  std::vector<RowVector<uint8_t>> cells_;   // [groups][rows]
  std::vector<RowVector<double>> numbers_;  // [numbers of encoder_][rows], NaN where missing
};

// Packed rows in the terms of one encoder, which was fitted on some of them. The rows must outlive
// it. Immutable; safe to use from several threads.
class PackedFeatures {
 public:
  PackedFeatures(const PackedRows& rows, const Encoder& encoder);

 private:
  friend class PackedDesign;
  // What the cells of a group of the rows add to those of a group of the encoder.
  struct CellMap {
    size_t from = 0;
    std::vector<uint8_t> adds = {};
  };
  void MapCells(const Encoder& encoder);

  const PackedRows& rows_;
  glm::DesignShape shape_;
  std::vector<glm::BlockGroup> groups_;
  std::vector<std::vector<CellMap>> maps_;  // [groups], or empty: the cells are the rows' own
  std::vector<const double*> numbers_;      // [num_dense]
  std::vector<double> fill_;                // [num_dense] in place of a missing one; NaN: none is
  std::vector<glm::DenseUnit> units_;
};

// Some segments as a design. y and offset are in packed order and of all rows; an empty offset is
// none. What it is given must outlive it.
class PackedDesign final : public glm::DesignSource {
 public:
  PackedDesign(const PackedFeatures& features, std::vector<PackedRows::Run> runs,
               std::span<const double> y, std::span<const double> offset);

  // One more dense column, as it is. [rows]
  void AddColumn(std::span<const double> values);

  const glm::DesignShape& shape() const override { return shape_; }
  const std::vector<glm::BlockGroup>* groups() const override { return &features_.groups_; }
  const std::vector<glm::DenseUnit>* units() const override { return &units_; }
  void SetSlots(int num_slots) override;
  Result<bool> Next(int slot, glm::DesignBlock* block) override;
  Status Rewind() override;

 private:
  // What a block holds that is not the rows' own.
  struct Slot {
    std::vector<uint8_t> cells;
    std::vector<double> numbers;
  };
  const uint8_t* CellsOf(size_t group, size_t rows, Slot* slot) const;
  const double* NumbersOf(size_t column, size_t rows, Slot* slot) const;

  const PackedFeatures& features_;
  std::vector<PackedRows::Run> runs_;
  std::span<const double> y_;
  std::span<const double> offset_;
  glm::DesignShape shape_;
  std::vector<const double*> dense_;
  std::vector<glm::DenseUnit> units_;
  std::vector<Slot> slots_ = std::vector<Slot>(1);
  size_t run_ = 0;
  size_t next_row_ = 0;
};

}  // namespace pythia
