#include <string>
#include <utility>
#include <vector>

#include "store/store_contract.h"

namespace pythia {
namespace {

const Table& One() {
  static const Table table = TestTable({{.id = "a", .channel = "Email", .spend = 1.5}});
  return table;
}
const Table& Two() {
  static const Table table = TestTable({{.id = "b", .channel = "Google"}, {.id = "c"}});
  return table;
}

TEST_P(StoreContract, ADigestMayComeBehindTheRows) {
  const LoadRequest unknown = Request("a", LoadMode::kCreate, "");
  auto start = store().BeginLoad(unknown);
  ASSERT_TRUE(start && start->load && start->load->Append(One()));
  start->load->Identify("digest");
  const auto info = start->load->Commit();
  ASSERT_TRUE(info) << info.error().ToString();
  EXPECT_EQ(info->loads.at(0).sha256, "digest");
  for (const LoadMode mode : {LoadMode::kCreate, LoadMode::kAppend, LoadMode::kReplace}) {
    const auto again = store().BeginLoad(Request("a", mode, ""));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->load == nullptr && !again->unchanged);
    EXPECT_TRUE(store().BeginLoad(Request("a", mode, "digest"))->unchanged);
  }
}

TEST_P(StoreContract, KeepsWhatALoadSays) {
  const DatasetInfo info = MustLoad(Request("spring", LoadMode::kCreate, "s1"), One());
  EXPECT_EQ(info.name, "spring");
  EXPECT_EQ(info.generation, 1);
  EXPECT_TRUE(info.current);
  EXPECT_EQ(info.rows, 1);
  EXPECT_EQ(info.grain, "campaign");
  EXPECT_EQ(info.currency, "USD");
  EXPECT_FALSE(info.created_at.empty());
  EXPECT_EQ(info.schema, TestSchema());
  ASSERT_EQ(info.loads.size(), 1U);
  EXPECT_EQ(info.loads[0].sha256, "s1");
  EXPECT_EQ(info.loads[0].options, "{}");
  EXPECT_EQ(info.loads[0].source, "s1.csv");
  EXPECT_EQ(info.loads[0].rows, 1);
  Reopen();
  const DatasetInfo found = MustFind(store().FindDataset("spring"));
  EXPECT_EQ(found.schema, info.schema);
  EXPECT_EQ(found.created_at, info.created_at);
  EXPECT_EQ(Rows("spring"), Lines(One()));
}

TEST_P(StoreContract, ALoadWithoutCommitLeavesNothing) {
  {
    auto start = store().BeginLoad(Request("d", LoadMode::kCreate, "s1"));
    ASSERT_TRUE(start);
    ASSERT_TRUE(start->load->Append(NumberedTable(0, 10000)));
  }
  EXPECT_TRUE(store().ListDatasets()->empty());
  Reopen();
  EXPECT_FALSE(*store().FindDataset("d"));
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
}

TEST_P(StoreContract, ALoadThatFailsMidwayLeavesNothing) {
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
  auto start = store().BeginLoad(Request("d", LoadMode::kReplace, "s2"));
  ASSERT_TRUE(start);
  ASSERT_TRUE(start->load->Append(NumberedTable(0, 5000)));
  const auto bad = start->load->Append(TestTable({{.id = "\xff\xfe is not UTF-8"}}));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kBadInput);
  EXPECT_EQ(bad.error().place.column, "Id");
  EXPECT_FALSE(start->load->Append(One()));
  EXPECT_FALSE(start->load->Commit());
  start->load.reset();
  EXPECT_EQ(Rows("d"), Lines(One()));
  EXPECT_EQ(store().Generations("d")->size(), 1U);
}

TEST_P(StoreContract, ACommittedLoadIsOver) {
  auto start = store().BeginLoad(Request("d", LoadMode::kCreate, "s1"));
  ASSERT_TRUE(start && start->load->Append(One()) && start->load->Commit());
  EXPECT_FALSE(start->load->Append(One()));
  EXPECT_FALSE(start->load->Commit());
  EXPECT_EQ(Rows("d"), Lines(One()));
}

TEST_P(StoreContract, TheSameLoadTwiceChangesNothing) {
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
  for (const LoadMode mode : {LoadMode::kCreate, LoadMode::kReplace, LoadMode::kAppend}) {
    const auto start = store().BeginLoad(Request("d", mode, "s1"));
    ASSERT_TRUE(start);
    EXPECT_FALSE(start->load);
    ASSERT_TRUE(start->unchanged);
    EXPECT_EQ(start->unchanged.value_or(DatasetInfo{}).generation, 1);
  }
  MustLoad(Request("d", LoadMode::kAppend, "s2"), Two());
  EXPECT_TRUE(store().BeginLoad(Request("d", LoadMode::kAppend, "s1"))->unchanged);
  // Now the generation is not that load alone.
  EXPECT_TRUE(store().BeginLoad(Request("d", LoadMode::kReplace, "s1"))->load);
  EXPECT_EQ(store().BeginLoad(Request("d", LoadMode::kCreate, "s1")).error().code,
            ErrorCode::kConflict);
}

TEST_P(StoreContract, OtherOptionsAreAnotherLoad) {
  LoadRequest request = Request("d", LoadMode::kCreate, "s1");
  MustLoad(request, One());
  request.options = R"({"map":{"x":"Clicks"}})";
  request.mode = LoadMode::kAppend;
  EXPECT_EQ(MustLoad(request, Two()).rows, 3);
}

TEST_P(StoreContract, CreatingOverADatasetIsRefused) {
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
  const auto start = store().BeginLoad(Request("d", LoadMode::kCreate, "s2"));
  ASSERT_FALSE(start);
  EXPECT_EQ(start.error().code, ErrorCode::kConflict);
  EXPECT_NE(start.error().hint.find("--append"), std::string::npos);
  EXPECT_NE(start.error().hint.find("--replace"), std::string::npos);
}

TEST_P(StoreContract, AppendingAndReplacingWriteGenerations) {
  MustLoad(Request("d", LoadMode::kAppend, "s1"), One());  // makes the dataset
  const DatasetInfo second = MustLoad(Request("d", LoadMode::kAppend, "s2"), Two());
  EXPECT_EQ(second.generation, 2);
  EXPECT_EQ(second.rows, 3);
  ASSERT_EQ(second.loads.size(), 2U);
  EXPECT_EQ(second.loads[1].sha256, "s2");
  std::vector<std::string> both = Lines(One());
  for (const std::string& line : Lines(Two())) both.push_back(line);
  EXPECT_EQ(Rows("d"), both);

  const DatasetInfo third = MustLoad(Request("d", LoadMode::kReplace, "s3"), Two());
  EXPECT_EQ(third.generation, 3);
  EXPECT_EQ(third.loads.size(), 1U);
  EXPECT_EQ(Rows("d"), Lines(Two()));
  const auto generations = store().Generations("d");
  ASSERT_EQ(generations->size(), 3U);
  EXPECT_FALSE((*generations)[1].current);
  EXPECT_TRUE((*generations)[2].current);
  EXPECT_EQ(Lines(MustScan({.dataset = "d", .generation = 2, .columns = {}, .filters = {}})), both);
}

TEST_P(StoreContract, RestoringGoesBackTheWayItCame) {
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
  MustLoad(Request("d", LoadMode::kReplace, "s2"), Two());
  EXPECT_EQ(store().RestoreDataset("d")->generation, 1);
  EXPECT_EQ(Rows("d"), Lines(One()));
  EXPECT_EQ(store().RestoreDataset("d").error().code, ErrorCode::kConflict);
  // The new one follows the first: restoring never lands on what was undone.
  EXPECT_EQ(MustLoad(Request("d", LoadMode::kReplace, "s3"), Two()).generation, 3);
  EXPECT_EQ(store().RestoreDataset("d")->generation, 1);
  Reopen();
  EXPECT_EQ(Rows("d"), Lines(One()));
}

TEST_P(StoreContract, GrainAndCurrencyAreNotMixed) {
  MustLoad(Request("d", LoadMode::kCreate, "s1"), One());
  LoadRequest rows = Request("d", LoadMode::kAppend, "s2");
  rows.grain = "row";
  const auto grain = store().BeginLoad(rows);
  ASSERT_FALSE(grain);
  EXPECT_EQ(grain.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(grain.error().hint.empty());
  LoadRequest euros = Request("d", LoadMode::kAppend, "s2");
  euros.currency = "EUR";
  EXPECT_EQ(store().BeginLoad(euros).error().code, ErrorCode::kConflict);
  euros.currency = "";
  EXPECT_EQ(MustLoad(euros, Two()).currency, "USD");
  rows.mode = LoadMode::kReplace;
  rows.currency = "";
  EXPECT_EQ(MustLoad(rows, Two()).currency, "");
  rows.mode = LoadMode::kAppend;
  rows.sha256 = "s4";
  rows.currency = "EUR";
  EXPECT_EQ(MustLoad(rows, One()).currency, "EUR");
}

TEST_P(StoreContract, DatasetNamesAreChecked) {
  for (const std::string& name :
       {std::string(""), std::string("a b"), std::string("x\"; drop table y"), std::string("ä"),
        std::string("a/b"), std::string("a\0b", 3), std::string(65, 'a')}) {
    const auto start = store().BeginLoad(Request(name, LoadMode::kCreate, "s"));
    ASSERT_FALSE(start) << name;
    EXPECT_EQ(start.error().code, ErrorCode::kUsage);
    EXPECT_FALSE(*store().FindDataset(name));
    EXPECT_EQ(store().Generations(name).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(store().DeleteDataset(name).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(store().RestoreDataset(name).error().code, ErrorCode::kNotFound);
  }
  for (const std::string& name :
       {std::string("A-1_b.c"), std::string(64, 'z'), std::string("..")}) {
    MustLoad(Request(name, LoadMode::kCreate, "s"), One());
    EXPECT_EQ(Rows(name), Lines(One()));
  }
  // Only case differs.
  EXPECT_EQ(store().BeginLoad(Request("a-1_B.C", LoadMode::kCreate, "s")).error().code,
            ErrorCode::kConflict);
}

TEST_P(StoreContract, ColumnsAreCheckedBeforeALoad) {
  Schema twice = TestSchema();
  twice.push_back(twice.front());
  EXPECT_EQ(store().BeginLoad(Request("d", LoadMode::kCreate, "s", twice)).error().code,
            ErrorCode::kBadInput);
  EXPECT_EQ(store().BeginLoad(Request("d", LoadMode::kCreate, "s", {})).error().code,
            ErrorCode::kBadInput);
}

TEST_P(StoreContract, DatasetsAreListedByName) {
  MustLoad(Request("b", LoadMode::kCreate, "s1"), One());
  MustLoad(Request("a", LoadMode::kCreate, "s1"), Two());
  MustLoad(Request("b", LoadMode::kReplace, "s2"), Two());
  const auto list = store().ListDatasets();
  ASSERT_TRUE(list && list->size() == 2);
  EXPECT_EQ((*list)[0].name, "a");
  EXPECT_EQ((*list)[1].name, "b");
  EXPECT_EQ((*list)[1].generation, 2);
}

TEST_P(StoreContract, OfTwoLoadsAtATimeOneIsRefused) {
  auto first = store().BeginLoad(Request("d", LoadMode::kCreate, "s1"));
  auto second = store().BeginLoad(Request("d", LoadMode::kCreate, "s2"));
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->load->Append(One()));
  ASSERT_TRUE(second->load->Append(Two()));
  ASSERT_TRUE(first->load->Commit());
  const auto late = second->load->Commit();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict) << late.error().ToString();
  second->load.reset();
  EXPECT_EQ(Rows("d"), Lines(One()));
}

TEST_P(StoreContract, AnEmptyLoadIsADataset) {
  EXPECT_EQ(MustLoad(Request("d", LoadMode::kCreate, "s1"), Table(TestSchema())).rows, 0);
  EXPECT_TRUE(Rows("d").empty());
  EXPECT_TRUE(store().DistinctValues("d", "Channel")->empty());
  EXPECT_FALSE(*store().ColumnRange("d", "Spend"));
  EXPECT_EQ(MustLoad(Request("d", LoadMode::kAppend, "s2"), One()).rows, 1);
}

}  // namespace
}  // namespace pythia
