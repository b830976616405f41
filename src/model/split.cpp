#include "model/split.h"

#include <bit>
#include <map>
#include <unordered_set>

#include "base/random.h"
#include "base/sha256.h"
#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr double kTestShare = 0.2;
constexpr uint64_t kFolds = 5;
constexpr size_t kMinDays = 5;

uint64_t HashText(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return Mix64(hash);
}

// One column's part of the rows' hashes.
void MixColumn(const Column& column, std::vector<uint64_t>* hashes) {
  std::vector<uint64_t> levels;
  if (column.type() == ColumnType::kCategory) {
    for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
      levels.push_back(HashText(column.dictionary()->level(code)));
    }
  }
  for (size_t row = 0; row < hashes->size(); ++row) {
    uint64_t value = 0x6d697373696e67ULL;
    if (!column.IsMissing(static_cast<int64_t>(row))) {
      if (column.type() == ColumnType::kCategory) {
        value = levels[column.codes()[row]];
      } else if (column.type() == ColumnType::kText) {
        value = HashText(column.text(static_cast<int64_t>(row)));
      } else if (column.type() == ColumnType::kDate) {
        value = static_cast<uint64_t>(column.days()[row]);
      } else {
        value = std::bit_cast<uint64_t>(column.numbers()[row]);
      }
    }
    (*hashes)[row] = Mix64((*hashes)[row] * 0x9e3779b97f4a7c15ULL ^ value);
  }
}

bool Repeats(const Column& ids) {
  std::unordered_set<std::string_view> seen;
  for (int64_t row = 0; row < ids.size(); ++row) {
    if (!ids.IsMissing(row) && !seen.insert(ids.text(row)).second) return true;
  }
  return false;
}

HeldOut ByHash(const Table& table, uint64_t seed) {
  const auto rows = static_cast<size_t>(table.num_rows());
  std::vector<uint64_t> hashes(rows, Mix64(seed));
  HeldOut held_out;
  const Column* ids = table.Find(column::kCampaignId);
  if (ids != nullptr && ids->type() == ColumnType::kText && Repeats(*ids)) {
    held_out.rule = "one in five, by a hash of Campaign_ID and the seed";
    MixColumn(*ids, &hashes);
  } else {
    held_out.rule = "one in five, by a hash of the row and the seed";
    for (const Column& column : table.columns()) MixColumn(column, &hashes);
  }
  for (const uint64_t hash : hashes) held_out.test.push_back((hash >> 32) % kFolds == 0 ? 1 : 0);
  return held_out;
}

}  // namespace

HeldOut HoldOut(const Table& table, uint64_t seed) {
  const Column* date = table.Find(column::kDate);
  if (date == nullptr || date->num_missing() * 100 > date->size()) return ByHash(table, seed);
  std::map<int32_t, int64_t> rows_by_day;
  for (int64_t row = 0; row < date->size(); ++row) {
    if (!date->IsMissing(row)) ++rows_by_day[date->days()[static_cast<size_t>(row)]];
  }
  if (rows_by_day.size() < kMinDays) return ByHash(table, seed);
  const double wanted = kTestShare * static_cast<double>(table.num_rows());
  double taken = 0;
  int32_t first_day = 0;
  for (auto day = rows_by_day.rbegin(); day != rows_by_day.rend() && taken < wanted; ++day) {
    taken += static_cast<double>(day->second);
    first_day = day->first;
  }
  // One huge day would leave too little to learn from.
  if (taken > 0.5 * static_cast<double>(table.num_rows())) return ByHash(table, seed);
  HeldOut held_out{.rule = "forward in time, from " + FormatDay(first_day), .test = {}};
  for (int64_t row = 0; row < date->size(); ++row) {
    held_out.test.push_back(
        !date->IsMissing(row) && date->days()[static_cast<size_t>(row)] >= first_day ? 1 : 0);
  }
  return held_out;
}

std::string DataDigest(const Table& table) {
  Sha256 sha;
  const auto bytes = [&sha](const auto& values) {
    sha.Update(
        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values.front())});
  };
  for (const Column& column : table.columns()) {
    sha.Update(column.name());
    sha.Update(TypeName(column.type()));
    if (column.type() == ColumnType::kText) {
      for (int64_t row = 0; row < column.size(); ++row) {
        sha.Update(column.text(row));
        sha.Update(column.IsMissing(row) ? std::string_view("\1", 1) : std::string_view("\0", 1));
      }
    } else if (column.type() == ColumnType::kCategory) {
      // Codes count levels in order of first appearance, which the rows alone decide.
      bytes(column.codes());
      for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
        sha.Update(column.dictionary()->level(code));
        sha.Update(std::string_view("\0", 1));
      }
    } else if (column.type() == ColumnType::kDate) {
      bytes(column.days());
    } else {
      bytes(column.numbers());
    }
  }
  return sha.HexDigest();
}

}  // namespace pythia
