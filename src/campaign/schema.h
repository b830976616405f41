// The canonical columns: the spelling of the field's best-known campaign file, which is also the
// spelling of the API.
#pragma once

#include <span>
#include <string_view>

#include "campaign/column.h"

namespace pythia {

namespace column {
inline constexpr std::string_view kCampaignId = "Campaign_ID";
inline constexpr std::string_view kCompany = "Company";
inline constexpr std::string_view kCampaignType = "Campaign_Type";
inline constexpr std::string_view kTargetAudience = "Target_Audience";
inline constexpr std::string_view kDuration = "Duration";
inline constexpr std::string_view kChannelUsed = "Channel_Used";
inline constexpr std::string_view kConversionRate = "Conversion_Rate";
inline constexpr std::string_view kAcquisitionCost = "Acquisition_Cost";
inline constexpr std::string_view kRoi = "ROI";
inline constexpr std::string_view kLocation = "Location";
inline constexpr std::string_view kLanguage = "Language";
inline constexpr std::string_view kClicks = "Clicks";
inline constexpr std::string_view kImpressions = "Impressions";
inline constexpr std::string_view kEngagementScore = "Engagement_Score";
inline constexpr std::string_view kCustomerSegment = "Customer_Segment";
inline constexpr std::string_view kDate = "Date";
inline constexpr std::string_view kConversions = "Conversions";
inline constexpr std::string_view kRevenue = "Revenue";
inline constexpr std::string_view kCtr = "CTR";
inline constexpr std::string_view kCpc = "CPC";
inline constexpr std::string_view kCpm = "CPM";
}  // namespace column

// All of them: the sixteen of the well-known file in its order, Conversions, Revenue, and the
// derived CTR, CPC, CPM.
std::span<const ColumnSpec> CanonicalColumns();

// Null where `name` is not canonical. Exact spelling.
const ColumnSpec* FindCanonical(std::string_view name);

// True for CTR, CPC and CPM, which are computed from other columns and never read from a file.
bool IsDerived(std::string_view name);

}  // namespace pythia
