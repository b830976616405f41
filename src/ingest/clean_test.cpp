#include "ingest/clean.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>
#include <iterator>
#include <numeric>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "duckdb/database.h"
#include "ingest/clean_in_test.h"
#include "ingest/summary.h"
#include "records/json.h"

namespace pythia {
namespace {

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool AnyNote(const CleaningReport& report, std::string_view part) {
  return std::any_of(report.notes.begin(), report.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

double Total(const Table& table, std::string_view name) {
  const Column* column = table.Find(name);
  double sum = 0;
  for (int64_t row = 0; row < column->size(); ++row) {
    if (!column->IsMissing(row)) sum += column->numbers()[static_cast<size_t>(row)];
  }
  return sum;
}

// The generated file of tests/data/oracle; counts and sums by an independent program.
TEST(Clean, GivesTheReferenceCountsAndSums) {
  const auto cleaned = CleanFile({.path = PYTHIA_TEST_DATA "/ingest/dirty2k.csv"});
  ASSERT_TRUE(cleaned);
  const CleaningReport& report = cleaned->report;
  EXPECT_EQ(report.sha256, "0ace031ddb70a669b15d483931f5544093dba1ff94edaa4bb1e1fd7443124296");
  EXPECT_EQ(report.rows_read, 2000);
  EXPECT_EQ(report.rows_kept, 1900);
  EXPECT_EQ(report.rows_rejected, 100);
  const Table& table = cleaned->table;
  EXPECT_EQ(Total(table, "Acquisition_Cost"), 23917209.0);
  EXPECT_EQ(Total(table, "Clicks"), 565595.0);
  EXPECT_EQ(Total(table, "Impressions"), 10490918.0);
  EXPECT_NEAR(Total(table, "CPC"), 91275.84089360197, 1e-7);
  EXPECT_NEAR(Total(table, "CTR"), 117.848075999349, 1e-10);
  std::vector<double> roi = table.Find("ROI")->numbers();
  std::sort(roi.begin(), roi.end());
  const double median = (roi[949] + roi[950]) / 2;
  EXPECT_DOUBLE_EQ(median, 5.02);
  EXPECT_EQ(std::count_if(roi.begin(), roi.end(), [&](double x) { return x > median; }), 947);
  const std::map<std::string, int64_t> channels = {{"Email", 288},      {"Facebook", 301},
                                                   {"Google Ads", 364}, {"Instagram", 311},
                                                   {"Website", 343},    {"YouTube", 293}};
  std::map<std::string, int64_t> counted;
  const Column* channel = table.Find("Channel_Used");
  for (int64_t row = 0; row < channel->size(); ++row) ++counted[std::string(channel->level(row))];
  EXPECT_EQ(counted, channels);
  std::vector<int64_t> lines;
  for (const RejectedRow& row : report.rejected_rows) lines.push_back(row.line - 1);
  EXPECT_EQ(lines, (std::vector<int64_t>{30,  81,  86,  92,  146, 153, 184, 187, 189, 202,
                                         242, 256, 267, 286, 290, 297, 316, 320, 346, 393}));
}

TEST(Clean, ReportsColumnsAndDistributions) {
  const auto cleaned = CleanFile({.path = PYTHIA_TEST_DATA "/ingest/meta_us.csv"});
  ASSERT_TRUE(cleaned);
  const CleaningReport& report = cleaned->report;
  EXPECT_EQ(report.format, "csv, comma, utf-8, header on line 1");
  EXPECT_EQ(report.grain, "campaign");
  EXPECT_TRUE(Has(report.unknown, "Reach"));
  EXPECT_TRUE(Has(report.unknown, "Clicks (all)"));
  EXPECT_TRUE(Has(report.missing, "Channel_Used"));
  EXPECT_FALSE(Has(report.missing, "ROI"));
  EXPECT_TRUE(AnyNote(report, "Clicks is taken from \"Link clicks\""));
  EXPECT_TRUE(AnyNote(report, "ROI = ROAS - 1"));
  EXPECT_DOUBLE_EQ(cleaned->table.Find("ROI")->numbers()[0], 1.5);
  EXPECT_TRUE(cleaned->table.Find("ROI")->IsMissing(1));
  EXPECT_EQ(cleaned->table.Find("Campaign_Name")->text(0), "Winter, broad");
  const auto duration =
      std::find_if(report.columns.begin(), report.columns.end(),
                   [](const ColumnSummary& column) { return column.name == "Duration"; });
  ASSERT_NE(duration, report.columns.end());
  EXPECT_EQ(duration->min, 14);
  EXPECT_EQ(duration->max, 28);
  EXPECT_EQ(duration->present, 2);
}

TEST(Clean, ReadsRatiosAndPercents) {
  const auto cleaned = CleanFile({.path = PYTHIA_TEST_DATA "/ingest/roi_percent.csv"});
  ASSERT_TRUE(cleaned);
  EXPECT_DOUBLE_EQ(cleaned->table.Find("ROI")->numbers()[0], 2.5);  // given, not (10 - 5) / 5
  EXPECT_DOUBLE_EQ(cleaned->table.Find("ROI")->numbers()[1], -0.2);
  EXPECT_DOUBLE_EQ(cleaned->table.Find("Conversion_Rate")->numbers()[0], 0.04);
}

TEST(Clean, LeavesOutPersonalData) {
  const std::string path = PYTHIA_TEST_DATA "/ingest/sheet.csv";
  const auto cleaned = CleanFile({.path = path});
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->report.left_out, (std::vector<std::string>{"owner_email", "phone"}));
  EXPECT_EQ(cleaned->table.Find("owner_email"), nullptr);
  EXPECT_NE(cleaned->table.Find("owner"), nullptr);
  const auto kept = CleanFile({.path = path, .options = {.keep_personal = true}});
  ASSERT_TRUE(kept);
  EXPECT_NE(kept->table.Find("owner_email"), nullptr);
}

TEST(Clean, TypesOtherColumns) {
  std::string text = "Impressions,Clicks,Device,Bid,Note,Ad ID,Booked on,Empty\n";
  for (int i = 0; i < 40; ++i) {
    text += fmt::format("{},{},{},{}.5,note {},{},2026-01-{:02},\n", 1000 + i, i,
                        i % 2 == 0 ? "mobile" : "desktop", i, i, 100 + i, i % 28 + 1);
  }
  const auto cleaned = CleanText(text);
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  const auto spec = [&](std::string_view name) { return cleaned->table.Find(name)->spec(); };
  EXPECT_EQ(spec("Device").type, ColumnType::kCategory);
  EXPECT_EQ(spec("Device").role, Role::kPlan);
  EXPECT_EQ(spec("Bid").type, ColumnType::kNumber);
  EXPECT_EQ(spec("Bid").role, Role::kOther);
  EXPECT_EQ(spec("Note").type, ColumnType::kText);
  EXPECT_EQ(spec("Ad ID").role, Role::kId);
  EXPECT_EQ(spec("Booked on").type, ColumnType::kDate);
  EXPECT_EQ(cleaned->table.Find("Empty"), nullptr);
  EXPECT_TRUE(AnyNote(cleaned->report, "Empty"));
}

TEST(Clean, HandsOutBlocks) {
  std::string text = "Campaign_ID,Impressions,Clicks\n";
  for (int i = 0; i < 5000; ++i) text += fmt::format("{},1000,{}\n", i, i % 7);
  const TestFolder folder;
  NoProgress progress;
  auto cleaning = Cleaning::Open({.path = folder.Write("a.csv", text)}, progress, {});
  ASSERT_TRUE(cleaning);
  std::vector<int64_t> sizes;
  for (;;) {
    const auto block = (*cleaning)->Next();
    ASSERT_TRUE(block);
    if (*block == nullptr) break;
    EXPECT_EQ((*block)->schema(), (*cleaning)->schema());
    for (const Column& column : (*block)->columns()) {
      EXPECT_EQ(column.size(), (*block)->num_rows());
    }
    sizes.push_back((*block)->num_rows());
  }
  EXPECT_EQ(sizes, (std::vector<int64_t>{2048, 2048, 904}));
}

// Bad rows, duplicates, quotes over lines, missing values and new levels all over a file that
// several threads read.
std::string LongFile() {
  std::string text = "Campaign_ID,Company,Duration,Acquisition_Cost,Impressions,Clicks,Date,Note\n";
  for (int i = 0; text.size() < (5 << 20); ++i) {
    const int id = i % 1013 == 0 ? i / 2 : i;
    text += fmt::format("{},Company {},{} days,\"${},{:03}.50\",{},{},2024-{:02}-{:02},{}\n", id,
                        id % (100 + id / 500), id % 60 + 1, id % 90 + 1, id % 1000, 5000 + id % 777,
                        id % 401 == 0 ? "x" : std::to_string(id % 97), id % 12 + 1, id % 30 + 1,
                        id % 503 == 0 ? "\"two\nlines\""
                        : id % 7 == 0 ? ""
                                      : "plain");
    if (i % 1999 == 0) text += "short,row\n\n";
  }
  return text;
}

TEST(Clean, GivesTheSameAtAnyNumberOfThreads) {
  const TestFolder folder;
  const std::string path = folder.Write("long.csv", LongFile());
  const auto all = [&](int threads) {
    NoProgress progress;
    auto cleaning = *Cleaning::Open({.path = path,
                                     .rejects_file = folder.path() / "rejects.csv",
                                     .preview_rows = 3,
                                     .threads = threads},
                                    progress, {});
    std::string rows;
    for (;;) {
      const Table* block = *cleaning->Next();
      if (block == nullptr) break;
      for (int64_t row = 0; row < block->num_rows(); ++row) {
        for (const Column& column : block->columns()) {
          if (column.type() == ColumnType::kCategory) {
            rows += fmt::format("{}:", column.codes()[static_cast<size_t>(row)]);
          }
          rows += FormatCell(column, row) + ",";
        }
        rows += "\n";
      }
    }
    const CleaningReport report = *cleaning->Finish();
    std::ifstream rejects(folder.path() / "rejects.csv");
    return std::tuple(DumpJson(ToJson(report)), rows,
                      std::string(std::istreambuf_iterator<char>(rejects), {}));
  };
  const auto expected = all(1);
  EXPECT_GT(std::get<2>(expected).size(), 1000U);
  for (const int threads : {2, 3, 8}) EXPECT_TRUE(all(threads) == expected) << threads;
}

// Ids tell rows apart while they can; from then on their bytes do. Numbers, and texts that only
// bytes tell apart, must give the same.
TEST(Clean, FindsDuplicatesWhateverTheIds) {
  struct Ids {
    const char* name;
    uint64_t (*of)(uint64_t i);
  };
  const std::vector<Ids> all = {
      {"serial", [](uint64_t i) { return i; }},
      {"from afar", [](uint64_t i) { return 4'000'000'000 + i * 3; }},
      {"beyond 32 bits", [](uint64_t i) { return (uint64_t{1} << 32) - 5000 + i; }},
      {"of sixteen digits", [](uint64_t i) { return 1'234'567'812'345'678 + i; }},
      {"scattered", [](uint64_t i) { return i * 2654435761 % 4294967291; }},
      {"descending", [](uint64_t i) { return 1'000'000 - i; }}};
  for (const Ids& ids : all) {
    for (const int first : {1, 2100, 8993, 100000}) {
      std::string numbers = "Campaign_ID,Impressions,Clicks\n";
      std::string texts = numbers;
      for (int i = 0; i < 9000; ++i) {
        // From `first` on, every third row is an earlier one, or has its id.
        const int from = i >= first && i % 3 == 0 ? i / 2 : i;
        const int clicks = i % 2 == 0 ? from % 7 : i % 7;
        const uint64_t id = ids.of(static_cast<uint64_t>(from));
        const bool bad = from % 101 == 5;
        numbers += fmt::format("{},{},{}\n", id, bad ? "x" : "1000", clicks);
        texts += fmt::format("a{},{},{}\n", id, bad ? "x" : "1000", clicks);
        if (i % 1000 == 7) numbers += "\n", texts += "\n";
      }
      const auto by_number = CleanText(numbers);
      const auto by_text = CleanText(texts);
      ASSERT_TRUE(by_number && by_text);
      EXPECT_EQ(by_number->report.rejected, by_text->report.rejected) << ids.name << first;
      EXPECT_EQ(by_number->report.rejected.count("duplicate"), first < 9000 ? 1U : 0U);
      EXPECT_EQ(Total(by_number->table, "Clicks"), Total(by_text->table, "Clicks"));
      ASSERT_EQ(by_number->report.rejected_rows.size(), by_text->report.rejected_rows.size());
      for (size_t i = 0; i < by_number->report.rejected_rows.size(); ++i) {
        EXPECT_EQ(by_number->report.rejected_rows[i].line, by_text->report.rejected_rows[i].line);
      }
    }
  }
}

TEST(Clean, WritesTheRejectsFile) {
  const TestFolder folder;
  const std::string rejects = (folder.path() / "rejects.csv").string();
  const std::string path =
      folder.Write("a.csv", "Campaign,Impressions,Clicks\na,1000,1\nb,\"=x,1\",2\nTotal,1,1\n");
  const auto cleaned = CleanFile({.path = path, .rejects_file = rejects});
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->report.rejects_file, rejects);
  std::ifstream file(rejects);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text,
            "line,column,value,reason\n"
            "3,Impressions,\"'=x,1\",bad_impressions\n"
            "4,,\"Total,1,1\",totals_row\n");
  const std::string good = folder.Write("b.csv", "Campaign,Impressions,Clicks\na,1000,1\n");
  const std::string none = (folder.path() / "none.csv").string();
  ASSERT_TRUE(CleanFile({.path = good, .rejects_file = none}));
  EXPECT_FALSE(std::filesystem::exists(none));
}

TEST(Clean, PreviewsTheFirstRows) {
  const auto cleaned = CleanFile(
      {.path = PYTHIA_TEST_DATA "/ingest/dirty2k.csv", .preview_rows = 2, .max_bytes = 9000});
  ASSERT_TRUE(cleaned);
  EXPECT_GT(cleaned->report.rows_kept, 10);
  EXPECT_LT(cleaned->report.rows_kept, 100);
  ASSERT_EQ(cleaned->report.preview.size(), 2U);
  EXPECT_EQ(cleaned->report.preview_header.front(), "Campaign_ID");
  EXPECT_EQ(cleaned->report.preview[0][7], "11807");
}

TEST(Clean, OptionsKeyTellsOptionsApart) {
  EXPECT_EQ(OptionsKey({}), OptionsKey({}));
  EXPECT_NE(OptionsKey({}), OptionsKey({.strict = true}));
  EXPECT_NE(OptionsKey({.map = {{"a", "b"}}}), OptionsKey({.set = {{"a", "b"}}}));
  EXPECT_NE(OptionsKey({.map = {{"a=b", "c"}}}), OptionsKey({.map = {{"a", "b=c"}}}));
  EXPECT_NE(OptionsKey({.decimal = '.'}), OptionsKey({.decimal = ','}));
  EXPECT_NE(OptionsKey({.grain = Grain::kRow}), OptionsKey({.grain = Grain::kCampaign}));
}

TEST(Clean, NamesTheMapLineToType) {
  const auto cleaned = CleanFile({.path = PYTHIA_TEST_DATA "/ingest/no_impressions.csv"});
  ASSERT_FALSE(cleaned);
  EXPECT_NE(cleaned.error().hint.find("--map \"Impresions shown=Impressions\""), std::string::npos);
  EXPECT_NE(cleaned.error().hint.find("Found: Campaign, Impresions shown"), std::string::npos);
  EXPECT_NE(cleaned.error().hint.find("Looked for Impressions: Impressions, impr"),
            std::string::npos);
}

TEST(Clean, ReadsGzipAndStandardInput) {
  const TestFolder folder;
  std::ifstream plain(PYTHIA_TEST_DATA "/ingest/dirty2k.csv", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(plain)), std::istreambuf_iterator<char>());
  const std::string path = (folder.path() / "a.gz").string();
  const gzFile file = ::gzopen(path.c_str(), "wb");
  ::gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  ::gzclose(file);
  const auto packed = CleanFile({.path = path});
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->report.rows_kept, 1900);

  const int saved = ::dup(STDIN_FILENO);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  std::thread writer([&] {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
  });
  ::dup2(ends[0], STDIN_FILENO);
  const auto piped = CleanFile({.path = "-"});
  writer.join();
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(ends[0]);
  ASSERT_TRUE(piped);
  EXPECT_EQ(piped->report.rows_kept, 1900);
  EXPECT_EQ(piped->report.file, "standard input");
  EXPECT_EQ(piped->report.sha256,
            "0ace031ddb70a669b15d483931f5544093dba1ff94edaa4bb1e1fd7443124296");
}

TEST(Clean, ReadsParquetAndJsonLinesByTheSameRules) {
  const TestFolder folder;
  const std::string csv = PYTHIA_TEST_DATA "/ingest/dirty2k.csv";
  const auto database = duckdb::Database::InMemory({});
  ASSERT_TRUE(database);
  auto connection = database->Connect();
  ASSERT_TRUE(connection);
  for (const char* format : {"parquet", "json"}) {
    const std::string path = (folder.path() / fmt::format("a.{}", format)).string();
    const auto written = connection->Run(
        fmt::format("COPY (SELECT * FROM read_csv('{}', all_varchar = true)) TO '{}' (FORMAT {})",
                    csv, path, format));
    ASSERT_TRUE(written) << written.error().ToString();
    const auto cleaned = CleanFile({.path = path});
    ASSERT_TRUE(cleaned) << cleaned.error().ToString();
    EXPECT_EQ(cleaned->report.rows_read, 2000);
    EXPECT_EQ(cleaned->report.rows_kept, 1900);
    EXPECT_EQ(Total(cleaned->table, "Acquisition_Cost"), 23917209.0);
    EXPECT_EQ(cleaned->report.rejected_rows[0].line, 30);
  }
  const auto broken = CleanFile({.path = folder.Write("b.parquet", "PAR1 and no more")});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadInput);
  EXPECT_EQ(ErrorCode::kBadInput,
            CleanFile({.path = folder.Write("c.json", "{\"a\": [1,")}).error().code);
}

TEST(Clean, TypedParquetIsReadToo) {
  const TestFolder folder;
  const std::string path = (folder.path() / "typed.parquet").string();
  auto connection = duckdb::Database::InMemory({})->Connect();
  ASSERT_TRUE(connection->Run(fmt::format(
      "COPY (SELECT 'c' || range AS campaign, DATE '2026-03-04' AS day, 1000::BIGINT AS "
      "impressions, range::INTEGER AS clicks, 12.5::DOUBLE AS spend, 3.25::DECIMAL(10,2) AS "
      "revenue "
      "FROM range(10)) TO '{}' (FORMAT parquet)",
      path)));
  const auto cleaned = CleanFile({.path = path});
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  EXPECT_EQ(cleaned->report.rows_kept, 10);
  EXPECT_EQ(Total(cleaned->table, "Acquisition_Cost"), 125);
  EXPECT_EQ(Total(cleaned->table, "Revenue"), 32.5);
}

// The same file in any dialect, encoding and buffer size gives the same table.
RC_GTEST_PROP(Clean, DoesNotDependOnDialectOrBuffer, ()) {
  const auto rows = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(0, 100))));
  const char delimiter = *rc::gen::element(',', ';', '\t', '|');
  const std::string end = *rc::gen::element<std::string>("\n", "\r\n", "\r");
  const std::string mark = *rc::gen::element<std::string>("", "\xEF\xBB\xBF");
  const auto buffer = static_cast<size_t>(*rc::gen::inRange(1, 300));
  const std::array<std::string, 3> channels = {"Search", "Caf\xC3\xA9", "a, \"b\""};
  std::string text =
      mark + fmt::format("Channel{0}Impressions{0}Clicks{0}Spend{1}", delimiter, end);
  double clicks = 0;
  for (const auto& [channel, count] : rows) {
    clicks += count;
    const bool quoted = channel == 2;
    text += fmt::format("{1}{0}1000{0}{2}{0}12.5{3}", delimiter,
                        quoted ? "\"a, \"\"b\"\"\"" : channels[static_cast<size_t>(channel)], count,
                        end);
  }
  const TestFolder folder;
  const auto cleaned = CleanFile({.path = folder.Write("a.csv", text), .buffer_bytes = buffer});
  RC_ASSERT(cleaned.has_value());
  RC_ASSERT(cleaned->report.rows_kept == static_cast<int64_t>(rows.size()));
  RC_ASSERT(Total(cleaned->table, "Clicks") == clicks);
  const Column* channel = cleaned->table.Find("Channel_Used");
  for (size_t row = 0; row < rows.size(); ++row) {
    RC_ASSERT(channel->level(static_cast<int64_t>(row)) ==
              channels[static_cast<size_t>(rows[row].first)]);
  }
}

}  // namespace
}  // namespace pythia
