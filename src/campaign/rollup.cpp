#include "campaign/rollup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

int Find(const Schema& schema, std::string_view name) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

// Neumaier 1974: amounts of money add up to what a person gets.
void AddExactly(double value, double* sum, double* lost) {
  const double total = *sum + value;
  *lost += std::abs(*sum) >= std::abs(value) ? (*sum - total) + value : (value - total) + *sum;
  *sum = total;
}

// Where Duration belongs among the canonical columns of `schema`.
size_t PlaceOfDuration(const Schema& schema) {
  const auto canonical = CanonicalColumns();
  const auto rank = [&](std::string_view name) {
    return std::find_if(canonical.begin(), canonical.end(),
                        [&](const ColumnSpec& spec) { return spec.name == name; }) -
           canonical.begin();
  };
  const auto duration = rank(column::kDuration);
  size_t place = 0;
  while (place < schema.size() && rank(schema[place].name) < duration) ++place;
  return place;
}

// The column whose values weigh a ratio; empty where the ratio is a plain mean.
std::string_view WeightOf(std::string_view ratio) {
  if (ratio == column::kConversionRate) return column::kClicks;
  if (ratio == column::kRoi) return column::kAcquisitionCost;
  if (ratio == column::kEngagementScore) return column::kImpressions;
  return {};
}

// The ratio that `sum` is the numerator of.
std::string_view RatioOf(std::string_view sum) {
  if (sum == column::kConversions) return column::kConversionRate;
  if (sum == column::kRevenue) return column::kRoi;
  return {};
}

}  // namespace

Rollup::How Rollup::HowFor(const ColumnSpec& spec, bool roi_is_derived) {
  if (IsDerived(spec.name) || (spec.name == column::kRoi && roi_is_derived)) return How::kDerived;
  if (spec.name == column::kDate) return How::kDate;
  if (spec.name == column::kDuration) return How::kDuration;
  if (!WeightOf(spec.name).empty()) return How::kMean;
  if (spec.type == ColumnType::kDate) return How::kFirstDay;
  const bool canonical = FindCanonical(spec.name) != nullptr;
  if (spec.type == ColumnType::kCategory && canonical) return How::kKey;
  if (!IsNumeric(spec.type)) return How::kSame;
  return canonical ? How::kSum : How::kSumOrMean;
}

Rollup::Rollup(const Schema& rows, bool roi_is_derived) : schema_(rows) {
  date_ = Find(rows, column::kDate);
  duration_ = Find(rows, column::kDuration);
  name_ = Find(rows, column::kCampaignId);
  if (name_ < 0) name_ = Find(rows, column::kCampaignName);
  PYTHIA_CHECK(date_ >= 0);
  if (duration_ < 0) {
    const auto place = static_cast<ptrdiff_t>(PlaceOfDuration(schema_));
    schema_.insert(schema_.begin() + place, *FindCanonical(column::kDuration));
  }
  for (const ColumnSpec& spec : schema_) {
    Gathered& gathered = columns_.emplace_back();
    gathered.how = HowFor(spec, roi_is_derived);
    gathered.source = Find(rows, spec.name);
    gathered.weight = Find(rows, WeightOf(spec.name));
    if (gathered.how == How::kKey) categories_.push_back(gathered.source);
  }
  for (const std::string_view sum : {column::kConversions, column::kRevenue}) {
    const int ratio = Find(schema_, RatioOf(sum));
    if (ratio >= 0) columns_[static_cast<size_t>(ratio)].part = Find(schema_, sum);
  }
}

void Rollup::MakeKey(const Table& block, int64_t row) {
  const auto append = [this](const void* bytes, size_t size) {
    key_.append(static_cast<const char*>(bytes), size);
  };
  key_.clear();
  for (const int c : categories_) {
    const uint32_t code = block.columns()[static_cast<size_t>(c)].codes()[static_cast<size_t>(row)];
    append(&code, sizeof code);
  }
  const Column* name = name_ >= 0 ? &block.columns()[static_cast<size_t>(name_)] : nullptr;
  if (name == nullptr || name->IsMissing(row)) {
    const int64_t alone = num_campaigns();
    append(&alone, sizeof alone);
    key_ += '\0';
  } else {
    key_ += name->type() == ColumnType::kText ? name->text(row) : name->level(row);
    key_ += '\1';
  }
}

size_t Rollup::CampaignOf(const Table& block, int64_t row) {
  MakeKey(block, row);
  const auto found = campaigns_.find(key_);
  if (found != campaigns_.end()) return found->second;
  const size_t campaign = first_day_.size();
  campaigns_.emplace(key_, campaign);
  first_day_.push_back(kMissingDay);
  last_day_.push_back(kMissingDay);
  for (Gathered& gathered : columns_) Grow(&gathered, campaign + 1);
  return campaign;
}

void Rollup::Grow(Gathered* gathered, size_t campaigns) {
  switch (gathered->how) {
    case How::kSum:
    case How::kMean:
    case How::kSumOrMean:
      gathered->sum.resize(campaigns, 0);
      gathered->lost.resize(campaigns, 0);
      gathered->weight_sum.resize(campaigns, 0);
      if (gathered->how == How::kSum) gathered->lacks.resize(campaigns, 0);
      if (gathered->how == How::kSumOrMean) {
        gathered->first.resize(campaigns, kNone);
        gathered->varies.resize(campaigns, 0);
      }
      return;
    case How::kFirstDay:
      gathered->day.resize(campaigns, kMissingDay);
      return;
    case How::kKey:
      gathered->code.resize(campaigns, kMissingCode);
      return;
    case How::kSame:
      gathered->text.resize(campaigns);
      gathered->state.resize(campaigns, 0);
      return;
    case How::kDate:
    case How::kDuration:
    case How::kDerived:
      return;
  }
}

void Rollup::AddDays(const Table& block, int64_t row, size_t campaign) {
  const auto i = static_cast<size_t>(row);
  const int32_t first = block.columns()[static_cast<size_t>(date_)].days()[i];
  if (first == kMissingDay) return;
  int32_t last = first;
  if (duration_ >= 0) {
    const double days = block.columns()[static_cast<size_t>(duration_)].numbers()[i];
    if (!std::isnan(days)) last += static_cast<int32_t>(std::min(days, 1e6)) - 1;
  }
  int32_t& first_day = first_day_[campaign];
  first_day = first_day == kMissingDay ? first : std::min(first_day, first);
  last_day_[campaign] = std::max(last_day_[campaign], last);
}

void Rollup::AddNumber(double value, double weight, size_t campaign, Gathered* gathered) {
  if (gathered->how == How::kSumOrMean) {
    double& first = gathered->first[campaign];
    if (std::isnan(first)) first = value;
    if (first != value) gathered->varies[campaign] = 1;
  }
  AddExactly(value * weight, &gathered->sum[campaign], &gathered->lost[campaign]);
  gathered->weight_sum[campaign] += weight;
  gathered->whole = gathered->whole && value == std::floor(value);
}

void Rollup::AddText(const Column& column, int64_t row, size_t campaign, Gathered* gathered) {
  char& state = gathered->state[campaign];
  if (state == 2 || column.IsMissing(row)) return;
  const std::string_view text =
      column.type() == ColumnType::kText ? column.text(row) : column.level(row);
  if (state == 0) {
    gathered->text[campaign] = text;
    state = 1;
  } else if (gathered->text[campaign] != text) {
    gathered->text[campaign].clear();
    state = 2;
  }
}

void Rollup::AddValue(const Table& block, int64_t row, size_t campaign, Gathered* gathered) {
  if (gathered->source < 0) return;
  const auto i = static_cast<size_t>(row);
  const Column& column = block.columns()[static_cast<size_t>(gathered->source)];
  switch (gathered->how) {
    case How::kSum:
    case How::kSumOrMean:
    case How::kMean: {
      if (column.IsMissing(row)) {
        if (gathered->how == How::kSum) gathered->lacks[campaign] = 1;
        return;
      }
      const bool weighs = gathered->how == How::kMean && gathered->weight >= 0;
      const double weight =
          weighs ? block.columns()[static_cast<size_t>(gathered->weight)].numbers()[i] : 1;
      if (!std::isnan(weight)) AddNumber(column.numbers()[i], weight, campaign, gathered);
      return;
    }
    case How::kFirstDay: {
      int32_t& day = gathered->day[campaign];
      if (column.IsMissing(row)) return;
      day = day == kMissingDay ? column.days()[i] : std::min(day, column.days()[i]);
      return;
    }
    case How::kKey:
      gathered->dictionary = column.dictionary();
      gathered->code[campaign] = column.codes()[i];
      return;
    case How::kSame:
      gathered->dictionary = column.dictionary();
      AddText(column, row, campaign, gathered);
      return;
    case How::kDate:
    case How::kDuration:
    case How::kDerived:
      return;
  }
}

void Rollup::Add(const Table& block) {
  const int64_t rows = block.columns()[static_cast<size_t>(date_)].size();
  for (int64_t row = 0; row < rows; ++row) {
    const size_t campaign = CampaignOf(block, row);
    AddDays(block, row, campaign);
    for (Gathered& gathered : columns_) AddValue(block, row, campaign, &gathered);
  }
}

// Some rows have a value and others do not.
bool Rollup::LacksRows(const Gathered& gathered, size_t campaign) {
  return !gathered.lacks.empty() && gathered.lacks[campaign] != 0 &&
         gathered.weight_sum[campaign] > 0;
}

void Rollup::EmitNumber(const Gathered& gathered, size_t campaign, Column* column) const {
  const Gathered& part =
      gathered.part < 0 ? gathered : columns_[static_cast<size_t>(gathered.part)];
  const double weight = gathered.weight_sum[campaign];
  if (weight == 0 || LacksRows(part, campaign)) return column->AppendMissing();
  if (gathered.how == How::kSumOrMean && gathered.varies[campaign] == 0) {
    return column->AppendNumber(gathered.first[campaign]);
  }
  const double sum = gathered.sum[campaign] + gathered.lost[campaign];
  const bool mean =
      gathered.how == How::kMean || (gathered.how == How::kSumOrMean && !gathered.whole);
  const double value = mean ? sum / weight : sum;
  column->AppendNumber(std::isfinite(value) ? value : kNone);
}

void Rollup::Emit(const Gathered& gathered, Column* column) {
  for (size_t campaign = 0; campaign < first_day_.size(); ++campaign) {
    switch (gathered.how) {
      case How::kSum:
      case How::kMean:
      case How::kSumOrMean:
        EmitNumber(gathered, campaign, column);
        break;
      case How::kFirstDay:
        column->AppendDay(gathered.day[campaign]);
        break;
      case How::kKey:
        column->AppendCode(gathered.code[campaign]);
        break;
      case How::kSame:
        if (gathered.state[campaign] == 1) {
          column->AppendString(gathered.text[campaign]);
        } else {
          column->AppendMissing();
        }
        break;
      case How::kDate:
        column->AppendDay(first_day_[campaign]);
        break;
      case How::kDuration:
        column->AppendNumber(first_day_[campaign] == kMissingDay
                                 ? kNone
                                 : last_day_[campaign] - first_day_[campaign] + 1);
        break;
      case How::kDerived:
        break;
    }
  }
}

// A conversion rate and a ROI follow from the sums where these are there.
void Rollup::Recompute(Table* table) {
  const auto replace = [table](std::string_view name, std::string_view above,
                               std::string_view below, double minus) {
    Column* out = table->Find(name);
    const Column* numerator = table->Find(above);
    const Column* divisor = table->Find(below);
    if (out == nullptr || numerator == nullptr || divisor == nullptr) return;
    for (int64_t row = 0; row < out->size(); ++row) {
      const auto i = static_cast<size_t>(row);
      const double ratio = numerator->numbers()[i] / divisor->numbers()[i] - minus;
      if (std::isfinite(ratio) && !out->IsMissing(row)) out->SetNumber(row, ratio);
    }
  };
  replace(column::kConversionRate, column::kConversions, column::kClicks, 0);
  const Gathered& roi = columns_[static_cast<size_t>(std::max(Find(schema_, column::kRoi), 0))];
  if (roi.how == How::kMean) replace(column::kRoi, column::kRevenue, column::kAcquisitionCost, 1);
}

std::vector<std::string> Rollup::Notes() const {
  std::vector<std::string> notes;
  for (size_t c = 0; c < schema_.size(); ++c) {
    const Gathered& gathered = columns_[c];
    const std::string& name = schema_[c].name;
    int64_t lacking = 0;
    int64_t changing = 0;
    for (size_t campaign = 0; campaign < first_day_.size(); ++campaign) {
      lacking += LacksRows(gathered, campaign) ? 1 : 0;
      changing += !gathered.state.empty() && gathered.state[campaign] == 2 ? 1 : 0;
    }
    const std::string_view ratio = RatioOf(name);
    const bool both = Find(schema_, ratio) >= 0;
    if (lacking > 0) {
      notes.push_back(fmt::format(
          "{} without {}: {} {}{}{} {} left empty.",
          lacking == 1 ? "1 campaign has days" : fmt::format("{} campaigns have days", lacking),
          name, lacking == 1 ? "its" : "their", name, both ? " and " : "", both ? ratio : "",
          both || name.back() == 's' ? "are" : "is"));
    }
    if (changing > 0 && schema_[c].type == ColumnType::kCategory) {
      notes.push_back(fmt::format("\"{}\" changes within {} campaign{} and is left empty there.",
                                  name, changing, changing == 1 ? "" : "s"));
    }
  }
  return notes;
}

Table Rollup::Finish() {
  Table table;
  for (size_t c = 0; c < schema_.size(); ++c) {
    Emit(columns_[c], &table.AddColumn(schema_[c], columns_[c].dictionary));
  }
  Recompute(&table);
  return table;
}

}  // namespace pythia
