#include "glm/oracle_data_test.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/check.h"

namespace pythia::glm {
namespace {

std::vector<std::string> SplitCsv(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

size_t IndexOf(const std::vector<std::string>& values, std::string_view value) {
  const auto it = std::find(values.begin(), values.end(), value);
  PYTHIA_CHECK(it != values.end());
  return static_cast<size_t>(it - values.begin());
}

}  // namespace

std::string OraclePath(std::string_view name) {
  return std::string(PYTHIA_TEST_DATA) + "/oracle/" + std::string(name);
}

OracleTable OracleTable::Read(std::string_view name) {
  std::ifstream file(OraclePath(name));
  PYTHIA_CHECK(file.good());
  OracleTable table;
  std::string line;
  std::getline(file, line);
  table.header = SplitCsv(line);
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    table.rows.push_back(SplitCsv(line));
    PYTHIA_CHECK(table.rows.back().size() == table.header.size());
  }
  return table;
}

std::vector<std::string> OracleTable::Text(std::string_view column) const {
  const size_t j = IndexOf(header, column);
  std::vector<std::string> values;
  for (const auto& row : rows) values.push_back(row[j]);
  return values;
}

std::vector<double> OracleTable::Number(std::string_view column) const {
  std::vector<double> values;
  for (std::string text : Text(column)) {
    std::erase_if(text, [](char c) { return c == '$' || c == ','; });
    values.push_back(std::stod(text));
  }
  return values;
}

RFit RFit::Read(std::string_view name) {
  std::ifstream file(OraclePath("R/" + std::string(name) + ".txt"));
  PYTHIA_CHECK(file.good());
  RFit fit;
  std::string line;
  bool in_terms = false;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    std::string key;
    std::getline(cells, key, '\t');
    if (key == "term") {
      in_terms = true;
    } else if (in_terms) {
      fit.terms.push_back({.name = key});
      cells >> fit.terms.back().estimate >> fit.terms.back().standard_error;
    } else {
      cells >> fit.values[key];
    }
  }
  return fit;
}

void NamedDesign::Add(std::string name, std::vector<double> column) {
  names.push_back(std::move(name));
  columns.push_back(std::move(column));
}

void NamedDesign::AddTreatment(const std::string& prefix, const std::vector<std::string>& values,
                               const std::vector<std::string>& levels,
                               const std::vector<std::string>& labels) {
  const std::vector<uint16_t> codes = CodesOf(values, levels);
  for (size_t level = 1; level < levels.size(); ++level) {
    std::vector<double> column;
    for (const uint16_t code : codes) column.push_back(code == level ? 1 : 0);
    Add(prefix + (labels.empty() ? levels : labels)[level], std::move(column));
  }
}

MemoryDesign NamedDesign::Make() const {
  MemoryDesign design(DesignShape{.num_dense = static_cast<int>(columns.size()), .num_levels = {}});
  design.dense = columns;
  design.y = y;
  design.offset = offset;
  return design;
}

MemoryDesign ExpandCodes(const MemoryDesign& design) {
  MemoryDesign dense(DesignShape{.num_dense = design.shape().num_columns(), .num_levels = {}});
  dense.dense = design.dense;
  for (size_t b = 0; b < design.codes.size(); ++b) {
    for (int level = 0; level < design.shape().num_levels[b]; ++level) {
      std::vector<double> column;
      for (const uint16_t code : design.codes[b]) column.push_back(code == level ? 1 : 0);
      dense.dense.push_back(std::move(column));
    }
  }
  dense.y = design.y;
  dense.weights = design.weights;
  dense.offset = design.offset;
  return dense;
}

std::vector<double> Log(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

std::vector<double> Standardised(std::vector<double> values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double variance = 0;
  for (const double value : values) variance += (value - mean) * (value - mean) / n;
  for (double& value : values) value = (value - mean) / std::sqrt(variance);
  return values;
}

std::vector<std::string> LevelsOf(const std::vector<std::string>& values) {
  const std::set<std::string> levels(values.begin(), values.end());
  return {levels.begin(), levels.end()};
}

std::vector<uint16_t> CodesOf(const std::vector<std::string>& values,
                              const std::vector<std::string>& levels) {
  std::vector<uint16_t> codes;
  for (const std::string& value : values) {
    codes.push_back(static_cast<uint16_t>(IndexOf(levels, value)));
  }
  return codes;
}

bool CloseTo(double a, double b, double relative) {
  if (std::abs(b) < 1e-12) return std::abs(a - b) <= relative;
  return std::abs(a - b) <= relative * std::abs(b);
}

}  // namespace pythia::glm
