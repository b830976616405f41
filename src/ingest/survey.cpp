#include "ingest/survey.h"

#include <algorithm>
#include <unordered_map>

#include "campaign/schema.h"
#include "ingest/fields.h"
#include "ingest/row_class.h"

namespace pythia {
namespace {

constexpr int64_t kRowsBetweenReports = 4096;
constexpr size_t kMostCurrencies = 8;

int FirstClaimant(const FileColumns& columns, std::string_view column) {
  const std::vector<size_t> found = columns.Claimants(column);
  return found.empty() ? -1 : static_cast<int>(found.front());
}

// Sees whether campaigns come back on other days.
class RepeatCounter {
 public:
  explicit RepeatCounter(const FileColumns& columns) : date_(DateCell(columns)) {
    int campaign = FirstClaimant(columns, column::kCampaignId);
    if (campaign < 0) campaign = FirstClaimant(columns, column::kCampaignName);
    const bool has_duration = FirstClaimant(columns, column::kDuration) >= 0;
    active_ = campaign >= 0 && date_ >= 0 && !has_duration;
    if (!active_) return;
    key_.push_back(static_cast<size_t>(campaign));
    for (const ColumnSpec& spec : CanonicalColumns()) {
      if (spec.type != ColumnType::kCategory) continue;
      const int cell = FirstClaimant(columns, spec.name);
      if (cell >= 0) key_.push_back(static_cast<size_t>(cell));
    }
  }

  void Add(std::span<const std::string_view> cells, Survey* survey) {
    if (!active_) return;
    const std::string_view date = cells[static_cast<size_t>(date_)];
    if (IsMissingMark(Trim(date)) || IsMissingMark(Trim(cells[key_[0]]))) return;
    uint64_t hash = 0;
    for (const size_t cell : key_) hash = hash * 0x9E3779B97F4A7C15ULL + HashBytes(cells[cell]);
    const uint64_t day = HashBytes(date);
    const auto [found, added] = first_days_.try_emplace(hash, day);
    ++survey->dated_rows;
    survey->repeated_rows += !added && found->second != day ? 1 : 0;
  }

 private:
  int date_;
  bool active_ = false;
  std::vector<size_t> key_;
  std::unordered_map<uint64_t, uint64_t> first_days_;
};

void AddRow(std::span<const std::string_view> cells, std::vector<ColumnProfiler>* profilers) {
  const size_t count = std::min(cells.size(), profilers->size());
  for (size_t i = 0; i < count; ++i) (*profilers)[i].Add(cells[i]);
}

}  // namespace

int DateCell(const FileColumns& columns) { return FirstClaimant(columns, column::kDate); }

Result<Survey> SurveyFile(TableFile& file, const FileColumns& columns, Progress& progress,
                          const std::stop_token& stop) {
  Survey survey;
  std::vector<ColumnProfiler> profilers;
  for (const FileColumn& column : columns.columns) profilers.emplace_back(column.profile);
  RepeatCounter repeats(columns);
  const int currency = FirstClaimant(columns, column::kCurrency);
  const RowClassifier classifier(file.header(), DateCell(columns));
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, file.Read());
  Records& records = pass->records();
  progress.Begin("reading", file.input().size());
  for (int64_t row = 0;; ++row) {
    if (row % kRowsBetweenReports == 0) {
      if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
      progress.Update(pass->bytes_read(), row);
    }
    PYTHIA_ASSIGN(const bool more, records.Next());
    if (!more) break;
    if (classifier.Classify(records) != RowClass::kData) continue;
    ++survey.rows;
    AddRow(records.fields(), &profilers);
    repeats.Add(records.fields(), &survey);
    if (currency >= 0 && survey.currencies.size() < kMostCurrencies) {
      const std::string_view code = Trim(records.fields()[static_cast<size_t>(currency)]);
      if (!IsMissingMark(code)) survey.currencies.emplace(code);
    }
  }
  progress.Update(pass->bytes_read(), survey.rows);
  progress.End();
  PYTHIA_TRY(pass->CheckText());
  if (pass->invalid_bytes() > 0 && pass->multibyte() == 0 && file.FallBackToLatin()) {
    return SurveyFile(file, columns, progress, stop);
  }
  survey.some_invalid = pass->invalid_bytes() > 0;
  for (const ColumnProfiler& profiler : profilers) survey.profiles.push_back(profiler.profile());
  PYTHIA_ASSIGN(survey.sha256, pass->HexDigest());
  return survey;
}

}  // namespace pythia
