#include "ingest/fields.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

// "bad", "missing" or the number.
std::string Number(std::string_view text, char decimal = '.') {
  double value = 0;
  switch (ParseNumber(text, decimal, &value)) {
    case Parsed::kOk:
      return fmt::format("{}", value);
    case Parsed::kMissing:
      return "missing";
    case Parsed::kBad:
      break;
  }
  return "bad";
}

std::string Day(std::string_view text, DateOrder order = DateOrder::kDmy) {
  int32_t day = 0;
  const Parsed parsed = ParseDay(text, order, &day);
  return parsed == Parsed::kOk ? FormatDay(day) : parsed == Parsed::kMissing ? "missing" : "bad";
}

std::string Duration(std::string_view text) {
  double days = 0;
  const Parsed parsed = ParseDuration(text, '.', &days);
  return parsed == Parsed::kOk        ? fmt::format("{}", days)
         : parsed == Parsed::kMissing ? "missing"
                                      : "bad";
}

TEST(ParseNumber, ReadsWhatPeopleWrite) {
  EXPECT_EQ(Number("1204"), "1204");
  EXPECT_EQ(Number("1,204"), "1204");
  EXPECT_EQ(Number("$16,174.00"), "16174");
  EXPECT_EQ(Number(" -3.5 "), "-3.5");
  EXPECT_EQ(Number("-$3.50"), "-3.5");
  EXPECT_EQ(Number("$-3.50"), "-3.5");
  EXPECT_EQ(Number("(12.50)"), "-12.5");
  EXPECT_EQ(Number("\xE2\x88\x92"
                   "7"),
            "-7");
  EXPECT_EQ(Number("250 %"), "2.5");
  EXPECT_EQ(Number("3e-5"), "3e-05");
  EXPECT_EQ(Number("12 USD"), "12");
  EXPECT_EQ(Number("USD 12.25"), "12.25");
  EXPECT_EQ(Number("1'234'567.5"), "1234567.5");
  EXPECT_EQ(Number("12,34,567.8"), "1234567.8");
  EXPECT_EQ(Number(".5"), "0.5");
  EXPECT_EQ(Number("0.1"), "0.1");
  EXPECT_EQ(Number("123456789012345678"), "1.2345678901234568e+17");
}

TEST(ParseNumber, ReadsADecimalComma) {
  EXPECT_EQ(Number("16.174,00 \xE2\x82\xAC", ','), "16174");
  EXPECT_EQ(Number("1 234,56", ','), "1234.56");
  EXPECT_EQ(Number("1\xC2\xA0"
                   "234,5",
                   ','),
            "1234.5");
  EXPECT_EQ(Number("1\xE2\x80\xAF"
                   "234",
                   ','),
            "1234");
  EXPECT_EQ(Number("R$ 1.050,00", ','), "1050");
  EXPECT_EQ(Number("3.000", ','), "3000");
}

TEST(ParseNumber, RefusesWhatIsNone) {
  for (const char* text :
       {"x",        "1,20", "1.2.3",  "1,2345",    ",5",   "1e",   "--5",     "5-",
        "Infinity", "inf",  "1e999",  "-1e999",    "0x10", "1 2",  "12,3456", "%",
        "$",        "()",   "1,,000", "12 apples", "\x01", "1.5.", "$ $5"}) {
    EXPECT_EQ(Number(text), "bad") << text;
  }
  EXPECT_EQ(Number("1.5", ','), "bad");
}

TEST(ParseNumber, KnowsMissing) {
  for (const char* text : {"", " ", "-", "--", " --", "N/A", "n/a", "null", "NULL", "nan", "NaN",
                           "NA", "none", "#N/A", "\xE2\x80\x94"}) {
    EXPECT_EQ(Number(text), "missing") << text;
  }
}

RC_GTEST_PROP(ParseNumber, ReadsBackEveryDouble, (double value)) {
  RC_PRE(std::isfinite(value));
  double back = 0;
  RC_ASSERT(ParseNumber(fmt::format("{}", value), '.', &back) == Parsed::kOk);
  RC_ASSERT(back == value);
}

RC_GTEST_PROP(ParseNumber, NeverFallsOver, (const std::string& text)) {
  double value = 0;
  int32_t day = 0;
  if (ParseNumber(text, '.', &value) == Parsed::kOk) RC_ASSERT(std::isfinite(value));
  ParseNumber(text, ',', &value);
  ParseDuration(text, '.', &value);
  ParseDay(text, DateOrder::kDmy, &day);
  ScanNumber(text);
}

TEST(ScanNumber, TellsTheDecimalMark) {
  using enum NumberScan::Mark;
  EXPECT_EQ(ScanNumber("12").mark, kNone);
  EXPECT_EQ(ScanNumber("1.5").mark, kDot);
  EXPECT_EQ(ScanNumber("1,5").mark, kComma);
  EXPECT_EQ(ScanNumber("1.234").mark, kMaybeDot);
  EXPECT_EQ(ScanNumber("1,234").mark, kMaybeComma);
  EXPECT_EQ(ScanNumber("0.234").mark, kDot);
  EXPECT_EQ(ScanNumber("1234.567").mark, kDot);
  EXPECT_EQ(ScanNumber("1.234.567").mark, kComma);
  EXPECT_EQ(ScanNumber("1,234,567").mark, kDot);
  EXPECT_EQ(ScanNumber("1.234,5").mark, kComma);
  EXPECT_EQ(ScanNumber("$1,234.50").currency, "$");
  EXPECT_TRUE(ScanNumber("3 %").percent);
  EXPECT_FALSE(ScanNumber("abc").ok);
  EXPECT_FALSE(ScanNumber("1.08.2019").ok);
}

TEST(ScanNumber, SaysOfACurrencyWhatStaysWhenTheCellGoes) {
  for (const std::string symbol : {"$", "CHF", "US$", "EUR"}) {
    for (std::string cell : {symbol + " 5", "5 " + symbol}) {
      const NumberScan scan = ScanNumber(cell);
      cell.assign(cell.size(), 'x');
      EXPECT_EQ(scan.currency, symbol);
    }
  }
}

TEST(ParseDay, ReadsWhatPeopleWrite) {
  EXPECT_EQ(Day("2021-03-04"), "2021-03-04");
  EXPECT_EQ(Day("2021/3/4"), "2021-03-04");
  EXPECT_EQ(Day("20210304"), "2021-03-04");
  EXPECT_EQ(Day("04.03.2021"), "2021-03-04");
  EXPECT_EQ(Day("3/4/21", DateOrder::kMdy), "2021-03-04");
  EXPECT_EQ(Day("3/4/21", DateOrder::kDmy), "2021-04-03");
  EXPECT_EQ(Day("16-11-2024"), "2024-11-16");
  EXPECT_EQ(Day("Mar 4, 2021"), "2021-03-04");
  EXPECT_EQ(Day("4 March 2021"), "2021-03-04");
  EXPECT_EQ(Day("04-Mar-21"), "2021-03-04");
  EXPECT_EQ(Day("4 m\xC3\xA4rz 2021"), "2021-03-04");
  EXPECT_EQ(Day("2021-09-15 5:00:00"), "2021-09-15");
  EXPECT_EQ(Day("2021-03-04T23:59:59.9Z"), "2021-03-04");
  EXPECT_EQ(Day("5/1/2026 12:00 AM", DateOrder::kMdy), "2026-05-01");
}

TEST(ParseDay, RefusesDaysThatDoNotExist) {
  for (const char* text : {"2021-02-30", "2021-13-01", "31.04.2021", "soon", "1/2", "2021-1",
                           "12/25/2021", "2021-03-04x", "0000-01-01", "99999999"}) {
    EXPECT_EQ(Day(text), "bad") << text;
  }
  EXPECT_EQ(Day("29.02.2024"), "2024-02-29");
  EXPECT_EQ(Day("--"), "missing");
}

TEST(ParseDuration, KnowsUnits) {
  EXPECT_EQ(Duration("30 days"), "30");
  EXPECT_EQ(Duration("30"), "30");
  EXPECT_EQ(Duration("1 day"), "1");
  EXPECT_EQ(Duration("4 weeks"), "28");
  EXPECT_EQ(Duration("1 month"), "30");
  EXPECT_EQ(Duration("2 Wochen"), "14");
  EXPECT_EQ(Duration("30d"), "30");
  EXPECT_EQ(Duration("30-day"), "30");
  EXPECT_EQ(Duration("N/A"), "missing");
  for (const char* text : {"0", "-3", "days", "30 apples", "some days", "1e9 eons"}) {
    EXPECT_EQ(Duration(text), "bad") << text;
  }
}

TEST(Currency, KnowsSymbolsAndCodes) {
  EXPECT_EQ(CurrencyCode("\xE2\x82\xAC"), "EUR");
  EXPECT_EQ(CurrencyCode("usd"), "USD");
  EXPECT_EQ(CurrencyCode("kr"), "");
  EXPECT_EQ(CurrencyCode("abc"), "");
  EXPECT_TRUE(CurrencyMayBe("$", "CAD"));
  EXPECT_FALSE(CurrencyMayBe("$", "EUR"));
}

std::string PlanText(std::string_view column, std::string_view text) {
  const Result<PlanValue> value = ParsePlanValue(*FindCanonical(column), text);
  if (!value) return "error: " + value.error().message;
  const double* number = std::get_if<double>(&*value);
  return number != nullptr ? fmt::format("{}", *number) : std::get<std::string>(*value);
}

TEST(ParsePlanValue, ReadsWhatAFileWouldHold) {
  EXPECT_EQ(PlanText("Acquisition_Cost", "$16,174.00"), "16174");
  EXPECT_EQ(PlanText("Acquisition_Cost", "16.174,00 \xE2\x82\xAC"), "16174");
  EXPECT_EQ(PlanText("Acquisition_Cost", "1,234"), "1234");
  EXPECT_EQ(PlanText("Acquisition_Cost", "1.5"), "1.5");
  EXPECT_EQ(PlanText("Duration", "30 days"), "30");
  EXPECT_EQ(PlanText("Impressions", "10.000"), "10000");
  EXPECT_EQ(PlanText("Date", "2021-03-04"), "2021-03-04");
  EXPECT_EQ(PlanText("Date", "25/12/2021"), "2021-12-25");
  EXPECT_EQ(PlanText("Date", "12/25/2021"), "2021-12-25");
  EXPECT_EQ(PlanText("Channel_Used", " Google Ads "), "Google Ads");
}

TEST(ParsePlanValue, RefusesWithAWayOut) {
  EXPECT_EQ(PlanText("Date", "03/04/2021"), "error: a date that can be read in two ways");
  EXPECT_EQ(PlanText("Date", "2021-02-30"), "error: no such day");
  EXPECT_EQ(PlanText("Acquisition_Cost", "-5"), "error: must not be negative");
  EXPECT_EQ(PlanText("Acquisition_Cost", "1e999"), "error: no number");
  EXPECT_EQ(PlanText("Impressions", "1.5"), "error: must be a whole number, not negative");
  EXPECT_EQ(PlanText("Duration", "soon"), "error: no number of days");
  EXPECT_EQ(PlanText("Channel_Used", ""), "error: a value is missing");
}

}  // namespace
}  // namespace pythia
