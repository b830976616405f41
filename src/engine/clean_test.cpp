// Loads of files whose first rows mislead, and of files that are there already.
#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "engine/engine.h"
#include "engine/engine_home_test.h"
#include "store/open.h"

namespace pythia {
namespace {

class EngineClean : public EngineHome {
 protected:
  void SetUp() override {
    EngineHome::SetUp();
    store_ = *OpenStore(config_);
    engine_ = std::make_unique<Engine>(config_, RequestContext{.actor = "test"}, store_);
  }
  void TearDown() override {
    engine_.reset();
    store_.reset();
    EngineHome::TearDown();
  }

  // Bids are numbers in the first 20,000 rows, and words behind them.
  std::string Misleading(int words) const {
    const std::string path = (folder_ / fmt::format("{}.csv", words)).string();
    std::ofstream out(path);
    out << "Campaign_ID,Impressions,Clicks,Bid\n";
    for (int i = 0; i < 20000 + words; ++i) {
      out << fmt::format("{},{},{},{}\n", i, i == 19999 ? "x" : "1000", i % 7,
                         i < 20000 ? fmt::format("{}", i % 50) : fmt::format("word {}", i % 3));
    }
    return path;
  }
  Result<CleaningReport> Load(const std::string& file, LoadMode mode) {
    NoProgress quiet;
    return engine_->Clean({.file = file, .mode = mode}, quiet, {});
  }
  int64_t Rows() {
    const auto source = *store_->Scan({.dataset = "campaigns"});
    int64_t rows = 0;
    while (const Table* block = *source->Next()) rows += block->num_rows();
    return rows;
  }

  std::shared_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineClean, KeepsNothingOfAFirstTryThatWasWrong) {
  const auto report = Load(Misleading(10000), LoadMode::kCreate);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->rows_kept, 29999);
  EXPECT_EQ(report->rows_rejected, 1);
  const DatasetInfo info = store_->FindDataset("campaigns")->value_or(DatasetInfo{});
  EXPECT_EQ(info.rows, 29999);
  ASSERT_EQ(info.loads.size(), 1U);
  EXPECT_EQ(info.loads[0].sha256, report->sha256);
  EXPECT_EQ(Rows(), 29999);
  for (const ColumnSpec& spec : info.schema) {
    if (spec.name != "Bid") continue;
    EXPECT_EQ(spec.type, ColumnType::kCategory);
  }
  std::ifstream rejects(report->rejects_file);
  int lines = 0;
  for (std::string line; std::getline(rejects, line);) ++lines;
  EXPECT_EQ(lines, 2);
}

TEST_F(EngineClean, ADryRunIdentifiesNothing) {
  NoProgress quiet;
  const auto report = engine_->Clean({.file = Misleading(100), .dry_run = true}, quiet, {});
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->rows_kept, 19999);
  EXPECT_EQ(report->rows_rejected, 101);
  EXPECT_EQ(report->sha256, "");
  EXPECT_FALSE(*store_->FindDataset("campaigns"));
}

// A store takes nothing but text, so what is none must be met before it.
TEST_F(EngineClean, LoadsAFileWhoseLateRowsAreNotUtf8) {
  struct Case {
    std::string name;
    std::string late;  // in the id of row 25,000
    int64_t rejected;
  };
  for (const Case& one : {Case{"latin", "caf\xE9", 0}, Case{"mixed", "caf\xE9 \xC3\xA9", 1}}) {
    const std::string path = (folder_ / (one.name + ".csv")).string();
    std::ofstream out(path);
    out << "Campaign_ID,Company,Impressions,Clicks\n";
    for (int i = 0; i < 30000; ++i) {
      out << fmt::format("{}{},Company of the long name by which it is known,1000,{}\n",
                         i == 25000 ? one.late : "c", i, i % 7);
    }
    out.close();
    const auto report = Load(path, LoadMode::kReplace);
    ASSERT_TRUE(report) << one.name << ": " << report.error().ToString();
    EXPECT_EQ(report->rows_rejected, one.rejected) << one.name;
    EXPECT_EQ(report->rejected.count("invalid_utf8"), one.rejected) << one.name;
    EXPECT_EQ(Rows(), 30000 - one.rejected) << one.name;
  }
}

TEST_F(EngineClean, KnowsAFileThatIsThere) {
  const std::string one = Misleading(10000);
  const std::string two = Misleading(11000);
  ASSERT_TRUE(Load(one, LoadMode::kCreate));
  EXPECT_TRUE(Load(one, LoadMode::kCreate)->unchanged);
  EXPECT_TRUE(Load(one, LoadMode::kReplace)->unchanged);
  EXPECT_TRUE(Load(one, LoadMode::kAppend)->unchanged);
  EXPECT_EQ(Load(two, LoadMode::kCreate).error().code, ErrorCode::kConflict);
  const auto appended = Load(two, LoadMode::kAppend);
  ASSERT_TRUE(appended) << appended.error().ToString();
  EXPECT_FALSE(appended->unchanged);
  EXPECT_TRUE(Load(two, LoadMode::kCreate)->unchanged);
  EXPECT_EQ(Load(two, LoadMode::kCreate)->sha256, appended->sha256);
  EXPECT_EQ(Rows(), 29999 + 30999);
}

}  // namespace
}  // namespace pythia
