#include "ingest/file_columns.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr int kMappedRank = -1;

bool LooksLikeId(std::string_view header) {
  if (header.ends_with("_id") || header.ends_with(" id") || header.ends_with("_ID") ||
      header.ends_with(" ID") || header == "id" || header == "ID") {
    return true;
  }
  const bool camel = header.size() > 2 && (header.ends_with("ID") || header.ends_with("Id"));
  return camel && header[header.size() - 3] >= 'a' && header[header.size() - 3] <= 'z';
}

ProfileKind KindOf(std::string_view target, bool contested) {
  if (target == column::kDate || target == column::kEndDate) return ProfileKind::kDate;
  if (target == column::kDuration) return ProfileKind::kFree;
  if (target == column::kRoas) return ProfileKind::kNumber;
  if (target == column::kCurrency || target == column::kPersonal) return ProfileKind::kText;
  const ColumnSpec* spec = FindCanonical(target);
  if (spec != nullptr && IsNumeric(spec->type)) {
    return IsDerived(target) ? ProfileKind::kPresence : ProfileKind::kNumber;
  }
  return contested ? ProfileKind::kText : ProfileKind::kPresence;
}

void MakeUnique(FileColumns* columns) {
  std::set<std::string> used;
  for (size_t i = 0; i < columns->columns.size(); ++i) {
    FileColumn& column = columns->columns[i];
    if (column.header.empty()) {
      column.header = fmt::format("column_{}", i + 1);
      columns->notes.push_back(
          fmt::format("Column {} has no header; it is called {}.", i + 1, column.header));
    }
    const std::string name = column.header;
    for (int n = 2; !used.insert(column.header).second; ++n) {
      column.header = fmt::format("{}_{}", name, n);
    }
    if (column.header == name) continue;
    columns->notes.push_back(
        fmt::format("The header \"{}\" is there more than once; column {} is "
                    "called {}.",
                    name, i + 1, column.header));
    column.claim.reset();
    column.how.clear();
  }
}

Status ApplyMap(const CleanOptions& options, const std::string& file, FileColumns* columns) {
  for (const auto& [header, target] : options.map) {
    const std::string_view name = FindColumnName(target);
    if (name.empty() || IsDerived(name)) {
      std::vector<std::string> names;
      for (const ColumnSpec& spec : CanonicalColumns()) {
        if (!IsDerived(spec.name)) names.push_back(spec.name);
      }
      return Fail(Error{ErrorCode::kUsage,
                        "names a column that does not exist",
                        {.column = "map"},
                        target,
                        fmt::format("Choose one of: {}, Campaign_Name.", ListNames(names))});
    }
    const std::string key = ParseHeader(header).key;
    auto found = std::find_if(columns->columns.begin(), columns->columns.end(),
                              [&](const FileColumn& c) { return c.header == header; });
    if (found == columns->columns.end()) {
      found = std::find_if(columns->columns.begin(), columns->columns.end(),
                           [&](const FileColumn& c) { return c.form.key == key; });
    }
    if (found == columns->columns.end()) {
      std::vector<std::string> names;
      for (const FileColumn& column : columns->columns) names.push_back(column.header);
      return Fail(Error{ErrorCode::kUsage,
                        "names a header that the file does not have",
                        {.file = file, .column = "map"},
                        header,
                        fmt::format("Its headers are: {}.", ListNames(names))});
    }
    found->claim = Claim{name, kMappedRank};
    found->how = "map";
  }
  return {};
}

}  // namespace

std::vector<size_t> FileColumns::Claimants(std::string_view column) const {
  std::vector<size_t> found;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].claim && columns[i].claim->column == column) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [this](size_t a, size_t b) {
    return columns[a].claim->rank < columns[b].claim->rank;
  });
  return found;
}

Result<FileColumns> ReadHeader(const std::vector<std::string>& header, const CleanOptions& options,
                               const std::string& file) {
  FileColumns result;
  for (const std::string& name : header) {
    FileColumn& column = result.columns.emplace_back();
    column.header = name;
    column.form = ParseHeader(name);
    column.claim = FindClaim(column.form);
    if (column.claim) column.how = column.claim->rank == 0 ? "name" : "alias";
  }
  MakeUnique(&result);
  PYTHIA_TRY(ApplyMap(options, file, &result));
  for (FileColumn& column : result.columns) {
    column.identifies = LooksLikeId(column.header);
    if (!column.claim) {
      column.profile = column.identifies ? ProfileKind::kPresence : ProfileKind::kFree;
      continue;
    }
    const bool contested = result.Claimants(column.claim->column).size() > 1;
    column.profile = KindOf(column.claim->column, contested);
  }
  return result;
}

std::string ListNames(const std::vector<std::string>& names, size_t most) {
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), most); ++i) {
    list += i == 0 ? names[i] : ", " + names[i];
  }
  if (names.size() > most) list += fmt::format(" and {} more", names.size() - most);
  return list;
}

}  // namespace pythia
