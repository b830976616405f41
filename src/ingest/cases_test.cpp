// tests/data/ingest/cases.txt: a file, options, and what must come of it, one case per line.
#include <fstream>
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "campaign/schema.h"
#include "ingest/dump_in_test.h"

namespace pythia {
namespace {

struct Case {
  std::string file;
  CleanOptions options;
  std::string expected;
};

std::string Part(const std::string& line, size_t index) {
  std::istringstream parts(line);
  std::string part;
  for (size_t i = 0; i <= index; ++i) std::getline(parts, part, '|');
  const size_t begin = part.find_first_not_of(' ');
  const size_t end = part.find_last_not_of(' ');
  return begin == std::string::npos ? "" : part.substr(begin, end - begin + 1);
}

// "decimal=, strict map=Their header=Clicks" with ';' between them.
CleanOptions ParseOptions(const std::string& text) {
  CleanOptions options;
  std::istringstream parts(text);
  std::string part;
  while (std::getline(parts, part, ';')) {
    const size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    const size_t inner = value.rfind('=');
    if (key == "dmy") options.date_order = DateOrder::kDmy;
    if (key == "mdy") options.date_order = DateOrder::kMdy;
    if (key == "row") options.grain = Grain::kRow;
    if (key == "campaign") options.grain = Grain::kCampaign;
    if (key == "strict") options.strict = true;
    if (key == "personal") options.keep_personal = true;
    if (key == "decimal") options.decimal = value[0];
    if (key == "map") options.map[value.substr(0, inner)] = value.substr(inner + 1);
    if (key == "set") options.set[value.substr(0, inner)] = value.substr(inner + 1);
  }
  return options;
}

std::vector<Case> Cases() {
  std::ifstream file(PYTHIA_TEST_DATA "/ingest/cases.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    cases.push_back({Part(line, 0), ParseOptions(Part(line, 1)), Part(line, 2)});
  }
  return cases;
}

double Sum(const Table& table, std::string_view name) {
  const Column* column = table.Find(name);
  if (column == nullptr) return 0;
  double sum = 0;
  for (int64_t row = 0; row < column->size(); ++row) {
    if (!column->IsMissing(row)) sum += column->numbers()[static_cast<size_t>(row)];
  }
  return sum;
}

std::string Counts(const std::map<std::string, int64_t>& counts) {
  std::string text;
  for (const auto& [key, count] : counts) text += fmt::format(" {} {}", key, count);
  return text;
}

std::string Describe(const Result<Cleaned>& cleaned) {
  if (!cleaned) return "error: " + cleaned.error().message;
  const CleaningReport& report = cleaned->report;
  EXPECT_EQ(report.rows_read, report.rows_kept + report.rows_rejected);
  std::string text =
      fmt::format("read {} kept {} out {}{}{}", report.rows_read, report.rows_kept,
                  cleaned->table.num_rows(), Counts(report.rejected), Counts(report.flagged));
  text += fmt::format(" currency {}", report.currency.empty() ? "-" : report.currency);
  for (const std::string_view name :
       {column::kImpressions, column::kClicks, column::kAcquisitionCost, column::kRevenue,
        column::kDuration}) {
    if (cleaned->table.Find(name) != nullptr) {
      text += fmt::format(" {} {:.10g}", name, Sum(cleaned->table, name));
    }
  }
  return text;
}

class CleaningCase : public testing::TestWithParam<Case> {};

TEST_P(CleaningCase, GivesWhatTheFileSays) {
  const Case& param = GetParam();
  for (const size_t buffer : {size_t{1} << 18, size_t{61}}) {
    const CleanRequest request{.path = PYTHIA_TEST_DATA "/ingest/" + param.file,
                               .options = param.options,
                               .buffer_bytes = buffer};
    EXPECT_EQ(Describe(CleanFile(request)), param.expected) << param.file << " buffer " << buffer;
  }
}

// However much of the file the first guess is made from.
TEST_P(CleaningCase, IsTheSameWhateverComesFirst) {
  CleanRequest request{.path = PYTHIA_TEST_DATA "/ingest/" + GetParam().file,
                       .options = GetParam().options,
                       .preview_rows = 5,
                       .first_rows = 0};
  const std::string expected = Dump(CleanFile(request));
  for (const int64_t first : {1, 2, 5, 1 << 14}) {
    request.first_rows = first;
    EXPECT_EQ(Dump(CleanFile(request)), expected) << GetParam().file << " first " << first;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, CleaningCase, testing::ValuesIn(Cases()),
                         [](const auto& shown) { return fmt::format("{:02}", shown.index + 1); });

}  // namespace
}  // namespace pythia
