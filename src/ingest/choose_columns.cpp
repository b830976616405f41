// Which column of a file stands for one of ours, and what to say where none does.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "ingest/column_plan.h"

namespace pythia {
namespace {

// Whether the cells fit what a weak claim says.
bool CellsAgree(const FileColumn& column, const ColumnProfile& profile) {
  if (profile.present == 0 || column.claim->rank < 0) return true;
  if (column.profile == ProfileKind::kDate) return MostOf(profile.dates, profile.present, 50);
  if (column.profile == ProfileKind::kNumber && column.claim->rank > 0) {
    return MostOf(profile.numbers, profile.present, 50);
  }
  return true;
}

}  // namespace

bool MostOf(int64_t some, int64_t all, int64_t percent) { return some * 100 >= all * percent; }

bool NamesStart(const HeaderForm& form) {
  constexpr std::array<std::string_view, 9> kStarts = {"start",  "debut",  "beginn",
                                                       "anfang", "inicio", "inizio",
                                                       "begin",  "launch", "reportingstarts"};
  return std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view word) {
    return form.core.find(word) != std::string::npos;
  });
}

// The strongest claim wins, unless another column has more than twice as many values.
int ChooseColumn(const FileColumns& columns, const Survey& survey, std::string_view column) {
  std::vector<size_t> fitting;
  int64_t most = 0;
  for (const size_t i : columns.Claimants(column)) {
    if (!CellsAgree(columns.columns[i], survey.profiles[i])) continue;
    fitting.push_back(i);
    most = std::max(most, survey.profiles[i].present);
  }
  for (const size_t i : fitting) {
    const bool mapped = columns.columns[i].claim->rank < 0;
    if (mapped || survey.profiles[i].present * 2 >= most) return static_cast<int>(i);
  }
  return -1;
}

Error LackingColumns(const FileColumns& columns, const std::vector<std::string>& lacking,
                     const std::string& file) {
  std::vector<std::string> found;
  for (const FileColumn& column : columns.columns) found.push_back(column.header);
  std::string hint = fmt::format("Found: {}.\n", ListNames(found));
  std::string command;
  bool guessed = true;
  for (const std::string& name : lacking) {
    std::vector<std::string> names = KnownNames(name);
    names.resize(std::min<size_t>(names.size(), 9));
    hint += fmt::format("Looked for {}: {} ...\n", name, ListNames(names));
    std::string guess = GuessHeader(found, name);
    guessed = guessed && !guess.empty();
    if (guess.empty()) guess = "Their header";
    command += fmt::format(" --map \"{}={}\"", guess, name);
  }
  hint += guessed ? "If this is what they are called, add:"
                  : "If the file has them under other names, add:";
  hint += command;
  return Error{ErrorCode::kBadInput,
               fmt::format("no column for {}", ListNames(lacking)),
               {.file = file},
               {},
               std::move(hint)};
}

}  // namespace pythia
