// Daily rows of campaigns into one row per campaign.
//
// Rows are of one campaign where their Campaign_ID (else Campaign_Name) and all their canonical
// categories (schema.h) are the same; other categories, such as a day of the week, split nothing.
// Of its rows a campaign gets
//   Date                              the first
//   Duration                          last − first + 1 days; a row that has a Duration of its own
//                                     (a report's period) ends that many days after its Date
//   counts, money, Conversions        the sum; missing where some rows have it and others do not,
//                                     for a part is no total
//   Conversion_Rate                   Conversions / Clicks, else its mean weighted by Clicks;
//                                     missing where Conversions lack rows
//   ROI                               (Revenue − spend) / spend, else its mean weighted by spend;
//                                     missing where Revenue lacks rows
//   Engagement_Score                  its mean weighted by Impressions
//   other numbers                     the value where all rows that have one agree (a quality
//                                     score); else the sum where the column holds whole numbers
//                                     only, else the mean
//   other categories and texts        the one that all rows that have one agree on, else missing
//   other dates                       the first
// Campaigns come in the order of their first rows. A row without a campaign's name stays alone.
// Memory grows with the campaigns, not with the rows. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "campaign/table.h"

namespace pythia {

namespace column {
// No canonical column: what a campaign is called, where a file says so.
inline constexpr std::string_view kCampaignName = "Campaign_Name";
}  // namespace column

class Rollup {
 public:
  // `rows`: the schema of the blocks; has Impressions, Clicks and Date. Derived columns (CTR, CPC,
  // CPM, and ROI where it `roi_is_derived`) are left to FillDerived().
  Rollup(const Schema& rows, bool roi_is_derived);

  // `rows` and Duration.
  const Schema& schema() const { return schema_; }

  // A block; columns that are derived may be behind in it.
  void Add(const Table& block);
  int64_t num_campaigns() const { return static_cast<int64_t>(first_day_.size()); }

  // Once: one row per campaign, derived columns empty.
  Table Finish();
  // Sentences on what was left empty and in how many campaigns.
  std::vector<std::string> Notes() const;

 private:
  enum class How { kKey, kSum, kMean, kSumOrMean, kSame, kFirstDay, kDate, kDuration, kDerived };
  struct Gathered {
    How how = How::kSame;
    int source = -1;                 // column of the blocks; -1: Duration that they lack
    int weight = -1;                 // column of the blocks, for kMean
    std::vector<double> sum;         // by campaign
    std::vector<double> lost;        // what rounding took from it (Neumaier's summation)
    std::vector<double> weight_sum;  // by campaign; for sums and kSumOrMean the number of values
    std::vector<char> lacks;         // kSum, by campaign: a row has no value
    std::vector<double> first;       // kSumOrMean, by campaign: its first value
    std::vector<char> varies;        // kSumOrMean, by campaign: another value came later
    int part = -1;                   // kMean, column of schema_: empty where this one lacks rows
    bool whole = true;               // all values of the column
    std::vector<int32_t> day;
    std::vector<uint32_t> code;
    std::vector<std::string> text;
    std::vector<char> state;  // kSame: 0 nothing yet, 1 one text, 2 several
    std::shared_ptr<Dictionary> dictionary;
  };

  static How HowFor(const ColumnSpec& spec, bool roi_is_derived);
  void MakeKey(const Table& block, int64_t row);
  size_t CampaignOf(const Table& block, int64_t row);
  static void AddValue(const Table& block, int64_t row, size_t campaign, Gathered* gathered);
  static void AddNumber(double value, double weight, size_t campaign, Gathered* gathered);
  static void AddText(const Column& column, int64_t row, size_t campaign, Gathered* gathered);
  void AddDays(const Table& block, int64_t row, size_t campaign);
  static void Grow(Gathered* gathered, size_t campaigns);
  void Emit(const Gathered& gathered, Column* column);
  static bool LacksRows(const Gathered& gathered, size_t campaign);
  void EmitNumber(const Gathered& gathered, size_t campaign, Column* column) const;
  void Recompute(Table* table);

  Schema schema_;
  std::vector<Gathered> columns_;  // by column of schema_
  int date_ = -1;                  // columns of the blocks
  int duration_ = -1;
  int name_ = -1;
  std::vector<int> categories_;
  std::vector<int32_t> first_day_;  // by campaign
  std::vector<int32_t> last_day_;
  std::unordered_map<std::string, size_t> campaigns_;
  std::string key_;
};

}  // namespace pythia
