// A foreign file as cleaned campaigns, and the report of what became of its rows.
//
// What a column is and how it is written is decided per column, from all of its cells. Open() reads
// the first rows; Next() cleans by what they say and gathers what all rows say. Where that decides
// otherwise at the end, Restart() begins anew, so a file is read once, or, where its beginning
// misleads, twice or three times; what comes out is the same. Several threads work on blocks of the
// file, and their number makes no difference either. Memory is bounded by the longest row
// that is allowed (1 MiB), the levels of the categories, where rows are rolled up the campaigns,
// and what finds duplicates: a bit for each id, or, where ids are no near numbers or come back, 12
// to 24 bytes per row.
//
// A bad row never stops a load. It is counted under one of these reasons, and its line, column,
// value and reason go to the rejects file:
//   missing_impressions, bad_impressions (no number), negative_impressions, fractional_impressions,
//   missing_clicks, bad_clicks, negative_clicks, fractional_clicks,
//   missing_spend, bad_spend, negative_spend,
//   bad_number (text in another number cell), negative_conversions, bad_duration, bad_date,
//   too_few_fields, too_many_fields, totals_row, repeated_header, invalid_utf8,
//   duplicate (equal to an earlier row, in a file with a Campaign_ID),
//   clicks_above_impressions (only with `strict`).
// Kept with a remark (CleaningReport::flagged): clicks_above_impressions, duplicate (where there is
// no Campaign_ID). Blank lines and the closing lines of ad-platform exports are no rows.
//
// rows_kept + rows_rejected == rows_read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "base/progress.h"
#include "campaign/table.h"
#include "ingest/fields.h"
#include "records/cleaning_report.h"

namespace pythia {

enum class Grain {
  kCampaign,  // a row is a campaign; rows of one campaign over several dates are rolled up
  kRow,       // rows stay as they are
};

struct CleanOptions {
  std::map<std::string, std::string> map = {};  // their header → our column
  std::map<std::string, std::string> set = {};  // plan column that the file lacks → its value
  std::optional<Grain> grain = {};           // empty: rolled up where campaigns repeat over dates
  std::optional<DateOrder> date_order = {};  // empty: found out
  std::optional<char> decimal = {};          // '.' or ','; empty: found out
  bool strict = false;
  bool keep_personal = false;
};

// The options as one text: with the file's SHA-256 the identity of a load.
std::string OptionsKey(const CleanOptions& options);

struct CleanRequest {
  std::string path = {};  // "-": standard input
  CleanOptions options = {};
  std::filesystem::path rejects_file = {};  // empty: none. Written only where rows are rejected.
  int preview_rows = 0;                     // of the result, for the report
  int64_t max_bytes = 0;                    // read no more of the file (a preview); 0: all
  bool digest = true;                       // the file's SHA-256 is wanted
  // The result depends on none of these.
  size_t buffer_bytes = 1 << 18;  // read at once
  int threads = 0;                // 0: one per core
  int64_t first_rows = 1 << 14;   // from which it is guessed what the columns are
};

// Not rewindable. Not thread-safe.
class Cleaning {
 public:
  // Reads the first rows, or all. kUsage for options that make no sense; kNotFound, kIo;
  // kCancelled; kBadInput, each with a way out, for what is no table, lacks Impressions or Clicks,
  // mixes currencies, or can be read in two ways (then `date_order` or `decimal` decides). Next()
  // and Restart() fail with the same. `progress` must outlive the Cleaning.
  static Result<std::unique_ptr<Cleaning>> Open(const CleanRequest& request, Progress& progress,
                                                std::stop_token stop);
  virtual ~Cleaning() = default;

  // These hold until Restart() or Settle() is true.
  virtual const Schema& schema() const = 0;  // of every block, CTR, CPC and CPM included
  virtual Grain grain() const = 0;
  virtual const std::string& currency() const = 0;  // ISO 4217, empty: unknown

  // The next block of at most kBlockRows rows, valid until the next call; null at the end.
  virtual Result<const Table*> Next() = 0;
  // To be asked when Next() has come to the end. True where all that it handed out is void and
  // begins anew, perhaps with another schema, grain and currency: at most once.
  virtual Result<bool> Restart() = 0;

  // Before the first Next(): reads what it takes to be sure of schema, grain and currency, so that
  // there will be no Restart(). False where that was so already.
  virtual Result<bool> Settle() = 0;

  // Of the file as it lies there; known when Restart() is false. Empty where it is not wanted.
  virtual const std::string& sha256() const = 0;
  // The same at any time, wanted or not; reads the whole file where it has to.
  virtual Result<std::string> ReadDigest() = 0;

  // Once, after the last block, when Restart() is false: writes the rejects file and completes the
  // report (all but dataset, generation, unchanged and dry_run). kConflict where the file changed
  // while it was read; kBadInput where no row is left.
  virtual Result<CleaningReport> Finish() = 0;
};

}  // namespace pythia
