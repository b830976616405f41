#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/store_contract.h"

namespace pythia {
namespace {

ScanRequest Of(const std::string& dataset, std::vector<std::string> columns = {},
               std::vector<ColumnFilter> filters = {}) {
  return {.dataset = dataset,
          .generation = 0,
          .columns = std::move(columns),
          .filters = std::move(filters)};
}

std::vector<std::string> Joined(const std::vector<Table>& tables) {
  std::vector<std::string> lines;
  for (const Table& table : tables) {
    for (std::string& line : Lines(table)) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> Levels(const Table& table, const std::string& column) {
  std::vector<std::string> levels;
  const Dictionary& dictionary = *table.Find(column)->dictionary();
  for (uint32_t code = 0; code < dictionary.size(); ++code) {
    levels.emplace_back(dictionary.level(code));
  }
  return levels;
}

TEST_P(StoreContract, ScansComeInLoadOrder) {
  // Several of DuckDB's row groups (122,880 rows), loads and blocks that do not end together.
  const std::vector<Table> tables = {NumberedTable(0, 130001), NumberedTable(500000, 3),
                                     NumberedTable(200000, 2 * kBlockRows + 1)};
  MustLoad(Request("d", LoadMode::kCreate, "s0"), tables[0]);
  MustLoad(Request("d", LoadMode::kAppend, "s1"), tables[1]);
  MustLoad(Request("d", LoadMode::kAppend, "s2"), tables[2]);
  EXPECT_EQ(Rows("d"), Joined(tables));
}

TEST_P(StoreContract, BlocksAreFullAndShareDictionaries) {
  MustLoad(Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 3000));
  MustLoad(Request("d", LoadMode::kAppend, "s1"), NumberedTable(3000, 3000));
  auto source = store().Scan(Of("d"));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->schema(), TestSchema());
  std::vector<int64_t> sizes;
  std::shared_ptr<Dictionary> dictionary;
  for (;;) {
    const auto block = (*source)->Next();
    ASSERT_TRUE(block);
    if (*block == nullptr) break;
    sizes.push_back((*block)->num_rows());
    if (!dictionary) dictionary = (*block)->Find("Channel")->dictionary();
    EXPECT_EQ((*block)->Find("Channel")->dictionary(), dictionary);
  }
  EXPECT_EQ(sizes, (std::vector<int64_t>{2048, 2048, 1904}));
  EXPECT_EQ(*(*source)->Next(), nullptr);
  EXPECT_EQ(dictionary->size(), 13U);
}

TEST_P(StoreContract, LevelsAreNumberedByFirstAppearance) {
  // The loader's dictionary is in another order and knows levels that no row has.
  Table table(TestSchema());
  for (const char* level : {"never", "Z", "A"}) table.columns()[1].dictionary()->Intern(level);
  table.Append(TestTable({{.channel = "A"}, {}, {.channel = "Z"}, {.channel = "A"}}));
  MustLoad(Request("d", LoadMode::kCreate, "s0"), table);
  MustLoad(Request("d", LoadMode::kAppend, "s1"),
           TestTable({{.channel = "M"}, {.channel = "Z"}, {.channel = "B"}}));
  EXPECT_EQ(Levels(MustScan(Of("d")), "Channel"), (std::vector<std::string>{"A", "Z", "M", "B"}));
  // Of the rows that come out.
  EXPECT_EQ(Levels(MustScan(Of("d", {}, {{"Channel", {"B", "Z"}, {}, {}}})), "Channel"),
            (std::vector<std::string>{"Z", "B"}));
}

TEST_P(StoreContract, BlocksOfALoadMayHaveDictionariesOfTheirOwn) {
  auto start = store().BeginLoad(Request("d", LoadMode::kCreate, "s0"));
  ASSERT_TRUE(start);
  const std::vector<Table> tables = {TestTable({{.channel = "x"}, {.channel = "y"}}),
                                     TestTable({{.channel = "y"}, {.channel = "z"}}), TestTable({}),
                                     NumberedTable(0, 2049)};
  for (const Table& table : tables) ASSERT_TRUE(start->load->Append(table));
  ASSERT_TRUE(start->load->Commit());
  EXPECT_EQ(Rows("d"), Joined(tables));
}

TEST_P(StoreContract, ValuesComeBackExactly) {
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  constexpr double kHuge = std::numeric_limits<double>::max();
  const Table table = TestTable({
      {.id = "plain", .channel = "Email", .spend = 0.1, .clicks = 3, .roi = -2.5, .day = 20000},
      {},
      {.id = "", .channel = "", .spend = 0, .clicks = 0.25, .roi = 0, .day = 0},
      {.id = "x",
       .channel = "y",
       .spend = kTiny,
       .clicks = 9007199254740993,
       .roi = kHuge,
       .day = -719162},
      {.id = "z", .channel = "y", .spend = 1.0 / 3, .clicks = 1e18, .roi = -kHuge, .day = 2932896},
      {.id = std::string(100000, 'q'), .channel = std::string(5000, 'c'), .day = -1},
  });
  MustLoad(Request("d", LoadMode::kCreate, "s0"), table);
  const Table back = MustScan(Of("d"));
  EXPECT_EQ(Lines(back), Lines(table));
  EXPECT_EQ(back.schema(), table.schema());
  for (const Column& column : back.columns()) EXPECT_GE(column.num_missing(), 1);
}

TEST_P(StoreContract, HostileTextIsText) {
  const std::vector<std::string> texts = {"'; drop table pythia_loads.load_1; --",
                                          "\"",
                                          "''",
                                          std::string("a\0b", 3) + '\0',
                                          std::string("a\0b", 3),
                                          "日本語 ☃ 🎯",
                                          "\r\n\t",
                                          "$1",
                                          "NULL",
                                          "\\x00",
                                          "%s{}"};
  std::vector<TestRow> rows;
  for (const std::string& text : texts) rows.push_back({.id = text, .channel = text});
  MustLoad(Request("d", LoadMode::kCreate, "s0"), TestTable(rows));
  EXPECT_EQ(Rows("d"), Lines(TestTable(rows)));
  for (const std::string& text : texts) {
    EXPECT_GE(MustScan(Of("d", {}, {{"Channel", {text}, {}, {}}})).num_rows(), 1) << text;
    EXPECT_GE(MustScan(Of("d", {}, {{"Id", {text}, {}, {}}})).num_rows(), 1) << text;
  }
  EXPECT_EQ(store().DistinctValues("d", "Channel")->size(), texts.size());
}

TEST_P(StoreContract, HostileColumnNamesAreNames) {
  const std::vector<std::string> names = {"a\"b",
                                          "x); drop table pythia_catalog.loads; --",
                                          "spend",
                                          "Spend",
                                          "SPEND",
                                          "SPEND_2",
                                          "",
                                          std::string("n\0l", 3),
                                          "日本",
                                          "source_row",
                                          "c0",
                                          "level",
                                          std::string(300, 'w'),
                                          "select"};
  Schema schema;
  for (const std::string& name : names) {
    schema.push_back({name, ColumnType::kNumber, Role::kOther, "'unit\""});
  }
  Table table(schema);
  for (size_t c = 0; c < names.size(); ++c) {
    table.columns()[c].AppendNumber(static_cast<double>(c));
  }
  EXPECT_EQ(MustLoad(Request("d", LoadMode::kCreate, "s0", schema), table).schema, schema);
  EXPECT_EQ(Rows("d"), Lines(table));
  for (size_t c = 0; c < names.size(); ++c) {
    const auto value = static_cast<double>(c);
    EXPECT_EQ(MustFind(store().ColumnRange("d", names[c])).max, value);
    EXPECT_EQ(MustScan(Of("d", {names[c]}, {{names[c], {}, value, value}})).num_rows(), 1);
  }
}

TEST_P(StoreContract, ProjectsAndFilters) {
  const Table table = TestTable({
      {.id = "a", .channel = "Email", .spend = 1, .day = 10},
      {.id = "b", .channel = "Google", .spend = 2, .day = 11},
      {.id = "c", .channel = "Email", .spend = 3},
      {.id = "d", .spend = 4, .day = 12},
      {.channel = "Email", .day = 13},
  });
  MustLoad(Request("d", LoadMode::kCreate, "s0"), table);
  const auto ids = [&](std::vector<ColumnFilter> filters) {
    std::string all;
    for (const std::string& line : Lines(MustScan(Of("d", {"Id"}, std::move(filters))))) {
      all += line.substr(3);
    }
    return all;
  };
  EXPECT_EQ(ids({}), "a|b|c|d|-|");
  EXPECT_EQ(ids({{"Channel", {"Email"}, {}, {}}}), "a|c|-|");
  EXPECT_EQ(ids({{"Channel", {"Email", "Google", "none"}, {}, {}}}), "a|b|c|-|");
  EXPECT_EQ(ids({{"Channel", {"none"}, {}, {}}}), "");
  EXPECT_EQ(ids({{"Id", {"a", "d"}, {}, {}}}), "a|d|");
  EXPECT_EQ(ids({{"Spend", {}, 2, {}}}), "b|c|d|");
  EXPECT_EQ(ids({{"Spend", {}, {}, 2}}), "a|b|");
  EXPECT_EQ(ids({{"Spend", {}, 1.5, 3.5}}), "b|c|");
  EXPECT_EQ(ids({{"Spend", {}, 3.5, 1.5}}), "");
  EXPECT_EQ(ids({{"Day", {}, 10.5, 12.5}}), "b|d|");
  EXPECT_EQ(ids({{"Day", {}, -1e300, 1e300}}), "a|b|d|-|");
  EXPECT_EQ(ids({{"Spend",
                  {},
                  -std::numeric_limits<double>::infinity(),
                  std::numeric_limits<double>::infinity()}}),
            "a|b|c|d|");
  EXPECT_EQ(ids({{"Channel", {"Email"}, {}, {}}, {"Spend", {}, 2, {}}}), "c|");
  // Order of the request, not of the dataset.
  EXPECT_EQ(Lines(MustScan(Of("d", {"Day", "Id"})))[0], "Day=1970-01-11|Id=a|");
}

TEST_P(StoreContract, ScansRefuseWhatIsNotThere) {
  MustLoad(Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 3));
  EXPECT_EQ(store().Scan(Of("e")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().Scan(Of("d", {"Nope"})).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().Scan(Of("d", {}, {{"Nope", {}, 1, {}}})).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().Scan(Of("d", {}, {{"Spend", {"x"}, {}, {}}})).error().code,
            ErrorCode::kBadInput);
  EXPECT_EQ(store().Scan(Of("d", {}, {{"Channel", {}, 1, {}}})).error().code, ErrorCode::kBadInput);
  ScanRequest later = Of("d");
  later.generation = 2;
  EXPECT_EQ(store().Scan(later).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreContract, AnOpenScanSeesOneGeneration) {
  const Table old = NumberedTable(0, 3 * kBlockRows);
  MustLoad(Request("d", LoadMode::kCreate, "s0"), old);
  auto source = store().Scan(Of("d"));
  ASSERT_TRUE(source);
  ASSERT_TRUE((*source)->Next());
  MustLoad(Request("d", LoadMode::kReplace, "s1"), NumberedTable(7, 5));
  MustLoad(Request("d", LoadMode::kReplace, "s2"), NumberedTable(8, 5));
  ASSERT_TRUE(store().Prune({.logs_before = "", .max_log_rows = 0, .kept_generations = 1}));
  ASSERT_TRUE((*source)->Rewind());
  EXPECT_EQ(Lines(*ReadAll(**source)), Lines(old));
  ASSERT_TRUE(store().DeleteDataset("d"));
  ASSERT_TRUE((*source)->Rewind());
  EXPECT_EQ(Lines(*ReadAll(**source)), Lines(old));
  EXPECT_FALSE(*store().FindDataset("d"));
}

TEST_P(StoreContract, ScansMayBeInterleaved) {
  const Table table = NumberedTable(0, 3 * kBlockRows);
  MustLoad(Request("d", LoadMode::kCreate, "s0"), table);
  auto first = store().Scan(Of("d", {"Id"}));
  auto second = store().Scan(Of("d", {"Id"}));
  ASSERT_TRUE(first && second);
  for (int block = 0; block < 3; ++block) {
    const auto a = (*first)->Next();
    EXPECT_EQ(store().DistinctValues("d", "Channel")->size(), 13U);
    const auto b = (*second)->Next();
    ASSERT_TRUE(a && b);
    EXPECT_EQ(Lines(**a), Lines(**b));
  }
}

TEST_P(StoreContract, LoadsOfOneGenerationMayHaveOtherColumns) {
  const Schema first = {{"A", ColumnType::kNumber, Role::kOther, ""},
                        {"B", ColumnType::kCount, Role::kOutcome, ""}};
  const Schema second = {{"C", ColumnType::kCategory, Role::kPlan, ""},
                         {"B", ColumnType::kNumber, Role::kOutcome, ""}};
  Table one(first);
  one.columns()[0].AppendNumber(1);
  one.columns()[1].AppendNumber(2);
  Table two(second);
  two.columns()[0].AppendString("x");
  two.columns()[1].AppendNumber(2.5);
  MustLoad(Request("d", LoadMode::kCreate, "s0", first), one);
  const DatasetInfo info = MustLoad(Request("d", LoadMode::kAppend, "s1", second), two);
  const Schema merged = {{"A", ColumnType::kNumber, Role::kOther, ""},
                         {"B", ColumnType::kNumber, Role::kOutcome, ""},
                         {"C", ColumnType::kCategory, Role::kPlan, ""}};
  EXPECT_EQ(info.schema, merged);
  EXPECT_EQ(Rows("d"), (std::vector<std::string>{"A=1|B=2|C=-|", "A=-|B=2.5|C=x|"}));
  EXPECT_EQ(Lines(MustScan(Of("d", {"C"}))), (std::vector<std::string>{"C=-|", "C=x|"}));
  EXPECT_EQ(MustScan(Of("d", {}, {{"A", {}, 0, {}}})).num_rows(), 1);
  EXPECT_EQ(MustFind(store().ColumnRange("d", "B")).max, 2.5);
  EXPECT_EQ(store().DistinctValues("d", "C")->size(), 1U);
  const std::vector<std::string> sums = {"A", "B"};
  const auto groups = store().SumBy("d", "C", sums);
  ASSERT_TRUE(groups && groups->size() == 2);
  EXPECT_EQ((*groups)[0].sums, (std::vector<double>{1, 2}));
  EXPECT_EQ((*groups)[1].sums, (std::vector<double>{0, 2.5}));
}

TEST_P(StoreContract, TypesThatClashAreRefused) {
  const auto schema = [](ColumnType type) { return Schema{{"X", type, Role::kOther, ""}}; };
  const std::vector<std::pair<ColumnType, ColumnType>> clashes = {
      {ColumnType::kNumber, ColumnType::kText},
      {ColumnType::kCategory, ColumnType::kMoney},
      {ColumnType::kDate, ColumnType::kText},
      {ColumnType::kDate, ColumnType::kNumber},
      {ColumnType::kCategory, ColumnType::kDate}};
  int number = 0;
  for (const auto& [have, given] : clashes) {
    const std::string name = fmt::format("d{}", number++);
    MustLoad(Request(name, LoadMode::kCreate, "s0", schema(have)), Table(schema(have)));
    const auto start = store().BeginLoad(Request(name, LoadMode::kAppend, "s1", schema(given)));
    ASSERT_FALSE(start);
    EXPECT_EQ(start.error().code, ErrorCode::kConflict);
    EXPECT_EQ(start.error().place.column, "X");
    EXPECT_TRUE(store().BeginLoad(Request(name, LoadMode::kReplace, "s1", schema(given))));
  }
}

TEST_P(StoreContract, CategoryBeatsTextWhereTextsAreFew) {
  const auto load = [&](const std::string& dataset, LoadMode mode, ColumnType type, int distinct,
                        const std::string& sha) {
    const Schema schema = {{"X", type, Role::kPlan, ""}};
    Table table(schema);
    for (int i = 0; i < distinct; ++i) table.columns()[0].AppendString(fmt::format("v{}", i));
    return MustLoad(Request(dataset, mode, sha, schema), table);
  };
  load("few", LoadMode::kCreate, ColumnType::kText, 5, "s0");
  EXPECT_EQ(load("few", LoadMode::kAppend, ColumnType::kCategory, 3, "s1").schema[0].type,
            ColumnType::kCategory);
  load("many", LoadMode::kCreate, ColumnType::kCategory, 3, "s0");
  EXPECT_EQ(load("many", LoadMode::kAppend, ColumnType::kText, 3000, "s1").schema[0].type,
            ColumnType::kText);
  EXPECT_EQ(Rows("few")[5], "X=v0|");
  EXPECT_EQ(Rows("many")[2], "X=v2|");
  EXPECT_EQ(Rows("many").size(), 3003U);
  EXPECT_EQ((*store().DistinctValues("few", "X"))[0].rows, 2);
  EXPECT_EQ(MustScan(Of("many", {}, {{"X", {"v1", "v2999"}, {}, {}}})).num_rows(), 3);
}

TEST_P(StoreContract, AggregatesLeaveMissingValuesOut) {
  MustLoad(Request("d", LoadMode::kCreate, "s0"),
           TestTable({{.id = "i", .channel = "b", .spend = 1, .clicks = 5, .day = -3},
                      {.id = "i", .channel = "a", .spend = 2},
                      {.channel = "b", .clicks = 1, .day = 7},
                      {.spend = 10}}));
  MustLoad(Request("d", LoadMode::kAppend, "s1"), TestTable({{.channel = "a", .spend = 0.5}}));
  const auto values = store().DistinctValues("d", "Channel");
  ASSERT_TRUE(values && values->size() == 2);
  EXPECT_EQ((*values)[0].level, "a");
  EXPECT_EQ((*values)[0].rows, 2);
  EXPECT_EQ((*values)[1].level, "b");
  EXPECT_EQ((*store().DistinctValues("d", "Id"))[0].rows, 2);
  EXPECT_EQ(MustFind(store().ColumnRange("d", "Spend")).min, 0.5);
  EXPECT_EQ(MustFind(store().ColumnRange("d", "Spend")).max, 10);
  EXPECT_EQ(MustFind(store().ColumnRange("d", "Day")).min, -3);
  EXPECT_EQ(MustFind(store().ColumnRange("d", "Day")).max, 7);
  EXPECT_FALSE(*store().ColumnRange("d", "ROI"));

  const std::vector<std::string> columns = {"Spend", "Clicks", "ROI"};
  const auto groups = store().SumBy("d", "Channel", columns);
  ASSERT_TRUE(groups && groups->size() == 3);
  EXPECT_EQ((*groups)[0].level, "");
  EXPECT_EQ((*groups)[0].rows, 1);
  EXPECT_EQ((*groups)[0].sums, (std::vector<double>{10, 0, 0}));
  EXPECT_EQ((*groups)[1].level, "a");
  EXPECT_EQ((*groups)[1].rows, 2);
  EXPECT_EQ((*groups)[1].sums, (std::vector<double>{2.5, 0, 0}));
  EXPECT_EQ((*groups)[2].sums, (std::vector<double>{1, 6, 0}));
  EXPECT_EQ(store().SumBy("d", "Channel", {})->size(), 3U);

  EXPECT_EQ(store().DistinctValues("d", "Spend").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(store().ColumnRange("d", "Channel").error().code, ErrorCode::kBadInput);
  const std::vector<std::string> text = {"Id"};
  EXPECT_EQ(store().SumBy("d", "Channel", text).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(store().DistinctValues("d", "Nope").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().ColumnRange("e", "Spend").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace pythia
