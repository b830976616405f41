// Documents that a client of the service reads back.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "records/json.h"
#include "records/record_generators.h"

namespace pythia {
namespace {

int64_t Whole() { return *rc::gen::arbitrary<int64_t>(); }

std::map<std::string, int64_t> Counts() {
  std::map<std::string, int64_t> counts;
  for (const std::string& name : any::List(any::Text)) counts[name] = Whole();
  return counts;
}

ColumnSummary AColumnSummary() {
  ColumnSummary column;
  column.name = any::Text();
  column.role = *rc::gen::element(Role::kId, Role::kPlan, Role::kOutcome, Role::kOther);
  column.type = *rc::gen::element(ColumnType::kText, ColumnType::kCategory, ColumnType::kNumber,
                                  ColumnType::kDate);
  column.present = *rc::gen::inRange(0, 2);
  column.missing = Whole();
  const bool date = column.type == ColumnType::kDate;
  column.min = date ? 366 : any::Finite();
  column.max = date ? 20000 : any::Finite();
  column.mean = any::Finite();
  column.distinct = Whole();
  column.largest = any::List([] { return std::pair(any::Text(), Whole()); });
  return column;
}

CleaningReport ACleaningReport() {
  CleaningReport report;
  report.file = any::Text();
  report.dataset = any::Text();
  report.generation = Whole();
  report.unchanged = *rc::gen::arbitrary<bool>();
  report.dry_run = *rc::gen::arbitrary<bool>();
  report.sha256 = any::Text();
  report.format = any::Text();
  report.grain = any::Text();
  report.currency = any::Text();
  report.rows_read = Whole();
  report.rows_kept = Whole();
  report.rows_rejected = Whole();
  report.rejected = Counts();
  report.flagged = Counts();
  report.rolled_up = any::Maybe<RolledUp>([] { return RolledUp{Whole(), Whole()}; });
  report.recognised =
      any::List([] { return RecognisedColumn{any::Text(), any::Text(), any::Text()}; });
  report.unknown = any::List(any::Text);
  report.left_out = any::List(any::Text);
  report.missing = any::List(any::Text);
  report.notes = any::List(any::Text);
  report.columns = any::List(AColumnSummary);
  report.rejects_file = any::Text();
  report.rejected_rows =
      any::List([] { return RejectedRow{Whole(), any::Text(), any::Text(), any::Text()}; });
  if (report.dry_run) {
    report.preview_header = any::List(any::Text);
    report.preview = any::List([] { return any::List(any::Text); });
  }
  return report;
}

ModelInfo AModelInfo() {
  return {.version = any::Text(),
          .dataset = any::Text(),
          .created_at = any::Text(),
          .file = any::Text(),
          .sha256 = any::Text(),
          .threads = *rc::gen::arbitrary<int>(),
          .active = *rc::gen::arbitrary<bool>(),
          .report = any::ATrainingReport()};
}

ModelCard AModelCard() {
  ModelCard card;
  card.info = AModelInfo();
  card.data_sha256 = any::Text();
  if (*rc::gen::arbitrary<bool>()) card.dates = {any::Text(), any::Text()};
  card.loads = any::List([] {
    CardLoad load{.load = {any::Text(), "", any::Text(), Whole(), any::Text()}};
    load.rows_kept = any::Maybe<int64_t>(Whole);
    load.rows_rejected = any::Maybe<int64_t>(Whole);
    if (load.rows_rejected) load.rejected = Counts();
    load.realised_spend = any::Text();
    return load;
  });
  card.program = any::Text();
  return card;
}

Options SomeOptions() {
  Options options;
  options.dataset = any::Text();
  for (const std::string& name : any::List(any::Text)) {
    options.categories[name] = any::List(any::Text);
    options.ranges[name] = {any::Finite(), any::Computed()};
  }
  if (*rc::gen::arbitrary<bool>()) options.dates = {any::Text(), any::Text()};
  options.currency = any::Text();
  return options;
}

DatasetDetails SomeDetails() {
  return {.generations = any::List(any::ADatasetInfo),
          .channels = any::List(
              [] { return GroupSums{any::Text(), Whole(), {any::Finite(), any::Computed()}}; }),
          .sums = {"Impressions", "Acquisition_Cost"}};
}

Job AJob() {
  Job job{.id = any::Text(), .kind = any::Text(), .state = any::Text(), .stage = any::Text()};
  job.done = Whole();
  job.total = Whole();
  job.created_at = any::Text();
  job.finished_at = any::Text();
  job.result = *rc::gen::element<std::string>("", R"({"rows":3})");
  job.error = any::Text();
  job.problem = any::Maybe<Error>([] {
    return Error{.code = *rc::gen::element(ErrorCode::kBadInput, ErrorCode::kIo),
                 .message = "cannot be read",
                 .place = {.line = Whole(), .column = "Clicks"},
                 .value = "x",
                 .hint = any::Text()};
  });
  return job;
}

RC_GTEST_PROP(Answers, TrainingReportsComeBack, ()) {
  any::ComesBack(any::ATrainingReport(), TrainingReportFromJson);
}
RC_GTEST_PROP(Answers, DatasetInfosComeBack, ()) {
  any::ComesBack(any::ADatasetInfo(), DatasetInfoFromJson);
}
RC_GTEST_PROP(Answers, DatasetDetailsComeBack, ()) {
  any::ComesBack(SomeDetails(), DatasetDetailsFromJson);
}
RC_GTEST_PROP(Answers, CleaningReportsComeBack, ()) {
  any::ComesBack(ACleaningReport(), CleaningReportFromJson);
}
RC_GTEST_PROP(Answers, ModelInfosComeBack, ()) { any::ComesBack(AModelInfo(), ModelInfoFromJson); }
RC_GTEST_PROP(Answers, ModelCardsComeBack, ()) { any::ComesBack(AModelCard(), ModelCardFromJson); }
RC_GTEST_PROP(Answers, OptionsComeBack, ()) { any::ComesBack(SomeOptions(), OptionsFromJson); }
RC_GTEST_PROP(Answers, JobsComeBack, ()) { any::ComesBack(AJob(), JobFromJson); }

// What a foreign server might send.
RC_GTEST_PROP(AnswersAttack, OtherDocumentsAreRefusedOrRead, ()) {
  const Json json = *rc::gen::element<Json>(
      Json(), Json(3), Json::array(), Json::object(), Json{{"generations", 3}},
      Json{{"generations", Json::array({1})}}, Json{{"report", Json::array()}},
      Json{{"preview", {{"rows", 3}}}}, Json{{"preview", {{"rows", {{1}}}}}},
      ToJson(any::ADatasetInfo()), ToJson(AJob()), ToJson(SomeOptions()));
  (void)DatasetDetailsFromJson(json).has_value();
  (void)CleaningReportFromJson(json).has_value();
  (void)ModelInfoFromJson(json).has_value();
  (void)ModelCardFromJson(json).has_value();
  (void)OptionsFromJson(json).has_value();
  (void)JobFromJson(json).has_value();
}

TEST(CleaningJson, NamesTheFieldThatIsWrong) {
  CleaningReport report;
  report.columns = {{"Date", ColumnType::kDate, Role::kPlan, 2, 1, 0, 365, 0, 0, {}}};
  Json json = ToJson(report);
  json["distributions"][0]["max"] = "soon";
  const auto read = CleaningReportFromJson(json);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().place.column, "distributions[0].max");
}

}  // namespace
}  // namespace pythia
