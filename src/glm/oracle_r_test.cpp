// R 4.2.2's glm() to 1e-8 relative: coefficients, standard errors, deviance, null deviance,
// log-likelihood, AIC. tests/data/oracle/README.md names the tables' sources.
//
// R takes the weights of its standard errors from the last iterate but one. With its epsilon at
// 1e-14 they can be off by 3e-8. So R's figures are checked against the same steps taken here
// (reference_irls_test.h), and ours against those steps continued to the optimum.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "glm/fit.h"
#include "glm/oracle_data_test.h"
#include "glm/reference_irls_test.h"

namespace pythia::glm {
namespace {

using Strings = std::vector<std::string>;

void ExpectSameAsR(const NamedDesign& named, Family family, const std::string& name) {
  const RFit r = RFit::Read(name);
  MemoryDesign design = named.Make();
  const Result<Fit> fit = FitGlm(design, {.family = family});
  ASSERT_TRUE(fit) << fit.error().ToString();
  EXPECT_TRUE(fit->converged);
  EXPECT_LE(fit->gradient, 1e-10);
  EXPECT_LT(fit->iterations, 12);
  EXPECT_TRUE(fit->aliased.empty());
  EXPECT_TRUE(fit->separated.empty());
  const auto expect = [](const char* what, double ours, double theirs, double relative = 1e-8) {
    EXPECT_TRUE(CloseTo(ours, theirs, relative)) << what << ": " << ours << " for " << theirs;
  };
  expect("deviance", fit->deviance, r.values.at("deviance"));
  expect("null deviance", fit->null_deviance, r.values.at("null_deviance"));
  expect("log-likelihood", fit->log_likelihood, r.values.at("logLik"));
  expect("AIC", fit->aic, r.values.at("AIC"));
  EXPECT_EQ(fit->rows, static_cast<int64_t>(r.values.at("n")));
  EXPECT_EQ(fit->rows - fit->rank, static_cast<int64_t>(r.values.at("df_residual")));
  const ReferenceFit reference = FitReference(design, family, 1e-14);
  ASSERT_EQ(r.terms.size(), named.names.size() + 1);
  for (size_t i = 0; i < r.terms.size(); ++i) {
    const bool is_intercept = i == 0;
    if (!is_intercept) {
      EXPECT_EQ(r.terms[i].name, named.names[i - 1]);
    }
    const auto at = static_cast<Eigen::Index>(i);
    const double error = is_intercept ? fit->standard_errors.back() : fit->standard_errors[i - 1];
    expect(r.terms[i].name.c_str(), is_intercept ? fit->intercept : fit->beta[i - 1],
           r.terms[i].estimate);
    expect("its standard error, to a digit less", error, r.terms[i].standard_error, 3e-8);
    expect("its standard error at the optimum", error, reference.standard_errors[at]);
    expect("R's standard error", reference.standard_errors_as_r[at], r.terms[i].standard_error);
  }
}

NamedDesign Binary() {
  const OracleTable table = OracleTable::Read("binary.csv");
  NamedDesign design;
  design.y = table.Number("admit");
  design.Add("gre", table.Number("gre"));
  design.Add("gpa", table.Number("gpa"));
  design.AddTreatment("rank", table.Text("rank"), {"1", "2", "3", "4"});
  return design;
}

TEST(OracleR, Warpbreaks) {
  const OracleTable table = OracleTable::Read("warpbreaks.csv");
  NamedDesign design;
  design.y = table.Number("breaks");
  design.AddTreatment("wool", table.Text("wool"), {"A", "B"});
  design.AddTreatment("tension", table.Text("tension"), {"L", "M", "H"});
  ExpectSameAsR(design, Family::kPoissonLog, "warpbreaks");
}

TEST(OracleR, InsuranceWithOffset) {
  const OracleTable table = OracleTable::Read("Insurance.csv");
  NamedDesign design;
  design.y = table.Number("Claims");
  design.offset = Log(table.Number("Holders"));
  design.AddTreatment("District", table.Text("District"), {"1", "2", "3", "4"});
  design.AddTreatment("Group", table.Text("Group"), {"<1l", "1-1.5l", "1.5-2l", ">2l"});
  design.AddTreatment("Age", table.Text("Age"), {"<25", "25-29", "30-35", ">35"});
  ExpectSameAsR(design, Family::kPoissonLog, "Insurance");
}

TEST(OracleR, ShipsWithOffset) {
  OracleTable table = OracleTable::Read("ships.csv");
  // No months of service, nothing to observe: R's fit leaves these rows out as well.
  std::erase_if(table.rows, [](const Strings& row) { return row[4] == "0"; });
  ASSERT_EQ(table.header[4], "service");
  NamedDesign design;
  design.y = table.Number("incidents");
  design.offset = Log(table.Number("service"));
  design.AddTreatment("type", table.Text("type"), {"A", "B", "C", "D", "E"});
  design.AddTreatment("year", table.Text("year"), {"60", "65", "70", "75"});
  design.AddTreatment("period", table.Text("period"), {"60", "75"});
  ExpectSameAsR(design, Family::kPoissonLog, "ships");
}

TEST(OracleR, Quine) {
  const OracleTable table = OracleTable::Read("quine.csv");
  NamedDesign design;
  design.y = table.Number("Days");
  design.AddTreatment("Eth", table.Text("Eth"), {"A", "N"});
  design.AddTreatment("Sex", table.Text("Sex"), {"F", "M"});
  design.AddTreatment("Age", table.Text("Age"), {"F0", "F1", "F2", "F3"});
  design.AddTreatment("Lrn", table.Text("Lrn"), {"AL", "SL"});
  ExpectSameAsR(design, Family::kPoissonLog, "quine");
}

TEST(OracleR, BioChemists) {
  const OracleTable table = OracleTable::Read("bioChemists.csv");
  NamedDesign design;
  design.y = table.Number("art");
  design.AddTreatment("fem", table.Text("fem"), {"Men", "Women"});
  design.AddTreatment("mar", table.Text("mar"), {"Single", "Married"});
  for (const char* name : {"kid5", "phd", "ment"}) design.Add(name, table.Number(name));
  ExpectSameAsR(design, Family::kPoissonLog, "bioChemists");
}

TEST(OracleR, PoissonSim) {
  const OracleTable table = OracleTable::Read("poisson_sim.csv");
  NamedDesign design;
  design.y = table.Number("num_awards");
  design.AddTreatment("prog", table.Text("prog"), {"1", "2", "3"},
                      {"General", "Academic", "Vocational"});
  design.Add("math", table.Number("math"));
  ExpectSameAsR(design, Family::kPoissonLog, "poisson_sim");
}

TEST(OracleR, BinaryAdmissions) { ExpectSameAsR(Binary(), Family::kBinomialLogit, "binary"); }

// A copy of this table goes about with one label turned. A test that cannot tell it from the
// original would be too loose.
TEST(OracleR, OneTurnedLabelIsNoticed) {
  NamedDesign named = Binary();
  named.y[3] = 1 - named.y[3];
  MemoryDesign design = named.Make();
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(fit);
  const RFit r = RFit::Read("binary");
  EXPECT_FALSE(CloseTo(fit->deviance, r.values.at("deviance"), 1e-3));
  EXPECT_FALSE(CloseTo(fit->intercept, r.terms[0].estimate, 1e-3));
  EXPECT_FALSE(CloseTo(fit->beta[0], r.terms[1].estimate, 1e-3));
}

// R's ?glm: counts of Dobson (1990), p. 93.
TEST(OracleR, Dobson) {
  const Strings outcome = {"1", "2", "3", "1", "2", "3", "1", "2", "3"};
  const Strings treatment = {"1", "1", "1", "2", "2", "2", "3", "3", "3"};
  NamedDesign design;
  design.y = {18, 17, 15, 20, 10, 20, 25, 13, 12};
  design.AddTreatment("outcome", outcome, {"1", "2", "3"});
  design.AddTreatment("treatment", treatment, {"1", "2", "3"});
  ExpectSameAsR(design, Family::kPoissonLog, "dobson");
}

// Columns of very different sizes: income near 35,000, degrees near 0.2, and 17 rows.
TEST(OracleR, CpunishBadlyScaled) {
  const OracleTable table = OracleTable::Read("cpunish.csv");
  NamedDesign design;
  design.y = table.Number("EXECUTIONS");
  for (const char* name : {"INCOME", "PERPOVERTY", "PERBLACK"}) {
    design.Add(name, table.Number(name));
  }
  design.Add("log(VC100k96)", Log(table.Number("VC100k96")));
  for (const char* name : {"SOUTH", "DEGREE"}) design.Add(name, table.Number(name));
  ExpectSameAsR(design, Family::kPoissonLog, "cpunish");
}

TEST(OracleR, RandHie) {
  const OracleTable table = OracleTable::Read("randhie.csv");
  NamedDesign design;
  design.y = table.Number("mdvis");
  for (size_t j = 1; j < table.header.size(); ++j) {
    design.Add(table.header[j], table.Number(table.header[j]));
  }
  ExpectSameAsR(design, Family::kPoissonLog, "randhie");
}

// The same model through codes: R would report NA for the last level of each block; what the data
// determine, the deviance, the means and the contrasts, is the same.
TEST(OracleR, WarpbreaksThroughCodes) {
  const OracleTable table = OracleTable::Read("warpbreaks.csv");
  MemoryDesign design(DesignShape{.num_dense = 0, .num_levels = {2, 3}});
  design.y = table.Number("breaks");
  design.codes[0] = CodesOf(table.Text("wool"), {"A", "B"});
  design.codes[1] = CodesOf(table.Text("tension"), {"L", "M", "H"});
  const Result<Fit> fit = FitGlm(design, {});
  ASSERT_TRUE(fit);
  const RFit r = RFit::Read("warpbreaks");
  EXPECT_EQ(fit->aliased, (std::vector<int>{1, 4}));
  EXPECT_EQ(fit->rank, 4);
  EXPECT_TRUE(CloseTo(fit->deviance, r.values.at("deviance"), 1e-8));
  EXPECT_TRUE(CloseTo(fit->aic, r.values.at("AIC"), 1e-8));
  EXPECT_TRUE(CloseTo(-fit->beta[0], r.terms[1].estimate, 1e-8));
  EXPECT_TRUE(CloseTo(fit->standard_errors[0], r.terms[1].standard_error, 1e-8));
  EXPECT_TRUE(CloseTo(fit->beta[3] - fit->beta[2], r.terms[2].estimate, 1e-8));
  EXPECT_TRUE(CloseTo(-fit->beta[2], r.terms[3].estimate, 1e-8));
  EXPECT_TRUE(std::isnan(fit->standard_errors[1]));
  EXPECT_TRUE(std::isnan(fit->standard_errors[4]));
}

}  // namespace
}  // namespace pythia::glm
