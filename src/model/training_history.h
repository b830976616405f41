// The campaigns that a bundle is trained on, in the order of the store: the columns that training
// looks at, each as narrow as it is exact, and what of the others matters.
//
// They are read once, block by block; what is long is row memory (base/row_memory.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/row_memory.h"
#include "campaign/source.h"
#include "campaign/table.h"

namespace pythia {

// Row numbers of a history.
using RowNumbers = RowVector<uint32_t>;

// A category, a date or a number column.
class TrainingColumn {
 public:
  explicit TrainingColumn(const Column& like)
      : spec_(like.spec()), dictionary_(like.dictionary()) {}

  const ColumnSpec& spec() const { return spec_; }
  const std::string& name() const { return spec_.name; }
  ColumnType type() const { return spec_.type; }
  const std::shared_ptr<Dictionary>& dictionary() const { return dictionary_; }
  int64_t num_missing() const { return num_missing_; }

  // Each for its own type only; NaN, kMissingDay or kMissingCode where the value is missing.
  double number(size_t row) const { return has_doubles_ ? doubles_[row] : floats_[row]; }
  int32_t day(size_t row) const { return days_[row]; }
  uint32_t code(size_t row) const {
    if (!bytes_.empty()) return bytes_[row] == UINT8_MAX ? kMissingCode : bytes_[row];
    if (!shorts_.empty()) return shorts_[row] == UINT16_MAX ? kMissingCode : shorts_[row];
    return codes_[row];
  }
  bool IsMissing(size_t row) const;

  // All rows of a block's column, which shares the dictionary.
  void Append(const Column& block);
  void Reserve(size_t rows);

 private:
  void AppendNumbers(std::span<const double> values);
  void AppendCodes(std::span<const uint32_t> codes);

  ColumnSpec spec_;
  std::shared_ptr<Dictionary> dictionary_;
  int64_t num_missing_ = 0;
  size_t reserved_ = 0;
  bool has_doubles_ = false;
  // One of them has the rows.
  RowVector<float> floats_;  // where every number is one
  RowVector<double> doubles_;
  RowVector<int32_t> days_;
  RowVector<uint8_t> bytes_;  // codes, the greatest value standing for a missing one
  RowVector<uint16_t> shorts_;
  RowVector<uint32_t> codes_;
};

// Immutable once read; safe to use from several threads.
class TrainingHistory {
 public:
  struct Options {
    std::span<const std::string> features;  // kept beside the columns that training needs anyway
    uint64_t seed = 1;                      // of the random folds
    int64_t expected_rows = 0;              // 0: unknown
  };

  // kBadInput where there are more rows than can be numbered; kCancelled; what the source returns.
  static Result<TrainingHistory> Read(CampaignSource& source, const Options& options,
                                      Progress& progress, const std::stop_token& stop);
  // The same of a table.
  static TrainingHistory Of(const Table& table, uint64_t seed);

  size_t num_rows() const { return num_rows_; }
  // The kept columns without rows: what they are, and their dictionaries.
  const Table& columns() const { return columns_; }
  // Null where there is none of that name, or it was not kept.
  const TrainingColumn* Find(std::string_view name) const;
  // Some rows as a table of the kept columns.
  Table Gather(std::span<const uint32_t> rows) const;

  // SHA-256 of the values of all columns that were read: per column over its rows in order, then
  // over those. Categories count by text, so that any store gives the same.
  const std::string& digest() const { return digest_; }

  // Whether a Campaign_ID repeats.
  bool ids_repeat() const { return !clusters_.empty(); }
  // A number per row, equal for rows of the same campaign; empty where no Campaign_ID repeats.
  const RowNumbers& clusters() const { return clusters_; }
  // [rows], of kRandomFolds: by a hash of Campaign_ID and the seed where it repeats, else of the
  // row and the seed.
  const RowVector<uint8_t>& random_folds() const { return random_folds_; }

 private:
  friend class TrainingHistoryReader;

  size_t num_rows_ = 0;
  Table columns_;
  std::vector<TrainingColumn> kept_;
  std::string digest_;
  RowNumbers clusters_;
  RowVector<uint8_t> random_folds_;
};

inline constexpr int kRandomFolds = 5;

}  // namespace pythia
