// The predictors that a user has without a model: one figure for all campaigns, or one per channel
// or per type; of clicks, impressions or successes, per campaign, per impression or per unit of
// spend.
//
// A group's rate is (sum of y + r u) / (sum of units + u), r the overall rate and u the mean unit:
// its rows and one row of the overall kind, so that no group's rate is 0 or 1 by chance alone.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "campaign/table.h"
#include "model/training_history.h"
#include "records/plan.h"

namespace pythia {

enum class Per { kCampaign, kImpression, kSpend };

struct BaselineGroup {
  double rate = 0;
  double rows = 0;
};

// Immutable once fitted; safe to use from several threads.
struct Baseline {
  std::string target;  // "clicks", "impressions", "success"
  Per per = Per::kCampaign;
  std::string column;  // the groups; empty: one figure for all
  BaselineGroup overall;
  std::map<std::string, BaselineGroup> groups;
  double mean_unit = 1;  // stands for a spend that is not given

  // "clicks per impression, by Channel_Used" ...
  std::string Name() const;
  // The plan's group, or the overall figure.
  const BaselineGroup& GroupOf(const Plan& plan) const;
};

// The shapes (fitted to nothing yet) for a target: every unit of `units` overall, then by
// Channel_Used and by Campaign_Type where the table has them.
std::vector<Baseline> BaselineShapes(const Table& table, const std::string& target,
                                     std::span<const Per> units);

// What rows are counted by. The history must outlive it.
class Units {
 public:
  // A missing spend, or one of 0, counts as the mean of `rows`.
  Units(const TrainingHistory& history, std::span<const uint32_t> rows, Per per);
  double Of(size_t row) const;

 private:
  const TrainingColumn* column_ = nullptr;  // null: every row is one
  double mean_ = 1;
};

// What a baseline is made of. Two of disjoint rows add up.
struct BaselineSums {
  struct Group {
    double y = 0;
    double units = 0;
    double rows = 0;

    void Add(const Group& other);
  };
  Group all;
  std::vector<Group> by_code;  // of the groups' column

  void Add(double y, double units, uint32_t code);  // kMissingCode: in no group
  void Add(const BaselineSums& other);
};

// The column of the groups; null: there are none.
const TrainingColumn* GroupColumn(const TrainingHistory& history, const Baseline& shape);

// `shape` with the rates of what was summed.
Baseline FitBaseline(const Baseline& shape, const TrainingHistory& history,
                     const BaselineSums& sums);
// The same of rows; y: [rows].
Baseline FitBaseline(const Baseline& shape, const TrainingHistory& history,
                     std::span<const uint32_t> rows, std::span<const double> y, const Units& units);
// By code of the groups' column and, last, of a row in none of them: the overall rate.
std::vector<double> RatesOf(const Baseline& baseline, const Dictionary* groups);

// rate * unit. [rows]
std::vector<double> BaselineMeans(const Baseline& baseline, const Table& table,
                                  std::span<const int64_t> rows, std::span<const double> units);

}  // namespace pythia
