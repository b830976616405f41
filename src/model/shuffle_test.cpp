#include "model/shuffle.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "model/judge.h"
#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

Task ClicksTask(const Table& table) {
  Task task{.family = glm::Family::kPoissonLog};
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    task.rows.push_back(static_cast<uint32_t>(row));
    task.y.push_back(table.Find("Clicks")->numbers()[static_cast<size_t>(row)]);
    task.offset.push_back(std::log(table.Find("Impressions")->numbers()[static_cast<size_t>(row)]));
  }
  return task;
}

const std::vector<std::string> kFeatures = {"Channel_Used", "Duration", "Acquisition_Cost"};

struct Validated {
  explicit Validated(const Table& table) : history(TrainingHistory::Of(table, 1)) {}
  TrainingHistory history;
  Folds folds = RandomFolds(history);
};

CrossValidator Honest(const Table& table, double lambda) {
  return [with = std::make_shared<Validated>(table), lambda](const Task& task) {
    return CrossValidate(with->history, task, with->folds, {.lambdas = {lambda}, .alpha = {}},
                         {.features = kFeatures});
  };
}

TEST(Shuffle, DealsEveryOutcomeOnceWithItsOffset) {
  const Table table = MadeHistory(500, 1);
  const Task task = ClicksTask(table);
  const Task shuffled = ShuffledTask(task, 7, 0);
  EXPECT_EQ(shuffled.rows, task.rows);
  EXPECT_NE(shuffled.y, task.y);
  std::multimap<double, double> before;
  std::multimap<double, double> after;
  for (size_t i = 0; i < 500; ++i) {
    before.emplace(task.offset[i], task.y[i]);
    after.emplace(shuffled.offset[i], shuffled.y[i]);
  }
  EXPECT_TRUE(std::is_permutation(before.begin(), before.end(), after.begin(), after.end()));
  EXPECT_EQ(ShuffledTask(task, 7, 0).y, shuffled.y);
  EXPECT_NE(ShuffledTask(task, 7, 1).y, shuffled.y);
  EXPECT_NE(ShuffledTask(task, 8, 0).y, shuffled.y);
}

TEST(Shuffle, LongTasksAreThinnedEvenly) {
  Task task{.family = glm::Family::kPoissonLog};
  for (int64_t row = 0; row < 50000; ++row) {
    task.rows.push_back(static_cast<uint32_t>(row));
    task.y.push_back(static_cast<double>(row));
  }
  const Task shuffled = ShuffledTask(task, 1, 0);
  ASSERT_EQ(shuffled.rows.size(), kMostShuffledRows);
  EXPECT_EQ(shuffled.rows[0], 0);
  EXPECT_EQ(shuffled.rows[10000], 25000);
  EXPECT_EQ(shuffled.rows.back(), 49997);
  RowVector<double> sorted = shuffled.y;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted.back(), 49997);  // the outcomes are those of the rows kept
}

TEST(Shuffle, ATargetThatDependsOnTheFoldFollowsTheDealtOutcomes) {
  Task task{.family = glm::Family::kBinomialLogit};
  std::vector<double> values;
  for (int64_t row = 0; row < 40; ++row) {
    task.rows.push_back(static_cast<uint32_t>(100 + row));
    values.push_back(static_cast<double>(row));
    task.y.push_back(row > 20 ? 1 : 0);
  }
  const auto mean_of = [values](std::span<const uint32_t> rows) {
    double sum = 0;
    for (const uint32_t row : rows) sum += values[row - 100];
    return sum / static_cast<double>(rows.size());
  };
  task.y_after = [values, mean_of](std::span<const uint32_t> rows) {
    RowVector<double> y;
    for (const double value : values) y.push_back(value - mean_of(rows));
    return y;
  };
  // Over the rows that a fold learns from, the dealt target must be centred, as the own one is.
  const Task shuffled = ShuffledTask(task, 3, 0);
  const RowNumbers learned(task.rows.begin(), task.rows.begin() + 10);
  const RowVector<double> y = shuffled.y_after(learned);
  ASSERT_EQ(y.size(), 40U);
  double sum = 0;
  for (size_t i = 0; i < 10; ++i) sum += y[i];
  EXPECT_NEAR(sum, 0, 1e-12);
}

TEST(Shuffle, AnHonestFitFindsNothingAndALeakingOneIsCaught) {
  const Table table = MadeHistory(600, 1);
  const Task task = ClicksTask(table);
  const auto honest = CheckShuffled(task, "Clicks", 1, Honest(table, 1e-4));
  ASSERT_TRUE(honest) << honest.error().ToString();
  ASSERT_TRUE(honest->has_value());
  EXPECT_LT(**honest, kLeastGainShare);
  // A defect as it might be: a prediction that has seen a little of its own row.
  const auto leaking = [validate =
                            Honest(table, 1e-4)](const Task& shuffled) -> Result<CrossValidation> {
    Result<CrossValidation> cv = validate(shuffled);
    for (size_t i = 0; cv && i < cv->mu.size(); ++i) {
      cv->mu[i] = 0.95 * cv->mu[i] + 0.05 * shuffled.y[i];
    }
    return cv;
  };
  const auto caught = CheckShuffled(task, "Clicks", 1, leaking);
  ASSERT_FALSE(caught);
  EXPECT_EQ(caught.error().code, ErrorCode::kInternal);
  EXPECT_NE(caught.error().message.find("model of Clicks"), std::string::npos);
}

// Few rows and heavy tails are where chance is greatest: one deal may look like signal, five
// running do not.
TEST(Shuffle, ChanceStopsNobody) {
  std::map<int, int> histories;  // by the number of deals that it took
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Table table = EmptyHistory();
    for (int64_t i = 0; i < 60; ++i) {
      MadeRow row = RandomRow(random, i);
      row.impressions = std::ceil(std::exp(6 + 2 * random.Normal()));
      row.clicks = std::min(row.impressions,
                            std::floor(row.impressions * std::exp(-4 + 1.5 * random.Normal())));
      Append(row, &table);
    }
    int deals = 0;
    const CrossValidator validate = Honest(table, 0.1);
    const auto share = CheckShuffled(ClicksTask(table), "Clicks", seed, [&](const Task& shuffled) {
      ++deals;
      return validate(shuffled);
    });
    ASSERT_TRUE(share) << seed << " " << share.error().ToString();
    ++histories[deals];
  }
  EXPECT_GT(histories[1], 190);
  EXPECT_EQ(histories[3] + histories[4] + histories[5], 0);
}

// The same campaigns under several ids: their outcomes leak over the folds, but dealt outcomes do
// not, so that this is no false alarm.
TEST(Shuffle, RepeatedCampaignsDoNotStopTraining) {
  Table table = EmptyHistory();
  Random random(5);
  for (int64_t i = 0; i < 60; ++i) {
    MadeRow row = RandomRow(random, i);
    for (int copy = 0; copy < 5; ++copy) {
      row.id = std::to_string(5 * i + copy);
      Append(row, &table);
    }
  }
  NoProgress progress;
  const auto model = Train(table, "made", {}, progress, {});
  ASSERT_TRUE(model) << model.error().ToString();
}

TEST(Shuffle, TrainingReportsItWhereAModelHasSignal) {
  NoProgress progress;
  const auto model = Train(MadeHistory(2000, 1), "made", {}, progress, {});
  ASSERT_TRUE(model) << model.error().ToString();
  for (const auto& [name, report] : model->report.models) {
    const bool tested = report.verdict->verdict == "signal" && name != "clicks_without_impressions";
    ASSERT_EQ(report.shuffled_gain_share.has_value(), tested) << name;
    EXPECT_LT(report.shuffled_gain_share.value_or(0), 0.02) << name;
  }
  EXPECT_TRUE(model->report.models.at("clicks").shuffled_gain_share.has_value());
}

}  // namespace
}  // namespace pythia
