#include "model/training_history.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "base/sha256.h"
#include "campaign/schema.h"
#include "model/calibrate.h"
#include "model/campaign_ids.h"
#include "model/read_ahead.h"

namespace pythia {
namespace {

template <typename From, typename To>
void MoveTo(RowVector<From>* from, size_t reserved, RowVector<To>* to) {
  to->reserve(std::max(reserved, from->size()));
  for (const From value : *from) {
    // What stands for a missing code is the greatest value of either type; a number is itself.
    to->push_back(std::is_integral_v<From> && value == std::numeric_limits<From>::max()
                      ? std::numeric_limits<To>::max()
                      : static_cast<To>(value));
  }
  Release(from);
}

bool IsExact(double value) {
  return std::isnan(value) || static_cast<double>(static_cast<float>(value)) == value;
}

bool IsNeeded(const ColumnSpec& spec, std::span<const std::string> features) {
  constexpr std::array kNeeded = {
      column::kClicks,          column::kImpressions, column::kRoi,          column::kDate,
      column::kAcquisitionCost, column::kChannelUsed, column::kCampaignType, column::kDuration};
  return std::find(features.begin(), features.end(), spec.name) != features.end() ||
         std::find(kNeeded.begin(), kNeeded.end(), spec.name) != kNeeded.end();
}

// The digest of one column, row after row.
class ColumnDigest {
 public:
  void Add(const Column& column) {
    if (column.type() == ColumnType::kText) {
      texts_.clear();
      for (int64_t row = 0; row < column.size(); ++row) {
        texts_ += column.text(row);
        texts_ += column.IsMissing(row) ? '\1' : '\0';
      }
      sha_.Update(texts_);
    } else if (column.type() == ColumnType::kCategory) {
      // Codes count levels in order of first appearance, which the rows alone decide.
      AddBytes(column.codes());
    } else if (column.type() == ColumnType::kDate) {
      AddBytes(column.days());
    } else {
      AddBytes(column.numbers());
    }
  }
  std::string Finish(const Dictionary* dictionary) {
    for (uint32_t code = 0; dictionary != nullptr && code < dictionary->size(); ++code) {
      sha_.Update(dictionary->level(code));
      sha_.Update(std::string_view("\0", 1));
    }
    return sha_.HexDigest();
  }

 private:
  template <typename Values>
  void AddBytes(const Values& values) {
    sha_.Update(
        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values.front())});
  }
  Sha256 sha_;
  std::string texts_;
};

// One column's part of the hashes of a block's rows.
class ColumnHash {
 public:
  void MixInto(const Column& column, std::span<uint64_t> hashes) {
    if (column.type() == ColumnType::kCategory) {
      for (auto code = static_cast<uint32_t>(levels_.size()); code < column.dictionary()->size();
           ++code) {
        levels_.push_back(HashText(column.dictionary()->level(code)));
      }
    }
    for (size_t row = 0; row < hashes.size(); ++row) {
      uint64_t value = 0x6d697373696e67ULL;
      if (!column.IsMissing(static_cast<int64_t>(row))) value = Of(column, row);
      hashes[row] = Mix64(hashes[row] * 0x9e3779b97f4a7c15ULL ^ value);
    }
  }

 private:
  uint64_t Of(const Column& column, size_t row) const {
    if (column.type() == ColumnType::kCategory) return levels_[column.codes()[row]];
    if (column.type() == ColumnType::kText) return HashText(column.text(static_cast<int64_t>(row)));
    if (column.type() == ColumnType::kDate) return static_cast<uint64_t>(column.days()[row]);
    return std::bit_cast<uint64_t>(column.numbers()[row]);
  }
  std::vector<uint64_t> levels_;
};

uint8_t RandomFoldOf(uint64_t hash) { return static_cast<uint8_t>((hash >> 32) % kRandomFolds); }

}  // namespace

bool TrainingColumn::IsMissing(size_t row) const {
  if (num_missing_ == 0) return false;
  if (IsNumeric(type())) return std::isnan(number(row));
  return type() == ColumnType::kDate ? day(row) == kMissingDay : code(row) == kMissingCode;
}

void TrainingColumn::Reserve(size_t rows) {
  reserved_ = rows;
  if (IsNumeric(type())) {
    floats_.reserve(rows);
  } else if (type() == ColumnType::kDate) {
    days_.reserve(rows);
  } else {
    bytes_.reserve(rows);
  }
}

void TrainingColumn::Append(const Column& block) {
  num_missing_ += block.num_missing();
  if (IsNumeric(type())) {
    AppendNumbers(block.numbers());
  } else if (type() == ColumnType::kDate) {
    days_.insert(days_.end(), block.days().begin(), block.days().end());
  } else {
    PYTHIA_CHECK(block.dictionary() == dictionary_);
    AppendCodes(block.codes());
  }
}

void TrainingColumn::AppendNumbers(std::span<const double> values) {
  if (!has_doubles_ && !std::ranges::all_of(values, IsExact)) {
    MoveTo(&floats_, reserved_, &doubles_);
    has_doubles_ = true;
  }
  if (has_doubles_) {
    doubles_.insert(doubles_.end(), values.begin(), values.end());
    return;
  }
  for (const double value : values) floats_.push_back(static_cast<float>(value));
}

void TrainingColumn::AppendCodes(std::span<const uint32_t> codes) {
  const uint32_t levels = dictionary_->size();
  const auto append = [&]<typename Code>(RowVector<Code>* to) {
    for (const uint32_t code : codes) to->push_back(static_cast<Code>(code));
  };
  if (!codes_.empty() || levels > UINT16_MAX) {
    if (!bytes_.empty()) MoveTo(&bytes_, reserved_, &codes_);
    if (!shorts_.empty()) MoveTo(&shorts_, reserved_, &codes_);
    append(&codes_);
  } else if (!shorts_.empty() || levels > UINT8_MAX) {
    if (!bytes_.empty()) MoveTo(&bytes_, reserved_, &shorts_);
    append(&shorts_);
  } else {
    append(&bytes_);
  }
}

// Takes the blocks of a source in.
class TrainingHistoryReader {
 public:
  TrainingHistoryReader(const TrainingHistory::Options& options, const Schema& schema)
      : options_(options), schema_(schema), digests_(schema.size()), hashes_(schema.size()) {}

  void Add(const Table& block) {
    if (specs_.empty()) Begin(block);
    const auto rows = static_cast<size_t>(block.num_rows());
    std::array<uint64_t, kBlockRows> of_rows;
    PYTHIA_CHECK(rows <= of_rows.size());
    std::fill_n(of_rows.begin(), rows, Mix64(options_.seed));
    for (size_t c = 0; c < block.columns().size(); ++c) {
      digests_[c].Add(block.columns()[c]);
      hashes_[c].MixInto(block.columns()[c], std::span(of_rows).first(rows));
      if (places_[c] >= 0)
        history_.kept_[static_cast<size_t>(places_[c])].Append(block.columns()[c]);
    }
    for (size_t row = 0; row < rows; ++row) {
      history_.random_folds_.push_back(RandomFoldOf(of_rows[row]));
    }
    if (ids_ >= 0) AddIds(block.columns()[static_cast<size_t>(ids_)]);
    history_.num_rows_ += rows;
    if (!all_kept_ || history_.num_rows_ <= static_cast<size_t>(kCvPlusRows)) return;
    all_kept_ = false;
    DropUnneeded();
  }

  size_t rows() const { return history_.num_rows_; }

  TrainingHistory Finish() {
    if (specs_.empty()) Begin(Table(schema_));
    Sha256 sha;
    for (size_t c = 0; c < specs_.size(); ++c) {
      sha.Update(specs_[c].name);
      sha.Update(TypeName(specs_[c].type));
      sha.Update(digests_[c].Finish(dictionaries_[c].get()));
    }
    history_.digest_ = sha.HexDigest();
    // Ids count where they tell rows of one campaign.
    history_.clusters_ = FirstRows(keys_);
    for (size_t row = 0; history_.ids_repeat() && row < keys_.size(); ++row) {
      const uint64_t value = keys_[row].none() ? 0x6d697373696e67ULL : keys_[row].first;
      history_.random_folds_[row] =
          RandomFoldOf(Mix64(Mix64(options_.seed) * 0x9e3779b97f4a7c15ULL ^ value));
    }
    for (const TrainingColumn& column : history_.kept_) {
      history_.columns_.AddColumn(column.spec(), column.dictionary());
    }
    return std::move(history_);
  }

 private:
  void Begin(const Table& block) {
    history_.random_folds_.reserve(static_cast<size_t>(options_.expected_rows));
    for (size_t c = 0; c < block.columns().size(); ++c) {
      const Column& column = block.columns()[c];
      specs_.push_back(column.spec());
      dictionaries_.push_back(column.dictionary());
      const bool is_text = column.type() == ColumnType::kText;
      if (is_text && column.name() == column::kCampaignId) {
        ids_ = static_cast<int>(c);
        keys_.reserve(static_cast<size_t>(options_.expected_rows));
      }
      places_.push_back(is_text ? -1 : static_cast<int>(history_.kept_.size()));
      if (is_text) continue;
      TrainingColumn& kept = history_.kept_.emplace_back(column);
      if (IsNeeded(column.spec(), options_.features)) {
        kept.Reserve(static_cast<size_t>(options_.expected_rows));
      }
    }
  }

  void AddIds(const Column& ids) {
    for (int64_t row = 0; row < ids.size(); ++row) {
      keys_.push_back(ids.IsMissing(row) ? IdKey() : KeyOf(ids.text(row), HashText(ids.text(row))));
    }
  }

  // Short histories keep every column: their plans are predicted one by one (intervals.cpp).
  void DropUnneeded() {
    std::vector<TrainingColumn> kept;
    for (int& place : places_) {
      if (place < 0) continue;
      TrainingColumn& column = history_.kept_[static_cast<size_t>(place)];
      const bool needed = IsNeeded(column.spec(), options_.features);
      place = needed ? static_cast<int>(kept.size()) : -1;
      if (needed) kept.push_back(std::move(column));
    }
    history_.kept_ = std::move(kept);
  }

  const TrainingHistory::Options& options_;
  const Schema& schema_;
  TrainingHistory history_;
  std::vector<ColumnSpec> specs_;  // of all columns
  std::vector<std::shared_ptr<Dictionary>> dictionaries_;
  std::vector<ColumnDigest> digests_;
  std::vector<ColumnHash> hashes_;
  std::vector<int> places_;  // among the kept columns; -1: not kept
  int ids_ = -1;
  RowVector<IdKey> keys_;  // [rows], where there are ids
  bool all_kept_ = true;
};

Result<TrainingHistory> TrainingHistory::Read(CampaignSource& source, const Options& options,
                                              Progress& progress, const std::stop_token& stop) {
  TrainingHistoryReader reader(options, source.schema());
  progress.Begin("reading", options.expected_rows);
  ReadAhead ahead(source);
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
    PYTHIA_ASSIGN(const Table* block, ahead.Next());
    if (block == nullptr) break;
    reader.Add(*block);
    if (reader.rows() >= UINT32_MAX) {
      return Fail(ErrorCode::kBadInput, "a history of more than 4,294,967,294 campaigns");
    }
    progress.Update(static_cast<int64_t>(reader.rows()), 0);
  }
  return reader.Finish();
}

TrainingHistory TrainingHistory::Of(const Table& table, uint64_t seed) {
  std::vector<std::string> all;
  for (const Column& column : table.columns()) all.push_back(column.name());
  TableSource source(table);
  NoProgress quiet;
  Result<TrainingHistory> history =
      Read(source, {.features = all, .seed = seed, .expected_rows = table.num_rows()}, quiet, {});
  PYTHIA_CHECK(history.has_value());
  return *std::move(history);
}

const TrainingColumn* TrainingHistory::Find(std::string_view name) const {
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const TrainingColumn& one) { return one.name() == name; });
  return found == kept_.end() ? nullptr : &*found;
}

Table TrainingHistory::Gather(std::span<const uint32_t> rows) const {
  Table table;
  for (const TrainingColumn& from : kept_) {
    Column& to = table.AddColumn(from.spec(), from.dictionary());
    to.Reserve(std::ssize(rows));
    for (const uint32_t row : rows) {
      if (IsNumeric(from.type())) {
        to.AppendNumber(from.number(row));
      } else if (from.type() == ColumnType::kDate) {
        to.AppendDay(from.day(row));
      } else {
        to.AppendCode(from.code(row));
      }
    }
  }
  return table;
}

}  // namespace pythia
