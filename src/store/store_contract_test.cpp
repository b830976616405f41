#include "store/store_contract.h"

#include <utility>

#include <fmt/format.h>

#include "campaign/dates.h"

namespace pythia {
namespace {

template <typename Value, typename Append>
void Put(const std::optional<Value>& value, Column& column, Append append) {
  if (value) {
    (column.*append)(*value);
  } else {
    column.AppendMissing();
  }
}

std::string Cell(const Column& column, int64_t row) {
  if (column.IsMissing(row)) return "-";
  const auto i = static_cast<size_t>(row);
  switch (column.type()) {
    case ColumnType::kText:
      return std::string(column.text(row));
    case ColumnType::kCategory:
      return std::string(column.level(row));
    case ColumnType::kDate:
      return FormatDay(column.days()[i]);
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return fmt::format("{}", column.numbers()[i]);
  }
  return "?";
}

// Rows [begin, end).
Table RowsOf(const Table& table, int64_t begin, int64_t end) {
  Table rows;
  for (const Column& from : table.columns()) {
    Column& to = rows.AddColumn(from.spec(), from.dictionary());
    for (int64_t row = begin; row < end; ++row) to.AppendFrom(from, row);
  }
  return rows;
}

}  // namespace

Schema TestSchema() {
  return {{"Id", ColumnType::kText, Role::kId, ""},
          {"Channel", ColumnType::kCategory, Role::kPlan, ""},
          {"Spend", ColumnType::kMoney, Role::kPlan, "account currency"},
          {"Clicks", ColumnType::kCount, Role::kOutcome, "clicks"},
          {"ROI", ColumnType::kNumber, Role::kOutcome, ""},
          {"Day", ColumnType::kDate, Role::kPlan, ""}};
}

Table TestTable(const std::vector<TestRow>& rows) {
  Table table(TestSchema());
  auto& columns = table.columns();
  for (const TestRow& row : rows) {
    Put(row.id, columns[0], &Column::AppendString);
    Put(row.channel, columns[1], &Column::AppendString);
    Put(row.spend, columns[2], &Column::AppendNumber);
    Put(row.clicks, columns[3], &Column::AppendNumber);
    Put(row.roi, columns[4], &Column::AppendNumber);
    Put(row.day, columns[5], &Column::AppendDay);
  }
  return table;
}

Table NumberedTable(int64_t first, int64_t count) {
  std::vector<TestRow> rows;
  for (int64_t i = first; i < first + count; ++i) {
    const auto x = static_cast<double>(i);
    TestRow row{.id = fmt::format("campaign-{:09}", i),
                .channel = fmt::format("channel {}", i * 7 % 13),
                .spend = x / 3,
                .clicks = static_cast<double>(i % 1000),
                .roi = 1 / (x + 1),
                .day = static_cast<int32_t>(i % 20000 - 5000)};
    if (i % 7 == 0) row.spend = std::nullopt;
    rows.push_back(std::move(row));
  }
  return TestTable(rows);
}

std::vector<std::string> Lines(const Table& table) {
  std::vector<std::string> lines(static_cast<size_t>(table.num_rows()));
  for (const Column& column : table.columns()) {
    for (int64_t row = 0; row < table.num_rows(); ++row) {
      lines[static_cast<size_t>(row)] += column.name() + "=" + Cell(column, row) + "|";
    }
  }
  return lines;
}

LoadRequest Request(const std::string& dataset, LoadMode mode, const std::string& sha256,
                    const Schema& schema) {
  return {.dataset = dataset,
          .mode = mode,
          .sha256 = sha256,
          .options = "{}",
          .source = sha256 + ".csv",
          .schema = schema,
          .grain = "campaign",
          .currency = "USD"};
}

void StoreContract::SetUp() {
  home_ = GetParam().make_home();
  if (home_ == nullptr) GTEST_SKIP() << "NO HOME for this backend: it is not tested";
  Reopen();
}

void StoreContract::Reopen() {
  Close();
  auto opened = home_->Open();
  ASSERT_TRUE(opened) << opened.error().ToString();
  store_ = *std::move(opened);
}

DatasetInfo StoreContract::MustLoad(const LoadRequest& request, const Table& table) {
  auto start = store().BeginLoad(request);
  if (!start || !start->load) {
    ADD_FAILURE() << (start ? "unchanged" : start.error().ToString());
    return {};
  }
  // In blocks, as a file comes.
  Status appended;
  int64_t begin = 0;
  do {
    const int64_t end = std::min(begin + kBlockRows, table.num_rows());
    appended = start->load->Append(RowsOf(table, begin, end));
    begin = end;
  } while (appended && begin < table.num_rows());
  EXPECT_TRUE(appended) << appended.error().ToString();
  auto info = start->load->Commit();
  EXPECT_TRUE(info) << info.error().ToString();
  return info ? *info : DatasetInfo{};
}

Table StoreContract::MustScan(const ScanRequest& request) {
  auto source = store().Scan(request);
  if (!source) {
    ADD_FAILURE() << source.error().ToString();
    return {};
  }
  auto table = ReadAll(**source);
  EXPECT_TRUE(table) << table.error().ToString();
  EXPECT_TRUE((*source)->Rewind());
  auto again = ReadAll(**source);
  EXPECT_TRUE(again);
  if (!table || !again) return {};
  EXPECT_EQ(Lines(*table), Lines(*again));
  for (size_t c = 0; c < table->columns().size(); ++c) {
    EXPECT_EQ(table->columns()[c].codes(), again->columns()[c].codes());
  }
  return *std::move(table);
}

std::vector<std::string> StoreContract::Rows(const std::string& dataset) {
  return Lines(MustScan({.dataset = dataset, .generation = 0, .columns = {}, .filters = {}}));
}

}  // namespace pythia
