#include "campaign/schema.h"

#include <string>
#include <vector>

namespace pythia {

std::span<const ColumnSpec> CanonicalColumns() {
  using enum ColumnType;
  using enum Role;
  const auto named = [](std::string_view name, ColumnType type, Role role,
                        std::string_view unit = {}) {
    return ColumnSpec{std::string(name), type, role, std::string(unit)};
  };
  static const std::vector<ColumnSpec> columns = {
      named(column::kCampaignId, kText, kId),
      named(column::kCompany, kCategory, kPlan),
      named(column::kCampaignType, kCategory, kPlan),
      named(column::kTargetAudience, kCategory, kPlan),
      named(column::kDuration, kNumber, kPlan, "days"),
      named(column::kChannelUsed, kCategory, kPlan),
      named(column::kConversionRate, kNumber, kOutcome),
      named(column::kAcquisitionCost, kMoney, kPlan, "account currency"),
      named(column::kRoi, kNumber, kOutcome, "ratio"),
      named(column::kLocation, kCategory, kPlan),
      named(column::kLanguage, kCategory, kPlan),
      named(column::kClicks, kCount, kOutcome, "clicks"),
      named(column::kImpressions, kCount, kOutcome, "impressions"),
      named(column::kEngagementScore, kNumber, kOutcome),
      named(column::kCustomerSegment, kCategory, kPlan),
      named(column::kDate, ColumnType::kDate, kPlan),
      named(column::kConversions, kNumber, kOutcome, "conversions"),
      named(column::kRevenue, kMoney, kOutcome, "account currency"),
      named(column::kCtr, kNumber, kOutcome, "clicks per impression"),
      named(column::kCpc, kMoney, kOutcome, "account currency per click"),
      named(column::kCpm, kMoney, kOutcome, "account currency per 1000 impressions"),
  };
  return columns;
}

const ColumnSpec* FindCanonical(std::string_view name) {
  for (const ColumnSpec& spec : CanonicalColumns()) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

bool IsDerived(std::string_view name) {
  return name == column::kCtr || name == column::kCpc || name == column::kCpm;
}

}  // namespace pythia
