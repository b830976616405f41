#include "campaign/derive.h"

#include <cmath>
#include <limits>
#include <vector>

#include "base/check.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

// scale · (numerator − minus) / divisor, row by row from where `out` ends.
void FillRatio(const Table& table, double scale, std::string_view numerator,
               std::string_view divisor, bool minus_divisor, Column* out) {
  const Column* above = table.Find(numerator);
  const Column* below = table.Find(divisor);
  PYTHIA_CHECK(above != nullptr && below != nullptr);
  const auto begin = static_cast<size_t>(out->size());
  const std::vector<double>& tops = above->numbers();
  const std::vector<double>& divisors = below->numbers();
  std::vector<double> ratios(tops.size() - begin);
  for (size_t i = begin; i < tops.size(); ++i) {
    const double by = divisors[i];
    const double what = tops[i] - (minus_divisor ? by : 0);
    const double ratio = scale * what / by;  // NaN where an operand is missing
    const bool good = by != 0 && std::isfinite(ratio);
    ratios[i - begin] = good ? ratio : std::numeric_limits<double>::quiet_NaN();
  }
  out->AppendNumbers(ratios);
}

}  // namespace

void FillDerived(Table* table) {
  const auto fill = [table](std::string_view name, double scale, std::string_view numerator,
                            std::string_view divisor, bool minus_divisor) {
    Column* out = table->Find(name);
    if (out != nullptr && out->size() < table->Find(column::kImpressions)->size()) {
      FillRatio(*table, scale, numerator, divisor, minus_divisor, out);
    }
  };
  fill(column::kCtr, 1, column::kClicks, column::kImpressions, false);
  fill(column::kCpc, 1, column::kAcquisitionCost, column::kClicks, false);
  fill(column::kCpm, 1000, column::kAcquisitionCost, column::kImpressions, false);
  fill(column::kRoi, 1, column::kRevenue, column::kAcquisitionCost, true);
}

}  // namespace pythia
