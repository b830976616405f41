#include "simulate/text.h"

#include <array>
#include <charconv>

#include "base/check.h"
#include "campaign/dates.h"

namespace pythia {
namespace {

void AppendWhole(int64_t value, std::string* out) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out->append(text.data(), end.ptr);
}

// `value` / 10^digits without trailing zeros: 25 with two digits is "0.25", 20 is "0.2".
void AppendDecimal(int64_t value, int digits, std::string* out) {
  int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  if (value < 0) *out += '-';
  const int64_t size = value < 0 ? -value : value;
  AppendWhole(size / scale, out);
  int64_t rest = size % scale;
  if (rest == 0) return;
  *out += '.';
  while (rest > 0) {
    scale /= 10;
    *out += static_cast<char>('0' + rest / scale);
    rest %= scale;
  }
}

// "$16,174.00", quoted for its comma.
void AppendMoney(int64_t dollars, std::string* out) {
  PYTHIA_CHECK(dollars >= 0 && dollars < 1000000);
  *out += "\"$";
  if (dollars >= 1000) {
    AppendWhole(dollars / 1000, out);
    *out += ',';
    const int64_t rest = dollars % 1000;
    *out += static_cast<char>('0' + rest / 100);
    *out += static_cast<char>('0' + rest / 10 % 10);
    *out += static_cast<char>('0' + rest % 10);
  } else {
    AppendWhole(dollars, out);
  }
  *out += ".00\"";
}

void AppendClicks(const SimulatedCampaign& campaign, Dirt dirt, std::string* out) {
  if (dirt == Dirt::kEmptyClicks) return;
  AppendWhole(dirt == Dirt::kClicksAboveImpressions ? campaign.impressions + campaign.clicks + 1
                                                    : campaign.clicks,
              out);
}

void AppendCost(const SimulatedCampaign& campaign, Dirt dirt, std::string* out) {
  if (dirt == Dirt::kCostNotAvailable) {
    *out += "N/A";
  } else {
    AppendMoney(campaign.spend, out);
  }
}

void AppendRoi(const SimulatedCampaign& campaign, Dirt dirt, std::string* out) {
  if (dirt == Dirt::kTextInRoi) {
    *out += "to be confirmed";
  } else {
    AppendDecimal(campaign.roi_e2, 2, out);
  }
}

}  // namespace

std::string_view DirtName(Dirt dirt) {
  constexpr std::array<std::string_view, kNumDirts + 1> kNames = {"",
                                                                  "empty_clicks",
                                                                  "cost_not_available",
                                                                  "impossible_date",
                                                                  "negative_impressions",
                                                                  "text_in_roi",
                                                                  "too_many_fields",
                                                                  "clicks_above_impressions",
                                                                  "duplicate_row"};
  return kNames[static_cast<size_t>(dirt)];
}

std::string_view HistoryHeader() {
  return "Campaign_ID,Company,Campaign_Type,Target_Audience,Duration,Channel_Used,"
         "Conversion_Rate,Acquisition_Cost,ROI,Location,Language,Clicks,Impressions,"
         "Engagement_Score,Customer_Segment,Date";
}

void AppendRow(const SimulatedCampaign& campaign, Dirt dirt, std::string_view end,
               std::string* out) {
  const auto level = [&campaign, out](size_t factor) {
    *out += Factors()[factor].levels[campaign.levels[factor]].name;
    *out += ',';
  };
  AppendWhole(campaign.id, out);
  *out += ',';
  for (size_t factor = 0; factor < 3; ++factor) level(factor);
  AppendWhole(campaign.duration_days, out);
  *out += " days,";
  level(3);
  if (campaign.conversion_rate_e4 >= 0) AppendDecimal(campaign.conversion_rate_e4, 4, out);
  *out += ',';
  AppendCost(campaign, dirt, out);
  *out += ',';
  AppendRoi(campaign, dirt, out);
  *out += ',';
  level(4);
  level(5);
  AppendClicks(campaign, dirt, out);
  *out += dirt == Dirt::kNegativeImpressions ? ",-" : ",";
  AppendWhole(campaign.impressions, out);
  *out += ',';
  AppendWhole(campaign.engagement, out);
  *out += ',';
  level(6);
  *out += dirt == Dirt::kImpossibleDate ? "2021-02-30" : FormatDay(campaign.day);
  if (dirt == Dirt::kTooManyFields) *out += ",one,too many";
  *out += end;
}

}  // namespace pythia
