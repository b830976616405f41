// The campaigns that say something about a budget, and the plans that they make up.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "records/plan.h"

namespace pythia {

// Campaigns whose spend is within this factor of the budget are near it.
inline constexpr double kNearFactor = 1.5;
// A plan is a candidate where at least so many campaigns near the budget were like it.
inline constexpr int64_t kMinCandidateRows = 10;

// Spends, sorted: which budgets have enough campaigns near them.
class SpendSupport {
 public:
  explicit SpendSupport(std::vector<double> spends);

  int64_t Near(double budget) const;
  // The budget itself where kMinCandidateRows campaigns are near it and it is inside the observed
  // spends, else the nearest such one on the log scale; none where there is none.
  std::optional<double> Nearest(double budget) const;
  // `points` supported budgets between the least and the most, evenly on the log scale.
  std::vector<double> Grid(int points) const;

 private:
  std::vector<double> spends_;
};

// One decision column: which of its values each row has. A Duration of more than kMaxDurations
// values is cut into four parts of about equal size, each named by its median.
struct Decision {
  std::string column;
  std::vector<PlanValue> values;  // ascending
  std::vector<double> starts;     // of the parts, where they stand for more than one value
  std::vector<int> of_row;        // [rows of the table]; -1: missing

  // Which of the values a user's one is or falls under.
  std::optional<int> Find(const PlanValue& value) const;
};

inline constexpr size_t kMaxDurations = 8;

// Channel_Used, Campaign_Type and Duration, as far as the table has them.
std::vector<Decision> DecisionsOf(const Table& table);

struct Neighbourhood {
  double budget = 0;
  std::vector<int64_t> rows;    // of the table, near the budget, ascending
  std::vector<int> cell;        // [rows]: which plan; -1: none (a decision column is missing)
  std::vector<Plan> plans;      // the distinct plans near the budget, by their values
  std::vector<int64_t> counts;  // [plans], campaigns
  std::vector<bool> allowed;    // [plans]: agrees with what the user fixed
};

// Rows with spend near `budget`, and their plans by `decisions`.
Neighbourhood NeighboursOf(const Table& table, double budget, std::span<const Decision> decisions,
                           const Plan& fixed);

}  // namespace pythia
