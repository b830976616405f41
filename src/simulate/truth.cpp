#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "campaign/dates.h"
#include "simulate/text.h"

namespace pythia {
namespace {

void AppendField(std::string_view name, double value, std::string* out) {
  *out += ",\"";
  *out += name;
  *out += "\":";
  if (!std::isfinite(value)) {
    *out += "null";
    return;
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out->append(text.data(), end.ptr);
}

void AppendEffects(std::string* out) {
  *out += ",\"effects\":{";
  for (const Factor& factor : Factors()) {
    if (&factor != Factors().data()) *out += ',';
    *out += fmt::format("\n\"{}\":{{", factor.column);
    for (const Level& level : factor.levels) {
      if (&level != factor.levels.data()) *out += ',';
      *out += fmt::format(R"("{}":{{"impressions":{},"CTR":{},"conversion":{},"order_value":{}}})",
                          level.name, level.impressions, level.ctr, level.conversion,
                          level.order_value);
    }
    *out += '}';
  }
  *out += '}';
}

void AppendConstants(std::string* out) {
  AppendField("duration_centre", kDurationCentre, out);
  AppendField("spend_median", kSpendMedian, out);
  AppendField("spend_log_sd", kSpendLogSd, out);
  AppendField("impressions_at_median", kImpressionsAtMedian, out);
  AppendField("spend_elasticity", kSpendElasticity, out);
  AppendField("impressions_shape", kImpressionsShape, out);
  AppendField("impressions_duration", kImpressionsDuration, out);
  AppendField("CTR", kCtr, out);
  AppendField("CTR_duration", kCtrDuration, out);
  AppendField("conversion_rate", kConversionRate, out);
  AppendField("order_value", kOrderValue, out);
  AppendField("order_value_shape", kOrderValueShape, out);
}

}  // namespace

void AppendTruthHead(const SimulateOptions& options, std::string* out) {
  *out += fmt::format(R"({{"parameters":{{"rows":{},"seed":{},"signal":"{}")", options.rows,
                      options.seed, SignalName(options.signal));
  AppendField("dirty", options.dirty, out);
  *out += fmt::format(R"(,"first_day":"{}","days":{})", FormatDay(kFirstDay), kNumDays);
  if (options.signal != Signal::kNone) {
    *out += fmt::format(R"(,"dispersion":"{}")", DispersionName(options.dispersion));
    const bool linear = options.dispersion == Dispersion::kLinear;
    AppendField(linear ? "phi" : "k", linear ? kLinearPhi : kQuadraticK, out);
    AppendField("strength", Strength(options.signal), out);
    AppendField("drift", options.drift, out);
    AppendConstants(out);
    AppendEffects(out);
  }
  *out += "},\n\"rows\":[";
}

void AppendTruthRow(const SimulatedCampaign& campaign, Dirt dirt, bool first, std::string* out) {
  *out += first ? "\n" : ",\n";
  fmt::format_to(std::back_inserter(*out), R"({{"Campaign_ID":"{}")", campaign.id);
  AppendField("spend", static_cast<double>(campaign.spend), out);
  AppendField("impressions_mean", campaign.truth.impressions_mean, out);
  AppendField("CTR", campaign.truth.ctr, out);
  AppendField("conversion_rate", campaign.truth.conversion_rate, out);
  AppendField("order_value_mean", campaign.truth.order_value_mean, out);
  AppendField("ROI_mean", campaign.truth.roi_mean, out);
  *out += ",\"dirty\":";
  if (dirt == Dirt::kNone) {
    *out += "null}";
  } else {
    *out += '"';
    *out += DirtName(dirt);
    *out += "\"}";
  }
}

void AppendTruthTail(const std::map<std::string, int64_t>& dirty, std::string* out) {
  *out += "\n],\n\"dirty\":{";
  for (bool first = true; const auto& [kind, count] : dirty) {
    *out += fmt::format("{}\"{}\":{}", first ? "" : ",", kind, count);
    first = false;
  }
  *out += "}}\n";
}

}  // namespace pythia
