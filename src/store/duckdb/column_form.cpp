#include "store/duckdb/column_form.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"

namespace pythia {
namespace {

constexpr double kLargestWhole = 9007199254740992.0;  // 2^53: from there not all are doubles
constexpr size_t kMostDigits = 18;                    // any number of them is an int64_t
constexpr size_t kSample = 1000;

// A number of at most six decimals, as people write them.
bool IsDecimal(double value) {
  constexpr double kScale = 1e6;
  return std::abs(value) < kLargestWhole / kScale && std::round(value * kScale) / kScale == value;
}

// Of some of the values.
double ShareOfDecimals(std::span<const double> values) {
  size_t decimals = 0;
  size_t seen = 0;
  const size_t step = std::max<size_t>(values.size() / kSample, 1);
  for (size_t i = 0; i < values.size(); i += step) {
    if (std::isnan(values[i])) continue;
    ++seen;
    decimals += IsDecimal(values[i]) ? 1 : 0;
  }
  return seen == 0 ? 0.5 : static_cast<double>(decimals) / static_cast<double>(seen);
}

ColumnForm NarrowestOf(const ColumnSpec& spec) {
  switch (spec.type) {
    case ColumnType::kText:
      return spec.role == Role::kId ? ColumnForm::kWholeText : ColumnForm::kText;
    case ColumnType::kCategory:
      return ColumnForm::kCode;
    case ColumnType::kDate:
      return ColumnForm::kDay;
    case ColumnType::kCount:
      return ColumnForm::kWhole;
    case ColumnType::kNumber:
    case ColumnType::kMoney:
      return ColumnForm::kNumber;
  }
  PYTHIA_CHECK(false);
}

}  // namespace

ColumnForm NarrowestForm(const Schema& schema, size_t position) {
  return DerivedColumn(schema, position) ? ColumnForm::kDerived : NarrowestOf(schema[position]);
}

std::optional<DerivedFrom> DerivedColumn(const Schema& schema, size_t position) {
  const auto find = [&](std::string_view name) -> std::optional<size_t> {
    for (size_t c = 0; c < schema.size(); ++c) {
      if (schema[c].name == name && IsNumeric(schema[c].type)) return c;
    }
    return std::nullopt;
  };
  for (const Ratio& ratio : Ratios()) {
    if (find(ratio.name) != position || schema[position].type == ColumnType::kCount) continue;
    const auto numerator = find(ratio.numerator);
    const auto divisor = find(ratio.divisor);
    if (numerator && divisor) return DerivedFrom{ratio, *numerator, *divisor};
  }
  return std::nullopt;
}

std::string SqlOf(const DerivedFrom& derived) {
  const std::string by = fmt::format("c{}::DOUBLE", derived.divisor);
  const std::string what = fmt::format("c{}::DOUBLE", derived.numerator);
  const std::string ratio =
      fmt::format("{}::DOUBLE * {} / {}", derived.ratio.scale,
                  derived.ratio.minus_divisor ? fmt::format("({} - {})", what, by) : what, by);
  return fmt::format("(CASE WHEN isfinite({0}) THEN {0} END)", ratio);
}

ColumnForm WiderForm(ColumnForm form) {
  PYTHIA_CHECK(form == ColumnForm::kWhole || form == ColumnForm::kWholeText ||
               form == ColumnForm::kDerived);
  return form == ColumnForm::kWholeText ? ColumnForm::kText : ColumnForm::kNumber;
}

std::string_view SqlTypeOf(ColumnForm form) {
  switch (form) {
    case ColumnForm::kNumber:
      return "DOUBLE";
    case ColumnForm::kWhole:
    case ColumnForm::kWholeText:
      return "BIGINT";
    case ColumnForm::kText:
      return "VARCHAR";
    case ColumnForm::kCode:
      return "UINTEGER";
    case ColumnForm::kDay:
      return "DATE";
    case ColumnForm::kDerived:
      break;
  }
  PYTHIA_CHECK(false);
}

duckdb::FeedType FeedTypeOf(ColumnForm form) {
  switch (form) {
    case ColumnForm::kNumber:
      return duckdb::FeedType::kNumber;
    case ColumnForm::kWhole:
    case ColumnForm::kWholeText:
      return duckdb::FeedType::kInt;
    case ColumnForm::kText:
      return duckdb::FeedType::kText;
    case ColumnForm::kCode:
      return duckdb::FeedType::kCode;
    case ColumnForm::kDay:
      return duckdb::FeedType::kDay;
    case ColumnForm::kDerived:
      return duckdb::FeedType::kNone;
  }
  PYTHIA_CHECK(false);
}

std::string_view CompressionOf(const ColumnSpec& spec, ColumnForm form,
                               std::span<const double> first) {
  constexpr double kNearlyAll = 0.95;
  switch (form) {
    case ColumnForm::kCode:
    case ColumnForm::kWhole:
    case ColumnForm::kWholeText:
      return " USING COMPRESSION bitpacking";
    case ColumnForm::kText:
      // Nearly every id is another text.
      return spec.role == Role::kId ? " USING COMPRESSION fsst" : "";
    case ColumnForm::kNumber: {
      const double decimals = ShareOfDecimals(first);
      if (decimals >= kNearlyAll) return " USING COMPRESSION alp";
      return decimals <= 1 - kNearlyAll ? " USING COMPRESSION alprd" : "";
    }
    case ColumnForm::kDay:
    case ColumnForm::kDerived:
      return "";
  }
  PYTHIA_CHECK(false);
}

bool PutWhole(std::span<const double> values, int64_t* out) {
  bool whole = true;
  for (const double value : values) {
    const bool small = std::abs(value) < kLargestWhole;  // not so NaN
    const auto number = small ? static_cast<int64_t>(value) : 0;
    const bool same = std::bit_cast<uint64_t>(static_cast<double>(number)) ==
                      std::bit_cast<uint64_t>(value);  // -0 is none
    whole = whole && (same || std::isnan(value));
    *out++ = number;
  }
  return whole;
}

std::optional<int64_t> WholeOf(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  if (text[0] == '0' && text.size() > 1) return std::nullopt;
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::string ValueOf(const StoredLoad& load, int64_t position) {
  const auto c = static_cast<size_t>(position);
  const auto derived = load.derived[c] ? DerivedColumn(load.schema, c) : std::nullopt;
  if (derived) return SqlOf(*derived);
  switch (NarrowestOf(load.schema[c])) {
    case ColumnForm::kWhole:
      return fmt::format("c{}::DOUBLE", position);
    case ColumnForm::kWholeText:
      return fmt::format("c{}::VARCHAR", position);
    case ColumnForm::kNumber:
    case ColumnForm::kText:
    case ColumnForm::kCode:
    case ColumnForm::kDay:
    case ColumnForm::kDerived:
      return fmt::format("c{}", position);
  }
  PYTHIA_CHECK(false);
}

}  // namespace pythia
