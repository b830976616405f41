#include "model/encoder.h"

#include <numeric>

#include <gtest/gtest.h>

#include "campaign/dates.h"
#include "model/made_history_test.h"
#include "model/model.h"

namespace pythia {
namespace {

std::vector<int64_t> AllRows(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.num_rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

const std::vector<std::string> kColumns = {"Channel_Used", "Duration", "Acquisition_Cost", "Date"};

TEST(Encoder, StandardisesNumbersAndLogsMoney) {
  const Table table = MadeHistory(200, 1);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  ASSERT_EQ(encoder.numbers().size(), 2U);
  EXPECT_FALSE(encoder.numbers()[0].log);
  EXPECT_TRUE(encoder.numbers()[1].log);
  glm::MemoryDesign design(encoder.shape());
  encoder.Encode(table, AllRows(table), &design);
  for (const std::vector<double>& x : design.dense) {
    double sum = 0;
    double squares = 0;
    for (const double v : x) {
      sum += v;
      squares += v * v;
    }
    EXPECT_NEAR(sum / 200, 0, 1e-12);
    EXPECT_NEAR(squares / 200, 1, 1e-12);
  }
}

TEST(Encoder, PoolsRareLevelsAndKeepsOtherLast) {
  Table table = EmptyHistory();
  for (int i = 0; i < 30; ++i) {
    MadeRow row{.id = std::to_string(i), .duration = static_cast<double>(i)};
    row.channel = i < 12 ? "Email" : i < 21 ? "Rare" : "Social";
    if (i >= 28) row.channel = "Rarer";
    Append(row, &table);
  }
  std::vector<std::string> notes;
  const std::vector<std::string> columns = {"Channel_Used"};
  const Encoder encoder = Encoder::Fit(table, AllRows(table), columns, &notes);
  ASSERT_EQ(encoder.categories().size(), 1U);
  EXPECT_EQ(encoder.categories()[0].levels, (std::vector<std::string>{"Email", "(other)"}));
  std::vector<std::string> warnings;
  EXPECT_EQ(encoder.Encode({{{"Channel_Used", "Rare"}}}, &warnings).codes[0], 1);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("'Rare'"), std::string::npos);
  warnings.clear();
  EXPECT_EQ(encoder.Encode({{{"Channel_Used", "Email"}}}, &warnings).codes[0], 0);
  EXPECT_TRUE(warnings.empty());
}

TEST(Encoder, AnAbsentOrUnknownLevelIsTheAverageOfTheTrainingRows) {
  Table table = EmptyHistory();
  for (int i = 0; i < 100; ++i) {
    MadeRow row{.id = std::to_string(i)};
    row.channel = i < 60 ? "Email" : i < 75 ? "Social" : "Rare";
    Append(row, &table);
  }
  // The last twenty have no channel.
  Table gaps(table.schema());
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (size_t c = 0; c < table.columns().size(); ++c) {
      if (row >= 80 && table.columns()[c].name() == "Channel_Used") {
        gaps.columns()[c].AppendMissing();
      } else {
        gaps.columns()[c].AppendFrom(table.columns()[c], row);
      }
    }
  }
  std::vector<std::string> notes;
  const std::vector<std::string> columns = {"Channel_Used"};
  const Encoder encoder = Encoder::Fit(gaps, AllRows(gaps), columns, &notes);
  const CategoryFeature& channel = encoder.categories().at(0);
  EXPECT_EQ(channel.levels, (std::vector<std::string>{"(missing)", "Email", "Social", "(other)"}));
  EXPECT_EQ(channel.rows, (std::vector<int64_t>{20, 60, 15, 5}));
  EXPECT_EQ(channel.pooled, std::vector<std::string>{"Rare"});
  const LinearModel model{.encoder = encoder, .intercept = 1, .beta = {8, -1, 2, 40}};
  std::vector<std::string> warnings;
  const auto eta = [&](const Plan& plan) {
    return model.LinearPredictor(encoder.Encode(plan, &warnings));
  };
  const double average = 1 + 0.2 * 8 - 0.6 + 0.15 * 2 + 0.05 * 40;
  EXPECT_DOUBLE_EQ(eta({}), average);
  EXPECT_DOUBLE_EQ(eta({{{"Channel_Used", "Radio"}}}), average);
  EXPECT_DOUBLE_EQ(eta({{{"Channel_Used", "Rare"}}}), 41);
  EXPECT_DOUBLE_EQ(eta({{{"Channel_Used", "Email"}}}), 0);
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_EQ(warnings[0], "Channel_Used is not given: an average Channel_Used is used");
  EXPECT_EQ(warnings[1],
            "Channel_Used 'Radio' is not in the history: an average Channel_Used is used");
  EXPECT_EQ(warnings[2],
            "Channel_Used 'Rare' is rare in the history: it is treated as the other rare ones are");
}

TEST(Encoder, AColumnWithoutVariationIsNoFeature) {
  Table table = EmptyHistory();
  for (int i = 0; i < 30; ++i) Append({.id = std::to_string(i)}, &table);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  EXPECT_EQ(encoder.shape().num_columns(), 0);
  EXPECT_EQ(notes.size(), 3U);
}

TEST(Encoder, MissingNumbersTakeTheMean) {
  Table table = MadeHistory(50, 2);
  Table with_gaps(table.schema());
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (size_t c = 0; c < table.columns().size(); ++c) {
      const bool gap = table.columns()[c].name() == "Duration" && row % 5 == 0;
      if (gap)
        with_gaps.columns()[c].AppendMissing();
      else
        with_gaps.columns()[c].AppendFrom(table.columns()[c], row);
    }
  }
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(with_gaps, AllRows(table), kColumns, &notes);
  glm::MemoryDesign design(encoder.shape());
  encoder.Encode(with_gaps, AllRows(table), &design);
  EXPECT_EQ(design.dense[0][0], 0);
  EXPECT_NE(design.dense[0][1], 0);
}

TEST(Encoder, MonthsNeedTwoYearsAndWeekdaysEightWeeks) {
  const auto parts_after = [](int days) {
    Table table = EmptyHistory();
    for (int i = 0; i < days; ++i) {
      for (int k = 0; k < 2; ++k) Append({.id = std::to_string(i), .day = 18262 + i}, &table);
    }
    std::vector<std::string> notes;
    const std::vector<std::string> columns = {"Date"};
    const Encoder encoder = Encoder::Fit(table, AllRows(table), columns, &notes);
    std::string parts;
    for (const CategoryFeature& feature : encoder.categories()) {
      parts += feature.part == DatePart::kMonth ? "m" : "w";
    }
    return parts;
  };
  EXPECT_EQ(parts_after(40), "");
  EXPECT_EQ(parts_after(70), "w");
  EXPECT_EQ(parts_after(365), "w");
  EXPECT_EQ(parts_after(731), "mw");
}

TEST(Encoder, APlanMeetsTheSameCodesAsItsRow) {
  const Table table = MadeHistory(800, 3);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  glm::MemoryDesign design(encoder.shape());
  encoder.Encode(table, AllRows(table), &design);
  for (const int64_t row : {0, 17, 799}) {
    const auto i = static_cast<size_t>(row);
    const Plan plan{{{"Channel_Used", std::string(table.Find("Channel_Used")->level(row))},
                     {"Duration", table.Find("Duration")->numbers()[i]},
                     {"Acquisition_Cost", table.Find("Acquisition_Cost")->numbers()[i]},
                     {"Date", FormatDay(table.Find("Date")->days()[i])}}};
    std::vector<std::string> warnings;
    const EncodedRow encoded = encoder.Encode(plan, &warnings);
    EXPECT_TRUE(warnings.empty());
    for (size_t j = 0; j < encoded.dense.size(); ++j) {
      EXPECT_EQ(encoded.dense[j], design.dense[j][i]);
    }
    for (size_t c = 0; c < encoded.codes.size(); ++c) {
      EXPECT_EQ(encoded.codes[c], design.codes[c][i]);
    }
  }
}

TEST(Encoder, SaysWhatIsMissingAndWhatIsOutside) {
  const Table table = MadeHistory(100, 4);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  std::vector<std::string> warnings;
  (void)encoder.Encode({{{"Acquisition_Cost", 1e6}}}, &warnings);
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_NE(warnings[0].find("Duration is not given"), std::string::npos);
  EXPECT_NE(warnings[1].find("outside the history"), std::string::npos);
  EXPECT_NE(warnings[2].find("Channel_Used is not given"), std::string::npos);
}

TEST(Encoder, WhoDoesNotAskIsToldNothing) {
  const Table table = MadeHistory(100, 4);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  std::vector<std::string> warnings;
  const Plan plan{{{"Acquisition_Cost", 1e6}}};
  EXPECT_EQ(encoder.Encode(plan, nullptr).codes, encoder.Encode(plan, &warnings).codes);
  EXPECT_TRUE(encoder.Uses("Duration"));
  EXPECT_TRUE(encoder.Uses("Channel_Used"));
  EXPECT_FALSE(encoder.Uses("Clicks"));
}

TEST(Encoder, NamesTheColumnThatATableLacks) {
  const Table table = MadeHistory(100, 4);
  std::vector<std::string> notes;
  const Encoder encoder = Encoder::Fit(table, AllRows(table), kColumns, &notes);
  EXPECT_EQ(encoder.Misses(table), std::nullopt);
  EXPECT_EQ(encoder.Misses(Table()), encoder.columns().front());
  // A category where there was a number is no column that can be read.
  const Encoder other({{.column = "Channel_Used"}}, {});
  EXPECT_EQ(other.Misses(table), "Channel_Used");
}

TEST(CategoryFeature, AveragesByTheRowsOfEachLevel) {
  const CategoryFeature feature{.levels = {"a", "b", "(other)"}, .rows = {3, 1, 0}};
  EXPECT_EQ(feature.Shares(), (std::vector{0.75, 0.25, 0.0}));
  EXPECT_EQ(feature.AverageOf(std::vector{2.0, 10.0, 99.0}), 4.0);
}

TEST(Encoder, OutcomesIdsAndUnknownColumnsAreNoFeatures) {
  const Schema schema = EmptyHistory().schema();
  const auto check = [&](std::vector<std::string> columns) {
    return CheckFeatures(schema, columns).has_value();
  };
  EXPECT_TRUE(check({"Channel_Used", "Duration"}));
  EXPECT_FALSE(check({"Clicks"}));
  EXPECT_FALSE(check({"ROI"}));
  EXPECT_FALSE(check({"Campaign_ID"}));
  EXPECT_FALSE(check({"Weather"}));
  EXPECT_FALSE(check({"Duration", "Duration"}));
  EXPECT_EQ(DefaultFeatures(schema),
            (std::vector<std::string>{"Channel_Used", "Duration", "Acquisition_Cost", "Date"}));
}

}  // namespace
}  // namespace pythia
