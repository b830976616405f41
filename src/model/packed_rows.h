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

#include "campaign/table.h"
#include "glm/design.h"
#include "model/encoder.h"
#include "model/folds.h"

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
  // column with negative values, dates over more than 50 years. `folds` must outlive it.
  // The same result at any number of threads.
  static std::shared_ptr<const PackedRows> Pack(const Table& table, std::span<const int64_t> rows,
                                                std::span<const std::string> features,
                                                std::vector<const Folds*> folds, int threads);

  size_t num_rows() const { return order_.size(); }
  bool IsFor(std::span<const std::string> features) const {
    return std::ranges::equal(features, features_);
  }
  bool Knows(const Folds& folds) const { return NumberOf(folds) < folds_.size(); }
  // The position in the task of every packed row. [rows]
  const std::vector<uint32_t>& order() const { return order_; }
  // [rows of the task] in packed order.
  std::vector<double> Sorted(std::span<const double> values) const;

  // The segments that a fold learns from and is judged on; all of them.
  std::vector<int> TrainSegments(const Folds& folds, int fold) const;
  std::vector<int> TestSegments(const Folds& folds, int fold) const;
  std::vector<int> AllSegments() const;
  // The runs of some segments, in order.
  std::vector<Run> RunsOf(std::span<const int> segments) const;
  Encoder EncoderOf(std::span<const int> segments, std::vector<std::string>* notes) const;

 private:
  friend class PackedFeatures;

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
  bool Divide(std::span<const int64_t> rows, std::vector<const Folds*> folds);
  void CountColumn(std::span<const int64_t> rows, size_t feature);
  void PackNumbers(std::span<const int64_t> rows, size_t feature, std::vector<double>* values);
  void PackGroup(std::span<const int64_t> rows, size_t group);
  // None where the group lacks the feature.
  std::optional<LevelMap> MapOf(const CategoryFeature& feature, size_t group) const;

  const Table* table_ = nullptr;
  std::vector<std::string> features_;
  std::vector<const Folds*> folds_;
  std::vector<uint32_t> order_;
  std::vector<Segment> segments_;
  Encoder encoder_;  // of all rows
  std::vector<glm::BlockGroup> groups_;
  std::vector<std::vector<uint8_t>> cells_;   // [groups][rows]
  std::vector<std::vector<double>> numbers_;  // [numbers of encoder_][rows], NaN where missing
};

// Packed rows in the terms of one encoder, which was fitted on some of them. The rows must outlive
// it. Immutable; safe to use from several threads.
class PackedFeatures {
 public:
  PackedFeatures(const PackedRows& rows, const Encoder& encoder);

 private:
  friend class PackedDesign;
  void MapCells(const Encoder& encoder);

  const PackedRows& rows_;
  glm::DesignShape shape_;
  std::vector<glm::BlockGroup> groups_;
  std::vector<std::vector<uint8_t>> own_cells_;
  std::vector<const uint8_t*> cells_;  // [groups]
  std::vector<std::vector<double>> own_numbers_;
  std::vector<const double*> numbers_;  // [num_dense]
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
  Result<bool> Next(int slot, glm::DesignBlock* block) override;
  Status Rewind() override;

 private:
  const PackedFeatures& features_;
  std::vector<PackedRows::Run> runs_;
  std::span<const double> y_;
  std::span<const double> offset_;
  glm::DesignShape shape_;
  std::vector<const double*> dense_;
  std::vector<glm::DenseUnit> units_;
  size_t run_ = 0;
  size_t next_row_ = 0;
};

}  // namespace pythia
