// Exports of records that are in the store: each format, all datasets or one.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "duckdb/database.h"
#include "duckdb/quoting.h"
#include "engine/engine.h"
#include "engine/engine_home_test.h"
#include "records/json.h"
#include "store/open.h"

namespace pythia {
namespace {

class EngineExport : public EngineHome {
 protected:
  void Recommend(const std::string& dataset, double budget) {
    const auto store = OpenStore(config_);
    ASSERT_TRUE(store) << store.error().ToString();
    RecommendationLogEntry entry;
    entry.at = "2026-01-01T00:00:00.000000Z";
    entry.dataset = dataset;
    entry.recommendation.budget = budget;
    entry.recommendation.plan.values["Channel_Used"] = std::string("Email");
    entry.recommendation.expected.clicks = Expected{10, {5, 20, 0.95}};
    const auto id = (*store)->AppendRecommendation(entry);
    ASSERT_TRUE(id) << id.error().ToString();
  }

  Result<std::vector<ExportedFile>> Export(const std::string& dataset) {
    Engine engine(config_, {.actor = "test"});
    NoProgress progress;
    return engine.Export(
        {.what = "recommendations",
         .dataset = dataset,
         .formats = {ExportFormat::kCsv, ExportFormat::kJson, ExportFormat::kParquet},
         .folder = {}},
        progress, {});
  }

  std::string Text(const std::string& name) const {
    return *ReadFile(config_.exports / name, 1 << 20);
  }
};

TEST_F(EngineExport, WritesRecommendationsInEachFormat) {
  Recommend("a", 100);
  Recommend("b", 200);
  const auto files = Export("");
  ASSERT_TRUE(files) << files.error().ToString();
  ASSERT_EQ(files->size(), 3U);
  for (const ExportedFile& file : *files) EXPECT_EQ(file.rows, 2) << file.path;

  const std::string csv = Text("recommendations.csv");
  EXPECT_TRUE(csv.starts_with("id,at,dataset,Company,")) << csv;
  EXPECT_NE(csv.find("\n1,2026-01-01T00:00:00.000000Z,a,,,,,Email,"), std::string::npos) << csv;

  const Result<Json> json = ParseJson(Text("recommendations.json"));
  ASSERT_TRUE(json && json->size() == 2);
  EXPECT_EQ((*json)[1]["dataset"], "b");
  EXPECT_EQ((*json)[1]["Budget"], 200);
  EXPECT_EQ((*json)[1]["Expected_Clicks_Upper"], 20);
  EXPECT_TRUE((*json)[1]["Estimated_ROI"].is_null());

  auto connection = duckdb::Database::InMemory({})->Connect();
  const std::string path = (config_.exports / "recommendations.parquet").string();
  auto chunks = connection->Query("SELECT sum(Budget), count(*) FROM read_parquet(" +
                                  duckdb::QuoteText(path) + ")");
  ASSERT_TRUE(chunks) << chunks.error().ToString();
  duckdb::RowReader rows(*std::move(chunks));
  ASSERT_TRUE(*rows.Next());
  EXPECT_EQ(rows.Number(0), 300);
  EXPECT_EQ(rows.Int(1), 2);
}

TEST_F(EngineExport, WritesTheRecommendationsOfOneDataset) {
  Recommend("a", 100);
  Recommend("b", 200);
  Recommend("b", 300);
  const auto files = Export("b");
  ASSERT_TRUE(files) << files.error().ToString();
  for (const ExportedFile& file : *files) EXPECT_EQ(file.rows, 2) << file.path;
  EXPECT_EQ(Text("recommendations.csv").find(",a,"), std::string::npos);
  const auto store = OpenStore(config_);
  ASSERT_TRUE(store);
  const auto audit = (*store)->ReadAudit(1);
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->front().action, "export");
  EXPECT_EQ(audit->front().subject, "recommendations");
}

TEST_F(EngineExport, KnowsNoOtherRecords) {
  Engine engine(config_, {.actor = "test"});
  NoProgress progress;
  const auto files = engine.Export(
      {.what = "advice", .dataset = "", .formats = {ExportFormat::kCsv}, .folder = {}}, progress,
      {});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::kUsage);
  EXPECT_NE(files.error().message.find("recommendations"), std::string::npos);
}

}  // namespace
}  // namespace pythia
