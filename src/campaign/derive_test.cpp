#include "campaign/derive.h"

#include <gtest/gtest.h>

#include "campaign/schema.h"

namespace pythia {
namespace {

Table Outcomes(std::initializer_list<std::string_view> names) {
  Schema schema;
  for (const std::string_view name : names) schema.push_back(*FindCanonical(name));
  return Table(schema);
}

TEST(Derive, FillsRatiosAndLeavesOutDivisionsByZero) {
  Table table = Outcomes(
      {"Impressions", "Clicks", "Acquisition_Cost", "Revenue", "CTR", "CPC", "CPM", "ROI"});
  const double rows[][4] = {{1000, 10, 5, 20}, {0, 0, 5, 20}, {1000, 0, 0, 20}};
  for (const auto& row : rows) {
    for (size_t c = 0; c < 4; ++c) table.columns()[c].AppendNumber(row[c]);
  }
  FillDerived(&table);
  EXPECT_DOUBLE_EQ(table.Find("CTR")->numbers()[0], 0.01);
  EXPECT_DOUBLE_EQ(table.Find("CPC")->numbers()[0], 0.5);
  EXPECT_DOUBLE_EQ(table.Find("CPM")->numbers()[0], 5);
  EXPECT_DOUBLE_EQ(table.Find("ROI")->numbers()[0], 3);
  EXPECT_TRUE(table.Find("CTR")->IsMissing(1));
  EXPECT_TRUE(table.Find("CPC")->IsMissing(1));
  EXPECT_TRUE(table.Find("CPM")->IsMissing(1));
  EXPECT_TRUE(table.Find("CPC")->IsMissing(2));
  EXPECT_TRUE(table.Find("ROI")->IsMissing(2));
  EXPECT_DOUBLE_EQ(table.Find("CPM")->numbers()[2], 0);
}

TEST(Derive, KeepsAGivenRoi) {
  Table table = Outcomes({"Impressions", "Clicks", "Acquisition_Cost", "Revenue", "ROI"});
  for (Column& column : table.columns()) column.AppendNumber(7);
  FillDerived(&table);
  EXPECT_EQ(table.Find("ROI")->numbers(), std::vector<double>{7});
}

TEST(Derive, CarriesMissingOperandsOn) {
  Table table = Outcomes({"Impressions", "Clicks", "Acquisition_Cost", "Revenue", "ROI"});
  for (size_t c = 0; c < 3; ++c) table.columns()[c].AppendNumber(7);
  table.columns()[3].AppendMissing();
  FillDerived(&table);
  EXPECT_TRUE(table.Find("ROI")->IsMissing(0));
}

}  // namespace
}  // namespace pythia
