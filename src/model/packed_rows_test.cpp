// Packed rows say of every fold what encoding its rows says.
#include "model/packed_rows.h"

#include <cmath>

#include <gtest/gtest.h>

#include "glm/fit.h"
#include "model/cross_validate.h"
#include "model/made_history_test.h"

namespace pythia {
namespace {

const std::vector<std::string> kFeatures = {"Channel_Used", "Duration", "Acquisition_Cost", "Date"};

RowNumbers SomeRows(const Table& table) {
  RowNumbers rows;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    if (row % 7 != 3) rows.push_back(static_cast<uint32_t>(row));
  }
  return rows;
}

TEST(PackedRows, FoldsAreThoseOfTheirOwnRows) {
  const Table table = MadeHistory(900, 5);
  const TrainingHistory history = TrainingHistory::Of(table, 1);
  const RowNumbers rows = SomeRows(table);
  const Folds folds = MakeFolds(history);
  const Folds random = RandomFolds(history);
  const auto packed = PackedRows::Pack(history, rows, kFeatures, {&folds, &random}, 2);
  ASSERT_NE(packed, nullptr);
  std::vector<double> y;
  for (const uint32_t row : rows) y.push_back(table.Find("Clicks")->numbers()[row]);
  const RowVector<double> sorted = packed->Sorted(y);
  for (const Folds* set : {&folds, &random}) {
    for (int k = 0; k < set->count; ++k) {
      std::vector<int64_t> own;
      std::vector<double> own_y;
      for (size_t i = 0; i < rows.size(); ++i) {
        if (!set->Trains(k, rows[i])) continue;
        own.push_back(rows[i]);
        own_y.push_back(y[i]);
      }
      std::vector<std::string> notes;
      const Encoder expected = Encoder::Fit(table, own, kFeatures, &notes);
      const std::vector<int> segments = packed->TrainSegments(*set, k);
      const Encoder found = packed->EncoderOf(segments, &notes);
      ASSERT_EQ(found.terms(), expected.terms());
      for (size_t c = 0; c < expected.categories().size(); ++c) {
        EXPECT_EQ(found.categories()[c].rows, expected.categories()[c].rows);
      }
      for (size_t j = 0; j < expected.numbers().size(); ++j) {
        EXPECT_NEAR(found.numbers()[j].mean, expected.numbers()[j].mean, 1e-12);
        EXPECT_NEAR(found.numbers()[j].sd, expected.numbers()[j].sd, 1e-12);
        EXPECT_EQ(found.numbers()[j].max, expected.numbers()[j].max);
      }
      glm::MemoryDesign plain = DesignOf(table, expected, own);
      plain.y = own_y;
      const PackedFeatures features(*packed, found);
      PackedDesign design(features, packed->RunsOf(segments), sorted, {});
      const Result<glm::Fit> from_packed = glm::FitGlm(design, {.alpha = 0.01});
      const Result<glm::Fit> from_plain = glm::FitGlm(plain, {.alpha = 0.01});
      ASSERT_TRUE(from_packed && from_plain);
      EXPECT_EQ(from_packed->rows, from_plain->rows);
      EXPECT_NEAR(from_packed->intercept, from_plain->intercept, 1e-10);
      for (size_t j = 0; j < from_plain->beta.size(); ++j) {
        EXPECT_NEAR(from_packed->beta[j], from_plain->beta[j], 1e-10) << k << ' ' << j;
      }
    }
  }
}

TEST(PackedRows, EveryRowIsInOneRunThatJudgesIt) {
  const Table table = MadeHistory(500, 2);
  const TrainingHistory history = TrainingHistory::Of(table, 3);
  const RowNumbers rows = SomeRows(table);
  const Folds random = RandomFolds(history);
  const auto packed = PackedRows::Pack(history, rows, kFeatures, {&random}, 1);
  ASSERT_NE(packed, nullptr);
  std::vector<size_t> order(rows.size());
  packed->ForPlaces([&](size_t i, size_t place) { order[place] = i; });
  std::vector<int> judged(rows.size(), 0);
  for (int k = 0; k < random.count; ++k) {
    for (const PackedRows::Run& run : packed->RunsOf(packed->TestSegments(random, k))) {
      for (size_t i = run.begin; i < run.end; ++i) {
        ++judged[order[i]];
        EXPECT_EQ(random.TestedBy(rows[order[i]]), k);
      }
    }
  }
  EXPECT_EQ(judged, std::vector<int>(rows.size(), 1));
}

}  // namespace
}  // namespace pythia
