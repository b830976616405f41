// Values come back bit for bit, whatever the values before them were like: a store may keep a
// column in another form than the first rows asked for.
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

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
    EXPECT_EQ(rows({.column = "Id", .levels = {*surprise.id}}), 1);
    EXPECT_EQ(rows({.column = "Clicks", .min = *surprise.clicks, .max = *surprise.clicks}),
              surprise.clicks == 3 ? 56 : 1);
    EXPECT_EQ(rows({.column = "Clicks", .max = 0.5}), 56);
    EXPECT_EQ(store().DistinctValues(dataset, "Id")->size(), 4995U);
    const auto range = *store().ColumnRange(dataset, "Clicks");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->min, 0);
    EXPECT_EQ(range->max, 89);
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

}  // namespace
}  // namespace pythia
