// The text of one cell, read as a number, a count, a duration or a day.
//
// A decimal mark and a date order belong to a whole column (profile.h decides them), so they are
// parameters here. Nothing allocates on success. Thread-safe: free functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "campaign/column.h"
#include "records/plan.h"

namespace pythia {

enum class DateOrder {
  kDmy,  // 03/04/2026 is 3 April
  kMdy,  // 03/04/2026 is March 4
};

enum class Parsed {
  kOk,
  kMissing,  // an empty cell or a mark for "no value"
  kBad,
};

// Without blanks (also no-break ones) at both ends.
std::string_view Trim(std::string_view text);

// Empty, "-", "--", "N/A", "null", "nan" in any case; `text` is trimmed.
bool IsMissingMark(std::string_view text);
// Those, and "na", "none", "n.a.", "#N/A", a long dash: marks that could be words elsewhere.
bool IsMissingNumber(std::string_view text);

// What a cell says about the numbers of its column.
struct NumberScan {
  enum class Mark {
    kNone,        // digits only
    kDot,         // "1.5": the decimal mark can only be a dot
    kComma,       // "1,5", "1.234,56"
    kMaybeDot,    // "1.234": a decimal dot, or groups under a decimal comma
    kMaybeComma,  // "1,234": a decimal comma, or groups under a decimal dot
  };
  bool ok = false;
  bool percent = false;
  Mark mark = Mark::kNone;
  std::string_view currency = {};  // the symbol or code in the cell; stays when the cell goes
};
NumberScan ScanNumber(std::string_view text);

// "1,204", "$16,174.00", "16.174,00 €", "1 234,5", "1'234.5", "(12.50)", "-3e-5", "250 %" (= 2.5).
// Groups must be groups ("1,20" is no number where the comma groups). Infinite and unrepresentable
// values are kBad. `decimal` is '.' or ','.
Parsed ParseNumber(std::string_view text, char decimal, double* value);

// Days: "30 days", "30", "4 weeks", "1 month" (= 30), "1 year" (= 365); more than 0.
Parsed ParseDuration(std::string_view text, char decimal, double* days);

// The ISO 4217 code of a currency symbol or code: "$" → "USD", "€" → "EUR", "chf" → "CHF"; empty
// where it is none, or means several ("kr").
std::string_view CurrencyCode(std::string_view symbol);
// True where `symbol` can stand for `code`: "$" for every dollar.
bool CurrencyMayBe(std::string_view symbol, std::string_view code);

// What a cell says about the dates of its column.
struct DateScan {
  enum class Shape {
    kNone,     // no date
    kCertain,  // year first, or a month by name
    kNumeric,  // two small numbers and a year: `first`, `second` in the order of the cell
  };
  Shape shape = Shape::kNone;
  int year = 0;
  int first = 0;   // kCertain: the month
  int second = 0;  // kCertain: the day
};
// A time of day behind the date is read over. Shapes only: "2021-02-30" scans.
DateScan ScanDate(std::string_view text);

// kBad also where that day does not exist.
Parsed ParseDay(std::string_view text, DateOrder order, int32_t* day);

// One value of a plan as a person types it, by the type of its column: "$16,174.00", "30 days",
// "2021-03-04", "Google Ads". A dot is the decimal mark unless the text says otherwise. Numbers as
// double, categories and ISO days as text. kBadInput, naming the column, where it is none; that
// includes 03/04/2021 and missing values.
Result<PlanValue> ParsePlanValue(const ColumnSpec& spec, std::string_view text);

}  // namespace pythia
