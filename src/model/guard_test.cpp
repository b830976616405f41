#include "model/guard.h"

#include <cmath>

#include <gtest/gtest.h>

#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

// A history with three extra number columns; ROI = 100 CTR CVR / CPC, each rounded.
Table IdentityHistory() {
  Random random(1);
  Table table = EmptyHistory();
  table.AddColumn({"CTR_extra", ColumnType::kNumber, Role::kOther});
  table.AddColumn({"CVR", ColumnType::kNumber, Role::kOther});
  table.AddColumn({"CPC_extra", ColumnType::kNumber, Role::kOther});
  for (int64_t i = 0; i < 400; ++i) {
    MadeRow row = RandomRow(random, i);
    const double shown_ctr = std::round(1e4 * (0.01 + 0.05 * random.Uniform())) / 1e4;
    const double converted = std::round(1e4 * (0.02 + 0.1 * random.Uniform())) / 1e4;
    const double paid = std::round(1e2 * (0.5 + 2 * random.Uniform())) / 1e2;
    row.roi = 100 * shown_ctr * converted / paid * (1 + 1e-4 * random.Normal());
    Append(row, &table);
    table.Find("CTR_extra")->AppendNumber(shown_ctr);
    table.Find("CVR")->AppendNumber(converted);
    table.Find("CPC_extra")->AppendNumber(paid);
  }
  return table;
}

Result<Model> TrainOn(const Table& table, const TrainOptions& options) {
  NoProgress progress;
  return Train(table, "made", options, progress, {});
}

TEST(ModelGuard, AnIdentityStopsTrainingAndNamesItsColumns) {
  const Table table = IdentityHistory();
  EXPECT_TRUE(TrainOn(table, {}));  // none of them is a feature
  TrainOptions options{.features = {"Channel_Used", "CTR_extra", "CVR", "CPC_extra"}};
  const auto refused = TrainOn(table, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().value, "CTR_extra, CVR, CPC_extra");
  EXPECT_NE(refused.error().hint.find("--allow-feature CTR_extra"), std::string::npos);
  options.allowed = {"CTR_extra"};  // without one of the three there is no identity
  EXPECT_TRUE(TrainOn(table, options));
}

TEST(ModelGuard, AFeatureThatTellsTheOutcomeAloneStopsTraining) {
  Random random(2);
  Table table = EmptyHistory();
  table.AddColumn({"Score", ColumnType::kNumber, Role::kOther});
  for (int64_t i = 0; i < 300; ++i) {
    const MadeRow row = RandomRow(random, i);
    Append(row, &table);
    table.Find("Score")->AppendNumber(row.roi + 0.01 * random.Normal());
  }
  TrainOptions options{.features = {"Channel_Used", "Score"}};
  const auto refused = TrainOn(table, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().value, "Score");
  EXPECT_NE(refused.error().message.find("AUC"), std::string::npos) << refused.error().message;
  options.allowed = {"Score"};
  EXPECT_TRUE(TrainOn(table, options));
}

TEST(ModelGuard, ACategoryThatIsTheOutcomeStopsTraining) {
  Random random(4);
  Table table = EmptyHistory();
  table.AddColumn({"Status", ColumnType::kCategory, Role::kOther});
  for (int64_t i = 0; i < 300; ++i) {
    const MadeRow row = RandomRow(random, i);
    Append(row, &table);
    table.Find("Status")->AppendString(row.roi > 0 ? "won" : "lost");
  }
  const auto refused = TrainOn(table, {.features = {"Channel_Used", "Status"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().value, "Status");
}

TEST(ModelGuard, RealisedSpendIsWarnedAbout) {
  Random random(3);
  Table table = EmptyHistory();
  for (int64_t i = 0; i < 300; ++i) {
    MadeRow row = RandomRow(random, i);
    row.cost = std::round(100 * row.clicks * (1.4 + 0.1 * random.Normal())) / 100;
    Append(row, &table);
  }
  const auto warns = [](const Model& model) {
    for (const std::string& warning : model.report.warnings) {
      if (warning.find("pay-per-click") != std::string::npos) return true;
    }
    return false;
  };
  const auto model = TrainOn(table, {});
  ASSERT_TRUE(model) << model.error().ToString();
  EXPECT_TRUE(warns(*model));
  const auto without = TrainOn(table, {.features = {"Channel_Used"}});
  ASSERT_TRUE(without);
  EXPECT_FALSE(warns(*without));
  EXPECT_FALSE(warns(*TrainOn(MadeHistory(300, 3), {})));
  const auto planned = TrainOn(table, {.planned_spend = true});
  ASSERT_TRUE(planned);
  EXPECT_FALSE(warns(*planned));
  EXPECT_TRUE(planned->report.planned_spend);
  EXPECT_FALSE(model->report.planned_spend);
}

TEST(ModelGuard, ANameForMoneySpentIsWarnedAbout) {
  const Table table = MadeHistory(300, 3);
  const auto warnings = [&](const TrainOptions& options) {
    const auto model = TrainOn(table, options);
    return model ? model->report.warnings : std::vector<std::string>{model.error().ToString()};
  };
  const std::vector<std::string> given = warnings({.realised_spend = "Amount spent (USD)"});
  ASSERT_EQ(given.size(), 1U);
  EXPECT_NE(given[0].find("'Amount spent (USD)'"), std::string::npos) << given[0];
  EXPECT_NE(given[0].find("--planned-spend"), std::string::npos) << given[0];
  EXPECT_TRUE(warnings({.planned_spend = true, .realised_spend = "Amount spent"}).empty());
  EXPECT_TRUE(warnings({.features = {"Channel_Used"}, .realised_spend = "Amount spent"}).empty());
}

}  // namespace
}  // namespace pythia
