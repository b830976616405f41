#include "ingest/headers.h"

#include <gtest/gtest.h>

#include "campaign/schema.h"

namespace pythia {
namespace {

std::string ClaimOf(std::string_view header) {
  const std::optional<Claim> claim = FindClaim(ParseHeader(header));
  return claim ? std::string(claim->column) : "-";
}

TEST(Headers, AreComparedWithoutCaseAccentsAndUnits) {
  EXPECT_EQ(ClaimOf("Impressions"), "Impressions");
  EXPECT_EQ(ClaimOf("impr."), "Impressions");
  EXPECT_EQ(ClaimOf("# of Impressions"), "Impressions");
  EXPECT_EQ(ClaimOf("IMPRESS\xC3\x95"
                    "ES"),
            "Impressions");
  EXPECT_EQ(ClaimOf("Amount spent (USD)"), "Acquisition_Cost");
  EXPECT_EQ(ClaimOf("Montant d\xC3\xA9pens\xC3\xA9 (USD)"), "Acquisition_Cost");
  EXPECT_EQ(ClaimOf("Ausgegebener Betrag (EUR)"), "Acquisition_Cost");
  EXPECT_EQ(ClaimOf("cost_micros"), "Acquisition_Cost");
  EXPECT_EQ(ClaimOf("Spend [USD]"), "Acquisition_Cost");
  EXPECT_EQ(ClaimOf("attributed_revenue"), "Revenue");
  EXPECT_EQ(ClaimOf("Link clicks"), "Clicks");
  EXPECT_EQ(ClaimOf("Clicks (all)"), "Clicks");
  EXPECT_EQ(ClaimOf("c_date"), "Date");
  EXPECT_EQ(ClaimOf("CampaignId"), "Campaign_ID");
  EXPECT_EQ(ClaimOf("CTR (link click-through rate)"), "CTR");
  EXPECT_EQ(ClaimOf("Languages"), "Language");
}

TEST(Headers, DoNotClaimWhatIsSomethingElse) {
  for (const char* header : {"Cost / conv.", "Impr. (Top) %", "Search impr. share", "EmailClicks",
                             "Cost per result", "Clicks to Landing Page", "", "Impression share"}) {
    EXPECT_EQ(ClaimOf(header), "-") << header;
  }
}

TEST(Headers, TellMoneySpentFromABudget) {
  for (const char* header :
       {"Cost", "Amount spent (USD)", "Spend [USD]", "cost_micros", "Ausgaben", "Budget spent"}) {
    EXPECT_TRUE(MeansRealisedSpend(header)) << header;
  }
  for (const char* header : {"Acquisition_Cost", "acquisition cost (EUR)", "Budget", "Budget (USD)",
                             "Campaign budget", "Planned spend", "Clicks", "Notes", ""}) {
    EXPECT_FALSE(MeansRealisedSpend(header)) << header;
  }
}

TEST(Headers, TellUnits) {
  EXPECT_EQ(ParseHeader("Spend [USD]").currency, "USD");
  EXPECT_EQ(ParseHeader("Umsatz (\xE2\x82\xAC)").currency, "EUR");
  EXPECT_EQ(ParseHeader("Cost in EUR").currency, "EUR");
  EXPECT_TRUE(ParseHeader("ROI (%)").percent);
  EXPECT_TRUE(ParseHeader("cost_micros").micros);
}

TEST(Headers, AreGuessed) {
  EXPECT_EQ(GuessHeader({"Reach", "Impresions shown"}, column::kImpressions), "Impresions shown");
  EXPECT_EQ(GuessHeader({"Channel0_impression", "geo"}, column::kImpressions),
            "Channel0_impression");
  EXPECT_EQ(GuessHeader({"age", "click_through_rate"}, column::kClicks), "");
}

TEST(Headers, EveryCanonicalNameIsItsOwn) {
  for (const ColumnSpec& spec : CanonicalColumns()) {
    EXPECT_EQ(ClaimOf(spec.name), spec.name);
    EXPECT_EQ(FindColumnName(spec.name), spec.name);
  }
}

}  // namespace
}  // namespace pythia
