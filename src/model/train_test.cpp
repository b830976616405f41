#include "model/train.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/row_memory.h"
#include "model/cross_validate.h"
#include "model/made_history_test.h"

namespace pythia {
namespace {

Result<Model> TrainOn(const Table& table, TrainOptions options = {}) {
  NoProgress progress;
  return Train(table, "made", options, progress, {});
}

double CoefficientOf(const ModelReport& report, const std::string& term) {
  for (const Coefficient& coefficient : report.coefficients) {
    if (coefficient.term == term) return coefficient.value;
  }
  ADD_FAILURE() << term;
  return 0;
}

TEST(Train, RecoversTheTruthOfAMadeHistory) {
  const auto model = TrainOn(MadeHistory(6000, 1));
  ASSERT_TRUE(model) << model.error().ToString();
  const ModelReport& clicks = model->report.models.at("clicks");
  EXPECT_TRUE(clicks.converged);
  EXPECT_NEAR(
      CoefficientOf(clicks, "Channel_Used=Social") - CoefficientOf(clicks, "Channel_Used=Email"),
      0.5, 0.02);
  const NumericFeature& cost = model->clicks->model.encoder.numbers()[1];
  EXPECT_NEAR(CoefficientOf(clicks, "log(1 + Acquisition_Cost)") / cost.sd, 0.3, 0.02);
  EXPECT_LT(clicks.metrics.at("deviance").value, *clicks.metrics.at("deviance").baseline);
  EXPECT_GT(model->report.models.at("roi").metrics.at("auc").value, 0.6);
  EXPECT_EQ(model->roi_threshold->rule, "break_even");
}

// Every column independent of every other.
Table NullHistory(int64_t rows, uint64_t seed) {
  Random random(seed);
  Table table = EmptyHistory();
  const char* const channels[] = {"Email", "Facebook", "Google Ads", "Instagram", "YouTube"};
  for (int64_t i = 0; i < rows; ++i) {
    Append({.id = std::to_string(i),
            .channel = channels[random.Below(5)],
            .duration = 15.0 * static_cast<double>(1 + random.Below(4)),
            .cost = 5000 + static_cast<double>(random.Below(15001)),
            .roi = 2 + 6 * random.Uniform(),
            .clicks = 100 + static_cast<double>(random.Below(901)),
            .impressions = 1000 + static_cast<double>(random.Below(9001)),
            .day = 18000 + static_cast<int32_t>(i / 7)},
           &table);
  }
  return table;
}

TEST(Train, FindsNothingWhereThereIsNothing) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const auto model = TrainOn(NullHistory(1500, seed));
    ASSERT_TRUE(model) << model.error().ToString();
    for (const auto& [name, report] : model->report.models) {
      ASSERT_TRUE(report.verdict) << name;
      EXPECT_EQ(report.verdict->verdict, "no_signal") << name << " " << seed;
    }
    // Clicks do not follow the impressions here, so clicks per impression is not what serves.
    EXPECT_EQ(model->clicks->baseline.per, Per::kCampaign);
    EXPECT_EQ(model->clicks->baseline.column, "");
    EXPECT_NEAR(model->clicks->baseline.overall.rate, 550, 25);
    EXPECT_NE(model->report.models.at("clicks").verdict->words.find("nothing known before launch"),
              std::string::npos);
  }
}

TEST(Train, ChoosesAlphaOnThePathUnlessItIsStated) {
  const Table table = MadeHistory(2000, 8);
  const auto chosen = TrainOn(table);
  const auto stated = TrainOn(table, {.alpha = 0.5});
  ASSERT_TRUE(chosen && stated);
  const ModelReport& clicks = chosen->report.models.at("clicks");
  ASSERT_EQ(clicks.path.size(), LambdaGrid().size());
  EXPECT_FALSE(clicks.path[0].lambda.has_value());  // the intercept only
  ASSERT_TRUE(clicks.lambda.has_value());
  double mean = 0;
  for (const double y : table.Find("Clicks")->numbers()) mean += y / 2000;
  EXPECT_NEAR(clicks.alpha, *clicks.lambda * mean, 1e-9 * clicks.alpha);
  EXPECT_EQ(stated->report.models.at("clicks").alpha, 0.5);
  EXPECT_TRUE(stated->report.models.at("clicks").path.empty());
}

TEST(Train, ADriftingHistoryShowsBesideTheRandomSplit) {
  Table table = EmptyHistory();
  Random random(9);
  for (int64_t i = 0; i < 3000; ++i) {
    MadeRow row = RandomRow(random, i);
    const double ctr = 0.02 * std::exp(2 * static_cast<double>(i) / 3000);  // it grows
    row.clicks = static_cast<double>(random.Poisson(ctr * row.impressions));
    Append(row, &table);
  }
  const auto model = TrainOn(table);
  ASSERT_TRUE(model);
  const Metric& deviance = model->report.models.at("clicks").metrics.at("deviance");
  ASSERT_TRUE(deviance.random_split.has_value());
  EXPECT_GT(deviance.value, 1.2 * *deviance.random_split);
  const auto steady = TrainOn(MadeHistory(3000, 9));
  ASSERT_TRUE(steady);
  const Metric& same = steady->report.models.at("clicks").metrics.at("deviance");
  EXPECT_NEAR(same.value, *same.random_split, 0.02 * same.value);
}

TEST(Train, HighCtrIsWarnedAbout) {
  Table table = EmptyHistory();
  Random random(10);
  for (int64_t i = 0; i < 300; ++i) {
    MadeRow row = RandomRow(random, i);
    row.clicks = std::floor(row.impressions * (0.2 + 0.2 * random.Uniform()));
    Append(row, &table);
  }
  const auto model = TrainOn(table);
  ASSERT_TRUE(model);
  const std::vector<std::string>& warnings = model->report.models.at("clicks").warnings;
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings[0].find("of 100 impressions 30 led to a click"), std::string::npos);
}

TEST(Train, FewCampaignsGetNoVerdictOfSignal) {
  const auto model = TrainOn(MadeHistory(45, 12));
  ASSERT_TRUE(model) << model.error().ToString();
  const ModelReport& clicks = model->report.models.at("clicks");
  EXPECT_EQ(clicks.verdict->verdict, "no_signal");
  EXPECT_NE(clicks.verdict->words.find("too few"), std::string::npos) << clicks.verdict->words;
}

TEST(Train, OneClickIsNoSignal) {
  Table table = EmptyHistory();
  Random random(13);
  for (int64_t i = 0; i < 300; ++i) {
    MadeRow row = RandomRow(random, i);
    row.clicks = i == 7 ? 1 : 0;
    Append(row, &table);
  }
  const auto model = TrainOn(table);
  ASSERT_TRUE(model) << model.error().ToString();
  EXPECT_EQ(model->report.models.at("clicks").verdict->verdict, "no_signal");
}

TEST(Train, NoClicksAtAllIsRefusedInWords) {
  Table table = EmptyHistory();
  for (int i = 0; i < 60; ++i) Append({.id = std::to_string(i), .clicks = 0}, &table);
  const auto model = TrainOn(table);
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("no campaign has a click"), std::string::npos);
}

TEST(Train, ThreadsDoNotChangeAByte) {
  const Table table = MadeHistory(9000, 2);
  const auto one = TrainOn(table, {.threads = 1});
  const auto two = TrainOn(table, {.threads = 2});
  const auto five = TrainOn(table, {.threads = 5});
  ASSERT_TRUE(one && two && five);
  EXPECT_EQ(SerializeModel(*one), SerializeModel(*two));
  EXPECT_EQ(SerializeModel(*one), SerializeModel(*five));
}

// A history that does not fit into its memory: every array of a page or more lives in a file.
TEST(Train, WhereTheRowsAreKeptDoesNotChangeAByte) {
  const Table table = MadeHistory(9000, 2);
  const auto in_memory = TrainOn(table, {.threads = 2});
  SetRowMemory({.in_memory = 0, .resident = 1U << 20, .smallest_big = 4096});
  const auto in_files = TrainOn(table, {.threads = 2});
  const RowMemoryUse used = UsedRowMemory();
  SetRowMemory({});
  ASSERT_TRUE(in_memory && in_files);
  EXPECT_EQ(SerializeModel(*in_memory), SerializeModel(*in_files));
  EXPECT_GT(used.most_in_files, 500'000U);
  EXPECT_EQ(used.in_files, 0U);  // nothing is left behind
}

TEST(Train, NoRoomForTheRowsIsAnErrorInWords) {
  SetRowMemory({.folder = "/nowhere", .in_memory = 0, .smallest_big = 4096});
  const auto model = TrainOn(MadeHistory(9000, 2), {.threads = 2});
  SetRowMemory({});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(model.error().place.file, "/nowhere");
}

// Asks for a stop at one of its updates.
class StoppingProgress final : public Progress {
 public:
  explicit StoppingProgress(int at) : at_(at) {}
  void Begin(std::string_view stage, int64_t total) override {
    EXPECT_GE(total, last_ >= 0 ? 0 : 1) << stage;
    total_ = total;
    last_ = 0;
  }
  void Update(int64_t done, int64_t /*rows*/) override {
    EXPECT_GE(done, last_);
    EXPECT_LE(done, total_);
    last_ = done;
    if (updates_++ == at_) stop_.request_stop();
  }
  void End() override {}
  int updates() const { return updates_; }
  std::stop_token token() const { return stop_.get_token(); }

 private:
  const int at_;
  int updates_ = 0;
  int64_t last_ = -1;
  int64_t total_ = 0;
  std::stop_source stop_;
};

TEST(Train, StopsWhereverItIsAsked) {
  const Table table = MadeHistory(3000, 2);
  StoppingProgress all(-1);
  const auto trained = Train(table, "made", {}, all, all.token());
  ASSERT_TRUE(trained) << trained.error().ToString();
  EXPECT_GT(all.updates(), 40);
  for (int at = 0; at < all.updates(); ++at) {
    StoppingProgress progress(at);
    const auto model = Train(table, "made", {}, progress, progress.token());
    ASSERT_FALSE(model) << at;
    EXPECT_EQ(model.error().code, ErrorCode::kCancelled) << at;
    EXPECT_LE(progress.updates(), at + 4) << "goes on for long";
  }
  EXPECT_EQ(UsedRowMemory().in_files, 0U);
}

// What a user has without impressions is judged on all rows, too: a stop is not left to the model
// after it.
TEST(Train, StopsBeforeClicksAreJudgedWithoutImpressions) {
  const Table table = MadeHistory(3000, 2);
  constexpr int64_t kOfClicks = 1960;  // where that begins
  class StopThere final : public Progress {
   public:
    void Begin(std::string_view /*stage*/, int64_t /*total*/) override {}
    void Update(int64_t done, int64_t /*rows*/) override {
      if (done == kOfClicks) stop.request_stop();
      if (stop.stop_requested()) ++updates;
    }
    void End() override {}
    int updates = 0;
    std::stop_source stop;
  } progress;
  const auto model = Train(table, "made", {}, progress, progress.stop.get_token());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(progress.updates, 1) << "it went on";
}

TEST(Train, RowOrderOnlyMovesRounding) {
  const Table table = MadeHistory(3000, 3);
  Table reversed = EmptyHistory();
  for (int64_t row = table.num_rows() - 1; row >= 0; --row) {
    for (size_t c = 0; c < table.columns().size(); ++c) {
      reversed.columns()[c].AppendFrom(table.columns()[c], row);
    }
  }
  const auto a = TrainOn(table);
  const auto b = TrainOn(reversed);
  ASSERT_TRUE(a && b);
  for (const char* name : {"clicks", "roi"}) {
    const ModelReport& x = a->report.models.at(name);
    const ModelReport& y = b->report.models.at(name);
    for (const Coefficient& coefficient : x.coefficients) {
      EXPECT_NEAR(coefficient.value, CoefficientOf(y, coefficient.term), 1e-10);
    }
    EXPECT_EQ(x.split.test_rows, y.split.test_rows);
  }
}

TEST(Train, OutcomesDoNotLeakIntoThePrediction) {
  // The same plans with other outcomes of the ignored kind give the same model.
  const auto model = TrainOn(MadeHistory(500, 4));
  ASSERT_TRUE(model);
  for (const std::string& column : model->clicks->model.encoder.columns()) {
    EXPECT_NE(column, "Clicks");
    EXPECT_NE(column, "ROI");
    EXPECT_NE(column, "Impressions");
  }
}

TEST(Train, ThresholdRules) {
  Table table = EmptyHistory();
  Random random(5);
  for (int64_t i = 0; i < 300; ++i) {
    MadeRow row = RandomRow(random, i);
    row.roi = 2 + 6 * random.Uniform();  // never below break-even
    Append(row, &table);
  }
  const auto automatic = TrainOn(table);
  ASSERT_TRUE(automatic);
  EXPECT_EQ(automatic->roi_threshold->rule, "median");
  EXPECT_NEAR(automatic->roi_threshold->value, 5, 0.6);
  const auto stated = TrainOn(table, {.roi_rule = RoiThresholdRule::kStated, .roi_threshold = 3.5});
  ASSERT_TRUE(stated);
  EXPECT_EQ(stated->roi_threshold->value, 3.5);
  EXPECT_EQ(stated->roi_threshold->rule, "stated");
  const auto outside = TrainOn(table, {.roi_rule = RoiThresholdRule::kStated, .roi_threshold = 99});
  ASSERT_TRUE(outside);
  EXPECT_FALSE(outside->roi.has_value());
  EXPECT_NE(outside->report.models.at("roi").warnings.at(0).find("same side"), std::string::npos);
}

TEST(Train, NamesALevelThatSeparates) {
  Table table = EmptyHistory();
  Random random(6);
  for (int64_t i = 0; i < 400; ++i) {
    MadeRow row = RandomRow(random, i);
    if (row.channel == "Social") row.roi = std::abs(row.roi) + 0.1;
    Append(row, &table);
  }
  const auto model = TrainOn(table);
  ASSERT_TRUE(model);
  const std::vector<std::string>& warnings = model->report.models.at("roi").warnings;
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings[0].find("Channel_Used = Social"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[0].find("separation"), std::string::npos);
}

TEST(Train, ManySeparatedLevelsAreCountedAndNotAllNamed) {
  Table table = EmptyHistory();
  Random random(6);
  for (int64_t i = 0; i < 2000; ++i) {
    MadeRow row = RandomRow(random, i);
    const uint64_t shop = random.Below(100);
    row.channel = "shop " + std::to_string(shop);
    if (shop < 40) row.roi = std::abs(row.roi) + 0.1;
    Append(row, &table);
  }
  const auto model = TrainOn(table);
  ASSERT_TRUE(model) << model.error().ToString();
  const std::vector<std::string>& warnings = model->report.models.at("roi").warnings;
  EXPECT_EQ(std::count_if(warnings.begin(), warnings.end(),
                          [](const std::string& warning) {
                            return warning.find("separation") != std::string::npos;
                          }),
            5);
  ASSERT_FALSE(warnings.empty());
  EXPECT_NE(warnings.back().find("more levels hold"), std::string::npos) << warnings.back();
}

TEST(Train, RowsThatCannotBeAreLeftOut) {
  Table table = MadeHistory(500, 7);
  const auto clean = TrainOn(table);
  Append({.id = "above", .clicks = 900, .impressions = 100, .day = 18000}, &table);
  Append({.id = "unseen", .clicks = 0, .impressions = 0, .day = 18000}, &table);
  const auto with_bad = TrainOn(table);
  ASSERT_TRUE(clean && with_bad);
  EXPECT_EQ(clean->report.models.at("clicks").rows, 500);
  EXPECT_EQ(with_bad->report.models.at("clicks").rows, 500);
  // Two rows more move the blocks of the folds, and with them the order of additions.
  const std::vector<double>& beta = clean->clicks->model.beta;
  ASSERT_EQ(beta.size(), with_bad->clicks->model.beta.size());
  for (size_t j = 0; j < beta.size(); ++j) {
    EXPECT_NEAR(beta[j], with_bad->clicks->model.beta[j], 1e-12) << j;
  }
}

TEST(Train, RefusesWhatCannotBeTrained) {
  EXPECT_EQ(TrainOn(MadeHistory(19, 1)).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(TrainOn(EmptyHistory()).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(TrainOn(MadeHistory(100, 1), {.features = {"Clicks"}}).error().code, ErrorCode::kUsage);
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, -1.0}) {
    const auto alpha = TrainOn(MadeHistory(100, 1), {.alpha = bad});
    ASSERT_FALSE(alpha) << bad;
    EXPECT_EQ(alpha.error().code, ErrorCode::kUsage);
    if (bad == -1) continue;
    const auto threshold =
        TrainOn(MadeHistory(100, 1), {.roi_rule = RoiThresholdRule::kStated, .roi_threshold = bad});
    ASSERT_FALSE(threshold) << bad;
    EXPECT_EQ(threshold.error().code, ErrorCode::kUsage);
  }
  std::stop_source stop;
  stop.request_stop();
  NoProgress progress;
  const auto cancelled = Train(MadeHistory(100, 1), "made", {}, progress, stop.get_token());
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace pythia
