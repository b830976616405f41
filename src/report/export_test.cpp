#include "report/export.h"

#include <gtest/gtest.h>

#include "records/flat.h"
#include "report/export_fixture.h"

namespace pythia {
namespace {

TEST(Export, FormatNames) {
  for (const ExportFormat format :
       {ExportFormat::kCsv, ExportFormat::kJson, ExportFormat::kParquet}) {
    ExportFormat again{};
    EXPECT_TRUE(ParseFormat(FormatName(format), &again));
    EXPECT_EQ(again, format);
  }
  ExportFormat none{};
  EXPECT_FALSE(ParseFormat("xlsx", &none));
}

TEST(Export, CsvHasAHeaderIsoDatesAndEmptyCells) {
  EXPECT_EQ(Written(ExportFormat::kCsv, OneOfEach(), AllTypes()),
            "id,Channel_Used,ROI,Clicks,Acquisition_Cost,Date\n"
            "\"a,\"\"b\"\"\nc\",E-mail,0.1,250,16174,2021-02-28\n"
            ",,,,,\n");
}

TEST(Export, JsonIsAnArrayOfObjects) {
  EXPECT_EQ(Written(ExportFormat::kJson, OneOfEach(), AllTypes()),
            "[\n{\"id\":\"a,\\\"b\\\"\\nc\",\"Channel_Used\":\"E-mail\",\"ROI\":0.1,\"Clicks\":250,"
            "\"Acquisition_Cost\":16174,\"Date\":\"2021-02-28\"},\n"
            "{\"id\":null,\"Channel_Used\":null,\"ROI\":null,\"Clicks\":null,"
            "\"Acquisition_Cost\":null,\"Date\":null}\n]\n");
}

TEST(Export, ATableWithoutRowsIsAHeader) {
  const Table empty(AllTypes());
  EXPECT_EQ(Written(ExportFormat::kCsv, empty, AllTypes()),
            "id,Channel_Used,ROI,Clicks,Acquisition_Cost,Date\n");
  EXPECT_EQ(Written(ExportFormat::kJson, empty, AllTypes()), "[]\n");
  EXPECT_TRUE(Written(ExportFormat::kParquet, empty, AllTypes()).starts_with("PAR1"));
}

TEST(Export, ParquetReadsBackWithItsTypes) {
  const Folder folder;
  const fs::path path = folder / "it's a file.parquet";
  auto writer = TableWriter::Create(ExportFormat::kParquet, path, AllTypes());
  ASSERT_TRUE(writer.has_value()) << writer.error().ToString();
  const Table table = OneOfEach();
  constexpr int kTimes = 2500;
  for (int i = 0; i < kTimes; ++i) ASSERT_TRUE((*writer)->Append(table).has_value());
  const Status status = (*writer)->Commit();
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  auto rows = ReadParquet(path, "*");
  ASSERT_TRUE(rows.has_value()) << rows.error().ToString();
  const std::vector<duckdb_type> types = {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR,
                                          DUCKDB_TYPE_DOUBLE,  DUCKDB_TYPE_BIGINT,
                                          DUCKDB_TYPE_DOUBLE,  DUCKDB_TYPE_DATE};
  ASSERT_EQ(rows->num_columns(), 6);
  for (int64_t c = 0; c < 6; ++c) {
    EXPECT_EQ(rows->ColumnName(c), AllTypes()[static_cast<size_t>(c)].name);
    EXPECT_EQ(rows->ColumnType(c), types[static_cast<size_t>(c)]);
  }
  int64_t seen = 0;
  for (;;) {
    const auto next = rows->Next();
    ASSERT_TRUE(next.has_value());
    if (*next == nullptr) break;
    const duckdb::Chunk& chunk = **next;
    for (int64_t row = 0; row < chunk.rows; ++row, ++seen) {
      const bool missing = seen % 2 == 1;
      for (const duckdb::Vector& column : chunk.columns) ASSERT_EQ(column.IsNull(row), missing);
      if (missing) continue;
      ASSERT_EQ(chunk.columns[0].Text(row), "a,\"b\"\nc");
      ASSERT_EQ(chunk.columns[2].Data<double>()[row], 0.1);
      ASSERT_EQ(chunk.columns[3].Data<int64_t>()[row], 250);
      ASSERT_EQ(chunk.columns[5].Data<int32_t>()[row], 18686);
    }
  }
  EXPECT_EQ(seen, 2 * kTimes);
}

TEST(Export, ParquetTakesNamesThatDifferInCaseOnly) {
  const Schema schema = {{"ROI", ColumnType::kNumber},
                         {"roi", ColumnType::kNumber},
                         {"a\"b", ColumnType::kNumber},
                         {"", ColumnType::kNumber}};
  const Folder folder;
  const fs::path path = folder / "names.parquet";
  auto writer = TableWriter::Create(ExportFormat::kParquet, path, schema);
  ASSERT_TRUE(writer.has_value());
  const Status status = (*writer)->Commit();
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  auto rows = ReadParquet(path, "*");
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(rows->ColumnName(0), "ROI");
  EXPECT_EQ(rows->ColumnName(1), "roi_1");
  EXPECT_EQ(rows->ColumnName(2), "a\"b");
}

TEST(Export, ParquetRefusesAFractionalCount) {
  const Schema schema = {{"Clicks", ColumnType::kCount}};
  Table table(schema);
  table.columns()[0].AppendNumber(1.5);
  const Folder folder;
  auto writer = TableWriter::Create(ExportFormat::kParquet, folder / "x.parquet", schema);
  ASSERT_TRUE(writer.has_value());
  const Status status = (*writer)->Append(table);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().place.column, "Clicks");
}

TEST(Export, WithoutCommitTheOldFileStays) {
  for (const ExportFormat format :
       {ExportFormat::kCsv, ExportFormat::kJson, ExportFormat::kParquet}) {
    const Folder folder;
    const fs::path path = folder / "file";
    ASSERT_TRUE(WriteFileAtomically(path, "old").has_value());
    {
      auto writer = TableWriter::Create(format, path, AllTypes());
      ASSERT_TRUE(writer.has_value());
      ASSERT_TRUE((*writer)->Append(OneOfEach()).has_value());
    }
    EXPECT_EQ(*ReadFile(path, 100), "old");
    EXPECT_EQ(folder.num_files(), 1);
  }
}

TEST(Export, AFolderThatCannotBeMadeIsNamed) {
  const Folder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "x").has_value());
  const auto writer =
      TableWriter::Create(ExportFormat::kCsv, folder / "file/inside.csv", AllTypes());
  ASSERT_FALSE(writer.has_value());
  EXPECT_EQ(writer.error().code, ErrorCode::kIo);
}

TEST(Export, PredictionsGoOutAsTheirFlatRecords) {
  PredictionLogEntry entry;
  entry.id = 1;
  entry.at = "2026-11-22T15:53:07.123456Z";
  entry.dataset = "campaigns";
  entry.plan.values = {{"Channel_Used", "Email"}, {"Date", "2026-12-01"}};
  entry.prediction.ctr = 0.05;
  entry.prediction.model_version = "m1";
  Table table(PredictionColumns());
  AppendFlat(std::vector{entry}, &table);
  EXPECT_EQ(Written(ExportFormat::kCsv, table, PredictionColumns()),
            "id,at,dataset,Company,Campaign_Type,Target_Audience,Duration,Channel_Used,"
            "Acquisition_Cost,Location,Language,Customer_Segment,Date,Impressions,"
            "other_plan_values,CTR,CTR_Lower,CTR_Upper,Estimated_Clicks,Clicks_Lower,Clicks_Upper,"
            "ROI_Category,ROI_Label,ROI_Probability,ROI_Probability_Lower,ROI_Probability_Upper,"
            "ROI_Threshold,ROI_Threshold_Rule,Verdict,SHAP_Explanation,Model_Version,Warnings\n"
            "1,2026-11-22T15:53:07.123456Z,campaigns,,,,,Email,,,,,2026-12-01,,,0.05,,,,,,,,,,,,,,,"
            "m1,\n");
}

}  // namespace
}  // namespace pythia
