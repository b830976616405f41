// Files whose first rows say something else than all of them: cleaned anew, and as if all had been
// looked at first.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/dump_in_test.h"

namespace pythia {
namespace {

struct Story {
  const char* name;
  std::string header;
  std::string (*row)(int i, bool late);  // `late`: in the file's last rows
  int restarts;
};

// What a late row brings with it.
std::vector<Story> Stories() {
  return {
      {"decimal comma", "Impressions;Clicks;Acquisition_Cost",
       [](int i, bool late) {
         return late ? fmt::format("{};{};{},5", 1000 + i, i % 7, i % 90)
                     : fmt::format("{};{};{}", 1000 + i, i % 7, 1 + i % 90);
       },
       1},
      {"month first", "Impressions,Clicks,Date",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7, late ? "3/25/2024" : "2024-03-25");
       },
       1},
      {"a text among numbers", "Impressions,Clicks,Bid",
       [](int i, bool late) {
         return late ? fmt::format("{},{},word {}", 1000 + i, i % 7, i % 3)
                     : fmt::format("{},{},{}.5", 1000 + i, i % 7, i % 50);
       },
       1},
      {"many texts", "Impressions,Clicks,Note",
       [](int i, bool late) {
         return fmt::format("{},{},note {}", 1000 + i, i % 7, late ? i : i % 5);
       },
       1},
      {"a column that is empty at first", "Impressions,Clicks,Device,Revenue",
       [](int i, bool late) {
         return fmt::format("{},{},{},{}", 1000 + i, i % 7, late ? "mobile" : "", late ? "12" : "");
       },
       1},
      {"another currency", "Impressions,Clicks,Acquisition_Cost",
       [](int i, bool late) {
         return fmt::format("{},{},{}{}.50", 1000 + i, i % 7, late ? "€" : "$", i % 90);
       },
       0},
      {"a currency at last", "Impressions,Clicks,Acquisition_Cost",
       [](int i, bool late) {
         return fmt::format("{},{},{}{}.50", 1000 + i, i % 7, late ? "€" : "", i % 90);
       },
       1},
      {"a percent sign", "Impressions,Clicks,Conversion_Rate (%)",
       [](int i, bool late) {
         return fmt::format("{},{},{}{}", 1000 + i, i % 7, i % 9, late ? " %" : "");
       },
       1},
      {"campaigns that come back", "Campaign_ID,Date,Impressions,Clicks",
       [](int i, bool late) {
         return fmt::format("c{},2024-{:02}-{:02},{},{}", late ? i % 30 : i, i % 12 + 1, i % 28 + 1,
                            1000 + i, i % 7);
       },
       1},
      {"campaigns that come back no more", "Campaign_ID,Date,Impressions,Clicks",
       [](int i, bool late) {
         return fmt::format("c{},2024-{:02}-{:02},{},{}", late ? i : i % 10, i % 12 + 1, i % 28 + 1,
                            1000 + i, i % 7);
       },
       1},
      {"a byte of Windows-1252", "Impressions,Clicks,Device",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7, late ? "caf\xE9" : "mobile");
       },
       0},
      {"bytes that are no text", "Impressions,Clicks,Device",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7, late ? "caf\xE9 \xC3\xA9" : "mobile");
       },
       0},
      {"a NUL byte", "Impressions,Clicks,Device",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7,
                            late ? std::string("x\0y", 3) : std::string("mobile"));
       },
       0},
      {"a quote that is never closed", "Impressions,Clicks,Device",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7, late ? "\"x" : "mobile");
       },
       1},
      {"numbers that can be read in two ways", "Impressions;Clicks;Acquisition_Cost",
       [](int i, bool late) {
         return fmt::format("{};{};{}", 1000 + i, i % 7, late ? "1.5" : "1.250");
       },
       0},
      {"addresses", "Impressions,Clicks,Who",
       [](int i, bool late) {
         return fmt::format("{},{},{}", 1000 + i, i % 7, late ? "" : fmt::format("a{}@b.org", i));
       },
       0},
      {"nothing new",
       "Campaign_ID,Company,Duration,Acquisition_Cost,Impressions,Clicks,Date,Bid,Note",
       [](int i, bool late) {
         return fmt::format("{},Company {},{} days,\"${},{:03}.50\",{},{},2024-{:02}-{:02},{},n{}",
                            i, i % 40, i % 60 + 1, i % 90 + 1, i % 1000, 5000 + i % 777,
                            late && i % 9 == 0 ? "x" : "12", i % 12 + 1, i % 30 + 1,
                            i % 11 == 0 ? "" : fmt::format("{}.25", i % 50), i);
       },
       0},
  };
}

std::string TextOf(const Story& story, int rows, int late) {
  std::string text = story.header + "\n";
  for (int i = 0; i < rows; ++i) text += story.row(i, i >= rows - late) + "\n";
  return text;
}

TEST(CleanRestart, GivesWhatASurveyOfAllRowsGives) {
  for (const Story& story : Stories()) {
    const TestFolder folder;
    // A large share, or a single row: what tips the balance differs.
    for (const int late : {1, 2000, 5900}) {
      CleanRequest request{.path = folder.Write("a.csv", TextOf(story, 6000, late)),
                           .rejects_file = folder.path() / "rejects.csv",
                           .preview_rows = 3,
                           .first_rows = 0};
      const std::string expected = Dump(CleanFile(request));
      for (const int64_t first : {50, 3000}) {
        request.first_rows = first;
        const auto cleaned = CleanFile(request);
        EXPECT_TRUE(Dump(cleaned) == expected) << story.name << ", late " << late;
        if (cleaned && late == 5900 && first == 50) {
          EXPECT_EQ(cleaned->restarts, story.restarts) << story.name;
        }
      }
    }
  }
}

TEST(CleanRestart, IsTheSameAtAnyNumberOfThreads) {
  const TestFolder folder;
  for (const Story& story : Stories()) {
    const bool many = story.header.size() > 60;
    if (!many && std::string_view(story.name).find(" text") == std::string_view::npos &&
        std::string_view(story.name).find("decimal") == std::string_view::npos &&
        std::string_view(story.name).find("1252") == std::string_view::npos) {
      continue;
    }
    const int rows = many ? 90000 : 350000;
    CleanRequest request{.path = folder.Write("a.csv", TextOf(story, rows, rows / 3)),
                         .rejects_file = folder.path() / "rejects.csv",
                         .first_rows = 0};
    ASSERT_GT(std::filesystem::file_size(request.path), 4U << 20);
    const std::string expected = Dump(CleanFile(request));
    for (const int threads : {1, 2}) {
      request.first_rows = 1000;
      request.threads = threads;
      EXPECT_TRUE(Dump(CleanFile(request)) == expected) << story.name << " threads " << threads;
    }
  }
}

// The digest is the file's, whatever was asked for when.
TEST(CleanRestart, KnowsTheDigestBeforeTheRowsWhereItIsAskedFor) {
  const TestFolder folder;
  const std::string path = folder.Write("a.csv", TextOf(Stories()[0], 6000, 2000));
  const auto expected = CleanFile({.path = path, .first_rows = 0});
  ASSERT_TRUE(expected);
  NoProgress progress;
  const auto cleaning = *Cleaning::Open({.path = path, .first_rows = 10}, progress, {});
  EXPECT_EQ(cleaning->sha256(), "");
  EXPECT_EQ(*cleaning->ReadDigest(), expected->report.sha256);
  int ends = 0;
  for (bool again = true; again; ++ends) {
    while (*cleaning->Next() != nullptr) {
    }
    EXPECT_EQ(*cleaning->Next(), nullptr);
    again = *cleaning->Restart();
  }
  EXPECT_EQ(ends, 2);
  EXPECT_FALSE(*cleaning->Restart());
  EXPECT_EQ(cleaning->Finish()->sha256, expected->report.sha256);
}

}  // namespace
}  // namespace pythia
