// scikit-learn's penalised fits to 1e-9, through dense columns and through codes.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "glm/fit.h"
#include "glm/oracle_data_test.h"

namespace pythia::glm {
namespace {

using Json = nlohmann::json;

Json ReadJson(std::string_view name) {
  std::ifstream file(OraclePath(name));
  return Json::parse(file);
}

void ExpectSame(MemoryDesign& design, const FitOptions& options, const Json& reference) {
  const Result<Fit> fit = FitGlm(design, options);
  ASSERT_TRUE(fit) << fit.error().ToString();
  EXPECT_TRUE(fit->converged);
  const auto coef = reference.at("coef").get<std::vector<double>>();
  ASSERT_EQ(fit->beta.size(), coef.size());
  const double intercept = reference.at("intercept");
  EXPECT_TRUE(CloseTo(fit->intercept, intercept, 1e-9)) << fit->intercept << " " << intercept;
  for (size_t j = 0; j < coef.size(); ++j) {
    EXPECT_TRUE(CloseTo(fit->beta[j], coef[j], 1e-9))
        << j << ": " << fit->beta[j] << " for " << coef[j];
  }
}

// The columns of sig5k.csv that a reference fit names; "Duration" as a number is Duration_Days.
struct Sig5k {
  OracleTable table = OracleTable::Read("sig5k.csv");
  Json reference = ReadJson("sig5k.json").at("sig5k");

  std::vector<double> Column(const std::string& name) const {
    return table.Number(name == "Duration_Days" ? "Duration" : name);
  }

  std::vector<double> Outcome(bool logistic) const {
    if (!logistic) return table.Number("Clicks");
    const double median = reference.at("roi_median");
    std::vector<double> y = table.Number("ROI");
    for (double& value : y) value = value > median ? 1 : 0;
    return y;
  }

  MemoryDesign Dense(const std::vector<std::string>& names, bool logistic, bool standardise) const {
    NamedDesign design;
    design.y = Outcome(logistic);
    for (const std::string& name : names) {
      design.Add(name, standardise ? Standardised(Column(name)) : Column(name));
    }
    return design.Make();
  }

  // Names with "=" make categorical blocks, kept as codes.
  MemoryDesign OneHot(const std::vector<std::string>& names, bool logistic) const {
    std::vector<std::string> numbers;
    std::vector<std::string> blocks;
    for (const std::string& name : names) {
      const size_t equals = name.find('=');
      if (equals == std::string::npos) {
        numbers.push_back(name);
      } else if (blocks.empty() || blocks.back() != name.substr(0, equals)) {
        blocks.push_back(name.substr(0, equals));
      }
    }
    DesignShape shape{.num_dense = static_cast<int>(numbers.size()), .num_levels = {}};
    std::vector<std::vector<uint16_t>> codes;
    for (const std::string& block : blocks) {
      const std::vector<std::string> text = table.Text(block);
      const std::vector<std::string> levels = LevelsOf(text);
      shape.num_levels.push_back(static_cast<int>(levels.size()));
      codes.push_back(CodesOf(text, levels));
    }
    MemoryDesign design(shape);
    for (size_t j = 0; j < numbers.size(); ++j) design.dense[j] = Standardised(Column(numbers[j]));
    design.codes = std::move(codes);
    design.y = Outcome(logistic);
    return design;
  }
};

TEST(OracleSklearn, Sig5kNumbers) {
  const Sig5k data;
  for (const auto& [name, reference] : data.reference.items()) {
    const bool logistic = name.starts_with("logistic");
    const bool five_or_four =
        name.find("_five_") != std::string::npos || name.find("_four_") != std::string::npos;
    if (!five_or_four || !reference.contains("penalty")) continue;
    SCOPED_TRACE(name);
    const auto names = reference.at("names").get<std::vector<std::string>>();
    const bool standardise = name.find("_std") != std::string::npos;
    MemoryDesign design = data.Dense(names, logistic, standardise);
    const Json& penalty = reference.at("penalty");
    FitOptions options;
    options.family = logistic ? Family::kBinomialLogit : Family::kPoissonLog;
    options.alpha =
        logistic ? 1 / (5000.0 * penalty.at("C").get<double>()) : penalty.at("alpha").get<double>();
    ExpectSame(design, options, reference);
  }
}

TEST(OracleSklearn, Sig5kOneHotThroughCodesAndDense) {
  const Sig5k data;
  for (const char* name :
       {"logistic_onehot_C1", "poisson_onehot_alpha1", "poisson_onehot_alpha1e-3"}) {
    SCOPED_TRACE(name);
    const Json& reference = data.reference.at(name);
    const bool logistic = std::string_view(name).starts_with("logistic");
    MemoryDesign design =
        data.OneHot(reference.at("names").get<std::vector<std::string>>(), logistic);
    FitOptions options;
    options.family = logistic ? Family::kBinomialLogit : Family::kPoissonLog;
    options.alpha = logistic ? 1 / 5000.0 : reference.at("penalty").at("alpha").get<double>();
    ExpectSame(design, options, reference);
    MemoryDesign dense = ExpandCodes(design);
    ExpectSame(dense, options, reference);
  }
}

// statsmodels' GLM on the same table, without a penalty.
TEST(OracleSklearn, Sig5kUnpenalised) {
  const Sig5k data;
  for (const bool logistic : {true, false}) {
    const Json& reference = data.reference.at(logistic ? "logistic_four_std_unpenalised"
                                                       : "poisson_four_std_unpenalised");
    auto names = reference.at("names").get<std::vector<std::string>>();
    names.erase(names.begin());
    MemoryDesign design = data.Dense(names, logistic, /*standardise=*/true);
    const Result<Fit> fit = FitGlm(
        design, {.family = logistic ? Family::kBinomialLogit : Family::kPoissonLog, .threads = 2});
    ASSERT_TRUE(fit);
    const auto coef = reference.at("coef").get<std::vector<double>>();
    const auto errors = reference.at("std_err").get<std::vector<double>>();
    EXPECT_TRUE(CloseTo(fit->intercept, coef[0], 1e-8));
    EXPECT_TRUE(CloseTo(fit->standard_errors.back(), errors[0], 1e-8));
    for (size_t j = 0; j < names.size(); ++j) {
      EXPECT_TRUE(CloseTo(fit->beta[j], coef[j + 1], 1e-8)) << names[j];
      EXPECT_TRUE(CloseTo(fit->standard_errors[j], errors[j + 1], 1e-8)) << names[j];
    }
    EXPECT_TRUE(CloseTo(fit->deviance, reference.at("deviance"), 1e-8));
    EXPECT_TRUE(CloseTo(fit->null_deviance, reference.at("null_deviance"), 1e-8));
    EXPECT_TRUE(CloseTo(fit->log_likelihood, reference.at("llf"), 1e-8));
    EXPECT_TRUE(CloseTo(fit->pearson_chi2, reference.at("pearson_chi2"), 1e-8));
    EXPECT_TRUE(CloseTo(fit->phi, fit->pearson_chi2 / (5000 - 5), 1e-15));
  }
}

// Through codes, without levels dropped; scikit-learn saw the treatment columns.
TEST(OracleSklearn, PoissonSimRidge) {
  const Json json = ReadJson("sklearn_1.2.1.json");
  const OracleTable table = OracleTable::Read("poisson_sim.csv");
  NamedDesign named;
  named.y = table.Number("num_awards");
  named.AddTreatment("prog", table.Text("prog"), {"1", "2", "3"});
  named.Add("math", table.Number("math"));
  MemoryDesign design = named.Make();
  ExpectSame(design, {.alpha = 1}, json.at("poisson_sim_alpha1"));
  ExpectSame(design, {.alpha = 0}, json.at("poisson_sim_alpha0"));
}

TEST(OracleSklearn, BinaryRidge) {
  const Json json = ReadJson("sklearn_1.2.1.json");
  const OracleTable table = OracleTable::Read("binary.csv");
  NamedDesign named;
  named.y = table.Number("admit");
  named.Add("gre", table.Number("gre"));
  named.Add("gpa", table.Number("gpa"));
  named.AddTreatment("rank", table.Text("rank"), {"1", "2", "3", "4"});
  MemoryDesign design = named.Make();
  ExpectSame(design, {.family = Family::kBinomialLogit, .alpha = 1 / 400.0}, json.at("binary_C1"));
}

// scikit-learn's own test against R's glmnet: four rows.
TEST(OracleSklearn, FourRowsOfGlmnet) {
  NamedDesign named;
  named.y = {0, 1, 1, 2};
  named.Add("a", {-2, -1, 1, 2});
  named.Add("b", {0, 0, 1, 1});
  MemoryDesign design = named.Make();
  const Result<Fit> fit = FitGlm(design, {.alpha = 1});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->intercept, -0.12889386979, 1e-5);
  EXPECT_NEAR(fit->beta[0], 0.29019207995, 1e-5);
  EXPECT_NEAR(fit->beta[1], 0.03741173122, 1e-5);
  EXPECT_NEAR(fit->intercept, -0.1288938683, 1e-9);
  EXPECT_NEAR(fit->beta[0], 0.2901920696, 1e-9);
  EXPECT_NEAR(fit->beta[1], 0.0374117412, 1e-9);
}

}  // namespace
}  // namespace pythia::glm
