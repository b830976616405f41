// The number that is served, as a function of what each input contributes: what explanations are
// made of.
//
// served = f(intercept + sum over players of a contribution), f = exp for clicks and the logistic
// function for the ROI probability. A player is an input column: a block of levels is one player,
// Impressions is a player of the clicks, and where a baseline serves, its group and its unit are
// the players. Clicks without planned impressions are reach times CTR: their contributions add up.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/table.h"
#include "model/model.h"
#include "model/training_history.h"
#include "records/plan.h"

namespace pythia {

enum class ServedKind { kClicks, kClicksWithoutImpressions, kRoi };

inline constexpr std::array kServedKinds = {
    ServedKind::kClicks, ServedKind::kClicksWithoutImpressions, ServedKind::kRoi};

// "clicks", "clicks_without_impressions", "roi".
std::string_view ServedName(ServedKind kind);

// Immutable; safe to use from several threads. The model must outlive it.
class Served {
 public:
  // None where the model does not serve that number.
  static std::optional<Served> Of(const Model& model, ServedKind kind);

  ServedKind kind() const { return kind_; }
  const std::vector<std::string>& players() const { return players_; }
  double intercept() const { return intercept_; }

  // What the plan's inputs contribute. [players]
  std::vector<double> Contributions(const Plan& plan) const;
  // The same of campaigns. [rows x players], row after row
  std::vector<double> Contributions(const Table& table, std::span<const int64_t> rows) const;

 private:
  struct Linear {
    const LinearModel* model = nullptr;
    std::vector<size_t> number_players;    // [numbers of the encoder]
    std::vector<size_t> category_players;  // [categories]
  };
  // The logarithm of a baseline's rate (of its odds for the ROI) and of its unit.
  struct Rate {
    const Baseline* baseline = nullptr;
    std::optional<size_t> group_player;
    std::optional<size_t> unit_player;
  };

  explicit Served(ServedKind kind) : kind_(kind) {}
  void Add(const LinearModel& model);
  void Add(const Baseline& baseline, bool with_unit = true);
  void AddExposure();
  size_t PlayerOf(std::string_view column);
  double RateOf(const BaselineGroup& group) const;

  ServedKind kind_;
  std::vector<std::string> players_;
  double intercept_ = 0;
  std::vector<Linear> linears_;
  std::vector<Rate> rates_;
  std::optional<size_t> exposure_player_;  // log(Impressions)
};

// kConflict where `campaigns` lack a column that the model reads, or hold it as another type: a
// history that was replaced since the model was trained.
Status CheckHistory(const Model& model, const Table& campaigns);

// Campaigns that the number can be served for.
std::vector<int64_t> ExplainableRows(const Table& campaigns, ServedKind kind);

// Chooses the campaigns that explanations compare with: one from each of kBackgroundRows equal
// strata of the served number, by seed. Campaigns without a number that is needed are left out;
// where there are more than kMostStratified, evenly spaced ones stand for all. Fills
// model.backgrounds.
inline constexpr size_t kBackgroundRows = 100;
inline constexpr size_t kMostStratified = 20000;
void DrawBackgrounds(const TrainingHistory& campaigns, uint64_t seed, Model* model);

}  // namespace pythia
