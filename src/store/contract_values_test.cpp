// Values come back bit for bit, whatever the values before them were like: a store may keep a
// column in another form than the first rows asked for.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "campaign/derive.h"
#include "store/store_contract.h"

namespace pythia {
namespace {

constexpr int64_t kRows = 130000;  // more than DuckDB compresses at once

struct Surprise {
  std::optional<std::string> id;
  std::optional<double> clicks;
};

std::vector<Surprise> Surprises() {
  return {{"007", 3},
          {"", 3},
          {"+7", 3},
          {"-7", 3},
          {"1234567890123456789", 3},
          {"12 ", 3},
          {"x", 3},
          {"7", 0.5},
          {"7", -0.0},
          {"7", -5},
          {"7", std::ldexp(1.0, 60)},
          {"7", std::numeric_limits<double>::infinity()},
          {"7.5", 0.25},
          {"999999999999999999", 9007199254740991.0},
          {std::nullopt, std::nullopt}};
}

// Whole numbers, some of them missing, and the surprise in row `place`.
Table WholeTable(int64_t rows, int64_t place, const Surprise& surprise) {
  std::vector<TestRow> filled;
  for (int64_t i = 0; i < rows; ++i) {
    TestRow row{.id = fmt::format("{}", i * 7919), .clicks = static_cast<double>(i % 90)};
    if (i % 1000 == 3) row = {};
    if (i == place) {
      row.id = surprise.id;
      row.clicks = surprise.clicks;
    }
    filled.push_back(row);
  }
  return TestTable(filled);
}

void ExpectSame(const Table& found, const Table& expected) {
  ASSERT_EQ(found.num_rows(), expected.num_rows());
  const Column& ids = *found.Find("Id");
  const Column& clicks = *found.Find("Clicks");
  for (int64_t i = 0; i < found.num_rows(); ++i) {
    ASSERT_EQ(ids.IsMissing(i), expected.Find("Id")->IsMissing(i)) << i;
    if (!ids.IsMissing(i)) {
      ASSERT_EQ(ids.text(i), expected.Find("Id")->text(i)) << i;
    }
    const double wanted = expected.Find("Clicks")->numbers()[static_cast<size_t>(i)];
    const double value = clicks.numbers()[static_cast<size_t>(i)];
    ASSERT_EQ(std::isnan(value), std::isnan(wanted)) << i;
    if (std::isnan(value)) continue;
    ASSERT_EQ(std::bit_cast<uint64_t>(value), std::bit_cast<uint64_t>(wanted)) << i;
  }
}

TEST_P(StoreContract, ValuesComeBackWhateverCameBefore) {
  int number = 0;
  for (const Surprise& surprise : Surprises()) {
    for (const int64_t place : {0, 2500, 4999}) {
      const Table table = WholeTable(5000, place, surprise);
      const std::string dataset = fmt::format("d{}", number++);
      MustLoad(Request(dataset, LoadMode::kCreate, "s0"), table);
      ExpectSame(MustScan({.dataset = dataset}), table);
    }
  }
}

TEST_P(StoreContract, ValuesComeBackWhereManyCameBefore) {
  int number = 0;
  for (const Surprise& surprise : {Surprise{"x", 3}, Surprise{"7", 0.5}, Surprise{"x", 0.5}}) {
    const Table table = WholeTable(kRows, kRows - 5, surprise);
    const std::string dataset = fmt::format("d{}", number++);
    MustLoad(Request(dataset, LoadMode::kCreate, "s0"), table);
    ExpectSame(MustScan({.dataset = dataset}), table);
    Reopen();
    ExpectSame(MustScan({.dataset = dataset}), table);
  }
}

TEST_P(StoreContract, WholeValuesAreFoundAndCounted) {
  for (const auto& [dataset, surprise] :
       {std::pair{"whole", Surprise{"5", 3}}, std::pair{"other", Surprise{"x", 2.5}}}) {
    MustLoad(Request(dataset, LoadMode::kCreate, "s0"), WholeTable(5000, 4000, surprise));
    const auto rows = [&](ColumnFilter filter) {
      return MustScan({.dataset = dataset, .filters = {std::move(filter)}}).num_rows();
    };
    EXPECT_EQ(rows({.column = "Id", .levels = {"7919", "0", "007919", "nobody"}}), 2);
    EXPECT_EQ(rows({.column = "Id", .levels = {surprise.id.value_or("")}}), 1);
    EXPECT_EQ(rows({.column = "Clicks", .min = surprise.clicks, .max = surprise.clicks}),
              surprise.clicks == 3 ? 56 : 1);
    EXPECT_EQ(rows({.column = "Clicks", .max = 0.5}), 56);
    EXPECT_EQ(store().DistinctValues(dataset, "Id")->size(), 4995U);
    const auto range = *store().ColumnRange(dataset, "Clicks");
    EXPECT_EQ(range.value_or(Range{-1, -1}).min, 0);
    EXPECT_EQ(range.value_or(Range{-1, -1}).max, 89);
    const std::vector<std::string> summed = {"Clicks"};
    const auto sums = store().SumBy(dataset, "Channel", summed);
    ASSERT_TRUE(sums);
    ASSERT_EQ(sums->size(), 1U);
    double expected = 0;
    const Table table = WholeTable(5000, 4000, surprise);
    for (const double value : table.Find("Clicks")->numbers()) {
      expected += std::isnan(value) ? 0 : value;
    }
    EXPECT_EQ(sums->front().sums[0], expected);
  }
}

const Schema kWithRatios = {{"CTR", ColumnType::kNumber, Role::kOutcome, ""},
                            {"Clicks", ColumnType::kCount, Role::kOutcome, ""},
                            {"Impressions", ColumnType::kCount, Role::kOutcome, ""},
                            {"Acquisition_Cost", ColumnType::kMoney, Role::kPlan, ""},
                            {"CPC", ColumnType::kMoney, Role::kOutcome, ""},
                            {"CPM", ColumnType::kMoney, Role::kOutcome, ""},
                            {"Revenue", ColumnType::kMoney, Role::kOutcome, ""},
                            {"ROI", ColumnType::kNumber, Role::kOutcome, ""}};

// Every pair of odd numbers that operands may be, then ordinary ones; ratios as they follow.
Table RatioTable(int64_t rows) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> odd = {
      kNone,   0,    -0.0,   1, 3, 1e-310, 1e300, 0.1, std::numeric_limits<double>::infinity(),
      -12.345, 1e15, 2.0 / 3};
  Table table(kWithRatios);
  uint64_t next = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const auto at = static_cast<size_t>(i);
    const bool is_odd = at < odd.size() * odd.size();
    const auto some = static_cast<double>(Mix64(++next) % 100'000);
    const auto more = static_cast<double>(Mix64(++next) % 1'000'000);
    table.Find("Clicks")->AppendNumber(is_odd ? odd[at % odd.size()] : some);
    table.Find("Impressions")->AppendNumber(is_odd ? odd[at / odd.size()] : more);
    table.Find("Acquisition_Cost")->AppendNumber(is_odd ? odd[at / odd.size()] : more / 100);
    table.Find("Revenue")->AppendNumber(is_odd ? odd[at % odd.size()] : some / 100);
  }
  FillDerived(&table);
  return table;
}

void ExpectSameRatios(const Table& found, const Table& expected, const std::string& what) {
  ASSERT_EQ(found.num_rows(), expected.num_rows());
  for (const Column& column : expected.columns()) {
    const std::vector<double>& values = found.Find(column.name())->numbers();
    for (size_t i = 0; i < values.size(); ++i) {
      const double wanted = column.numbers()[i];
      ASSERT_EQ(std::isnan(values[i]), std::isnan(wanted)) << what << ' ' << column.name() << i;
      if (std::isnan(wanted)) continue;
      ASSERT_EQ(std::bit_cast<uint64_t>(values[i]), std::bit_cast<uint64_t>(wanted))
          << what << ' ' << column.name() << i;
    }
  }
}

TEST_P(StoreContract, ValuesComeBackWhereSeveralColumnsSurprise) {
  Table table = WholeTable(2 * kRows, kRows + 10000, {"x", 3});
  table.Find("Clicks")->SetNumber(2 * kRows - 10, 0.5);
  MustLoad(Request("d", LoadMode::kCreate, "s0"), table);
  ExpectSame(MustScan({.dataset = "d"}), table);
  table = RatioTable(2 * kRows);
  table.Find("CPM")->SetNumber(kRows + 10000, 0.25);
  table.Find("ROI")->SetNumber(2 * kRows - 10, 0.25);
  table.Find("Clicks")->SetNumber(2 * kRows - 5, 0.5);
  MustLoad(Request("r", LoadMode::kCreate, "s1", kWithRatios), table);
  ExpectSameRatios(MustScan({.dataset = "r"}), table, "several");
}

TEST_P(StoreContract, RatiosComeBackWhateverTheyFollowFrom) {
  const Table table = RatioTable(5000);
  MustLoad(Request("d", LoadMode::kCreate, "s0", kWithRatios), table);
  ExpectSameRatios(MustScan({.dataset = "d"}), table, "all");
  const Table one = MustScan({.dataset = "d", .columns = {"CPM"}});
  EXPECT_EQ(one.Find("CPM")->num_missing(), table.Find("CPM")->num_missing());
  const std::vector<double>& ctrs = table.Find("CTR")->numbers();
  const auto low = std::count_if(ctrs.begin(), ctrs.end(), [](double x) { return x <= 0.5; });
  EXPECT_EQ(MustScan({.dataset = "d", .filters = {{.column = "CTR", .max = 0.5}}}).num_rows(), low);
}

TEST_P(StoreContract, RatiosThatDoNotFollowComeBackToo) {
  int number = 0;
  for (const char* name : {"CTR", "CPC", "CPM", "ROI"}) {
    for (const int64_t place : {int64_t{0}, int64_t{2500}, kRows - 5}) {
      Table table = RatioTable(place > 5000 ? kRows : 5000);
      // Where one is missing another value; where there is one, the next number or none.
      Column& ratios = *table.Find(name);
      std::vector<double> values = ratios.numbers();
      for (auto at = static_cast<size_t>(place); at < static_cast<size_t>(place) + 3; ++at) {
        const double other = std::cmp_equal(at, place) ? std::numeric_limits<double>::quiet_NaN()
                                                       : std::nextafter(values[at], HUGE_VAL);
        values[at] = std::isnan(values[at]) ? 0.25 : other;
      }
      ratios.Clear();
      ratios.AppendNumbers(values);
      const std::string dataset = fmt::format("d{}", number++);
      MustLoad(Request(dataset, LoadMode::kCreate, "s0", kWithRatios), table);
      ExpectSameRatios(MustScan({.dataset = dataset}), table, fmt::format("{} {}", name, place));
      if (place < 5000) continue;
      Reopen();
      ExpectSameRatios(MustScan({.dataset = dataset}), table, dataset);
    }
  }
}

}  // namespace
}  // namespace pythia
