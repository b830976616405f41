// Test only: published tables and reference fits under tests/data/oracle.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "glm/design.h"
#include "glm/fit.h"

namespace pythia::glm {

std::string OraclePath(std::string_view name);

// A CSV file of cells, quotes taken off.
struct OracleTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  static OracleTable Read(std::string_view name);
  std::vector<std::string> Text(std::string_view column) const;
  // Numbers; "$16,174.00" and "30 days" too.
  std::vector<double> Number(std::string_view column) const;
};

// What R's glm() printed: "deviance", ..., and the terms in order.
struct RFit {
  struct Term {
    std::string name;
    double estimate = 0;
    double standard_error = 0;
  };
  std::map<std::string, double, std::less<>> values;
  std::vector<Term> terms;

  static RFit Read(std::string_view name);
};

// A model formula as a design: dense columns with names.
struct NamedDesign {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
  std::vector<double> y;
  std::vector<double> offset;

  void Add(std::string name, std::vector<double> column);
  // 0/1 columns against the first of `levels`, named as R does: prefix and label.
  void AddTreatment(const std::string& prefix, const std::vector<std::string>& values,
                    const std::vector<std::string>& levels,
                    const std::vector<std::string>& labels = {});
  MemoryDesign Make() const;
};

// One-hot columns for the codes of `design`, in the order of its coefficients.
MemoryDesign ExpandCodes(const MemoryDesign& design);

std::vector<double> Log(std::vector<double> values);
// (x - mean) / population standard deviation.
std::vector<double> Standardised(std::vector<double> values);
// Byte-sorted distinct values.
std::vector<std::string> LevelsOf(const std::vector<std::string>& values);
std::vector<uint16_t> CodesOf(const std::vector<std::string>& values,
                              const std::vector<std::string>& levels);

// |a - b| <= relative * |b|, or both within `relative` of 0 where b is only rounding noise.
bool CloseTo(double a, double b, double relative);

}  // namespace pythia::glm
