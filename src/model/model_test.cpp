#include "model/model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

Model MadeModel() {
  NoProgress progress;
  auto model = Train(MadeHistory(600, 1), "made", {}, progress, {});
  EXPECT_TRUE(model) << model.error().ToString();
  return std::move(*model);
}

const Plan kPlan{{{"Channel_Used", "Email"},
                  {"Duration", 30.0},
                  {"Acquisition_Cost", 1000.0},
                  {"Date", "2019-05-01"},
                  {"Impressions", 5000.0}}};

TEST(Predict, ClicksAreCtrTimesImpressions) {
  const Prediction prediction = Predict(MadeModel(), "v1", kPlan);
  ASSERT_TRUE(prediction.ctr && prediction.clicks && prediction.roi_probability);
  EXPECT_DOUBLE_EQ(*prediction.clicks, *prediction.ctr * 5000);
  EXPECT_NEAR(*prediction.ctr, std::exp(-3), 0.01);
  EXPECT_EQ(prediction.model_version, "v1");
  EXPECT_EQ(*prediction.roi_category, *prediction.roi_probability > 0.5 ? 1 : 0);
  EXPECT_EQ(prediction.verdict.at("clicks"), "signal");
  EXPECT_FALSE(prediction.verdict.contains("reach"));
}

bool Warns(const Prediction& prediction, std::string_view what) {
  for (const std::string& warning : prediction.warnings) {
    if (warning.find(what) != std::string::npos) return true;
  }
  return false;
}

TEST(Predict, WithoutImpressionsClicksComeFromTheReachAndItSaysSo) {
  // Impressions follow the spend, so that there is a reach to learn.
  Table table = EmptyHistory();
  Random random(11);
  for (int64_t i = 0; i < 900; ++i) {
    MadeRow row = RandomRow(random, i);
    row.impressions = std::round(5 * row.cost * (0.8 + 0.4 * random.Uniform()));
    row.clicks = static_cast<double>(random.Poisson(0.05 * row.impressions));
    Append(row, &table);
  }
  NoProgress progress;
  const auto model = Train(table, "made", {}, progress, {});
  ASSERT_TRUE(model) << model.error().ToString();
  Plan plan = kPlan;
  plan.values.erase("Impressions");
  const Prediction prediction = Predict(*model, "v1", plan);
  ASSERT_TRUE(prediction.clicks.has_value());
  EXPECT_NEAR(*prediction.clicks, 0.05 * 5000, 15);
  EXPECT_TRUE(Warns(prediction, "Impressions is not given"));
}

TEST(Predict, ANoSignalModelServesItsBaselineInWords) {
  Model model = MadeModel();
  model.clicks->signal = false;
  model.clicks->baseline = {.target = "clicks",
                            .per = Per::kCampaign,
                            .column = "Channel_Used",
                            .overall = {90, 600},
                            .groups = {{"Email", {80, 300}}},
                            .mean_unit = 1};
  model.report.models["clicks"].verdict = Verdict{.verdict = "no_signal", .words = "as good"};
  const Prediction email = Predict(model, "v1", kPlan);
  EXPECT_EQ(*email.clicks, 80);
  EXPECT_EQ(*email.ctr, 80.0 / 5000);
  EXPECT_EQ(email.verdict.at("clicks"), "no_signal");
  EXPECT_TRUE(Warns(email, "clicks: as good"));
  Plan plan = kPlan;
  plan.values["Channel_Used"] = "Radio";
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 90);
  EXPECT_TRUE(Warns(Predict(model, "v1", plan), "Channel_Used is not in the history"));
  plan.values["Impressions"] = 50.0;
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 50);  // never above the impressions
  EXPECT_EQ(*Predict(model, "v1", plan).ctr, 1);
  plan.values["Impressions"] = 0.0;
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 0);
  plan.values.erase("Channel_Used");
  EXPECT_TRUE(Warns(Predict(model, "v1", plan), "the figure of all campaigns"));
}

// Blanks and rare channels do ten times as well as the named ones.
Table HistoryWithBlanks() {
  Random random(21);
  Table table = EmptyHistory();
  const char* const channels[] = {"A", "B", "C"};
  for (int64_t i = 0; i < 1200; ++i) {
    MadeRow row = RandomRow(random, i);
    row.channel = channels[i % 3];
    double ctr = 0.02;
    if (i % 20 == 0) row.channel = "rare " + std::to_string(i / 100), ctr = 0.3;
    if (i % 10 == 5) ctr = 0.2;
    ctr *= std::exp(0.4 * random.Normal() - 0.08);
    row.clicks =
        std::min(row.impressions, static_cast<double>(random.Poisson(ctr * row.impressions)));
    Append(row, &table);
  }
  Table gaps(table.schema());
  for (int64_t i = 0; i < table.num_rows(); ++i) {
    for (size_t c = 0; c < table.columns().size(); ++c) {
      if (i % 10 == 5 && table.columns()[c].name() == "Channel_Used") {
        gaps.columns()[c].AppendMissing();
      } else {
        gaps.columns()[c].AppendFrom(table.columns()[c], i);
      }
    }
  }
  return gaps;
}

TEST(Predict, APlanWithoutAChannelIsAnAverageOne) {
  NoProgress progress;
  const auto model = Train(HistoryWithBlanks(), "made", {}, progress, {});
  ASSERT_TRUE(model) << model.error().ToString();
  ASSERT_TRUE(model->clicks->signal);
  Plan plan = kPlan;
  const auto ctr_of = [&](const char* channel) {
    plan.values["Channel_Used"] = channel;
    return *Predict(*model, "v1", plan).ctr;
  };
  EXPECT_NEAR(ctr_of("A"), 0.02, 0.003);
  EXPECT_NEAR(ctr_of("rare 3"), 0.3, 0.03);
  // exp of the average of log CTR: 85 of 100 rows at 0.02, 10 at 0.2, 5 at 0.3.
  const double average =
      std::exp(0.85 * std::log(0.02) + 0.1 * std::log(0.2) + 0.05 * std::log(0.3));
  EXPECT_NEAR(ctr_of("never seen"), average, 0.004);
  const double unknown = ctr_of("never seen");
  plan.values.erase("Channel_Used");
  const Prediction absent = Predict(*model, "v1", plan);
  EXPECT_DOUBLE_EQ(*absent.ctr, unknown);
  EXPECT_TRUE(Warns(absent, "an average Channel_Used is used"));
  ASSERT_TRUE(absent.roi_probability_interval || Warns(absent, "no interval"));
}

TEST(Predict, FarOutsideTheHistoryIsSaid) {
  const Model model = MadeModel();  // 200 days from 2019-04-14, 1000 to 9999 impressions
  EXPECT_FALSE(Warns(Predict(model, "v1", kPlan), "outside the history"));
  Plan plan = kPlan;
  plan.values["Impressions"] = 1e9;
  EXPECT_TRUE(Warns(Predict(model, "v1", plan), "Impressions = 1000000000 is outside"));
  plan.values["Impressions"] = 1.0;
  EXPECT_TRUE(Warns(Predict(model, "v1", plan), "Impressions = 1 is outside"));
  plan = kPlan;
  plan.values["Date"] = "2020-10-01";
  EXPECT_FALSE(Warns(Predict(model, "v1", plan), "more than a year"));
  for (const char* day : {"2035-01-01", "1990-01-01"}) {
    plan.values["Date"] = day;
    EXPECT_TRUE(Warns(Predict(model, "v1", plan), "more than a year outside the history")) << day;
  }
  const auto read = ParseModel(SerializeModel(model));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_TRUE(Warns(Predict(*read, "v1", plan), "more than a year outside the history"));
}

TEST(Predict, OutcomesAreIgnoredAndNamed) {
  Plan plan = kPlan;
  plan.values["Clicks"] = 99999.0;
  plan.values["Language"] = "English";
  const Prediction with = Predict(MadeModel(), "v1", plan);
  EXPECT_EQ(*with.clicks, *Predict(MadeModel(), "v1", kPlan).clicks);
  EXPECT_TRUE(Warns(with, "Clicks is known only after a campaign: ignored"));
  EXPECT_TRUE(Warns(with, "Language is not a feature of this model: ignored"));
}

TEST(Predict, ClicksNeverExceedImpressions) {
  Model model = MadeModel();
  model.clicks->model.intercept = 5;
  const Prediction prediction = Predict(model, "v1", kPlan);
  EXPECT_EQ(*prediction.ctr, 1);
  EXPECT_EQ(*prediction.clicks, 5000);
  EXPECT_FALSE(prediction.warnings.empty());
}

TEST(ModelFile, RoundTripsToTheSameBytesAndPredictions) {
  const Model model = MadeModel();
  const std::string bytes = SerializeModel(model);
  const auto read = ParseModel(bytes);
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(SerializeModel(*read), bytes);
  EXPECT_EQ(*Predict(*read, "v", kPlan).ctr, *Predict(model, "v", kPlan).ctr);
  EXPECT_EQ(*Predict(*read, "v", kPlan).roi_probability,
            *Predict(model, "v", kPlan).roi_probability);
  EXPECT_EQ(ModelVersion(model, bytes).substr(0, 5), "made-");
}

TEST(ModelFile, AnyDamageIsRefused) {
  const std::string bytes = SerializeModel(MadeModel());
  for (size_t length = 0; length < bytes.size(); length += 97) {
    EXPECT_FALSE(ParseModel(std::string_view(bytes).substr(0, length))) << length;
  }
  for (size_t at = 0; at < bytes.size(); at += 53) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto read = ParseModel(changed);
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().code, ErrorCode::kBadInput);
  }
  EXPECT_FALSE(ParseModel(bytes + " "));
}

TEST(ModelFile, ANewerVersionIsNamed) {
  std::string bytes = SerializeModel(MadeModel());
  const size_t at = bytes.find("\"format_version\":1");
  bytes[at + 17] = '2';
  const auto read = ParseModel(bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("newer version"), std::string::npos);
}

}  // namespace
}  // namespace pythia
