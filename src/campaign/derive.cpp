#include "campaign/derive.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.h"
#include "campaign/schema.h"

namespace pythia {

void Ratio::Of(std::span<const double> numerators, std::span<const double> divisors,
               std::span<double> out) const {
  for (size_t i = 0; i < out.size(); ++i) {
    const double by = divisors[i];
    const double what = numerators[i] - (minus_divisor ? by : 0);
    const double ratio = scale * what / by;  // NaN where an operand is missing
    const bool good = by != 0 && std::isfinite(ratio);
    out[i] = good ? ratio : std::numeric_limits<double>::quiet_NaN();
  }
}

std::span<const Ratio> Ratios() {
  static constexpr std::array kRatios = {
      Ratio{column::kCtr, 1, column::kClicks, column::kImpressions, false},
      Ratio{column::kCpc, 1, column::kAcquisitionCost, column::kClicks, false},
      Ratio{column::kCpm, 1000, column::kAcquisitionCost, column::kImpressions, false},
      Ratio{column::kRoi, 1, column::kRevenue, column::kAcquisitionCost, true},
  };
  return kRatios;
}

void FillDerived(Table* table) {
  const auto rows = static_cast<size_t>(table->Find(column::kImpressions)->size());
  for (const Ratio& ratio : Ratios()) {
    Column* out = table->Find(ratio.name);
    if (out == nullptr || static_cast<size_t>(out->size()) >= rows) continue;
    const Column* above = table->Find(ratio.numerator);
    const Column* below = table->Find(ratio.divisor);
    PYTHIA_CHECK(above != nullptr && below != nullptr);
    const auto begin = static_cast<size_t>(out->size());
    std::vector<double> ratios(above->numbers().size() - begin);
    ratio.Of(std::span(above->numbers()).subspan(begin), std::span(below->numbers()).subspan(begin),
             ratios);
    out->AppendNumbers(ratios);
  }
}

}  // namespace pythia
