#include "explain/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

Response ResponseOf(ServedKind kind) {
  return kind == ServedKind::kRoi ? Response::kLogistic : Response::kExp;
}

std::string UnitOf(ServedKind kind, ExplanationScale scale) {
  if (scale == ExplanationScale::kLink) {
    return kind == ServedKind::kRoi ? "log-odds" : "log clicks";
  }
  return kind == ServedKind::kRoi ? "probability" : "clicks";
}

double Respond(ServedKind kind, double eta) {
  return kind == ServedKind::kRoi ? 1 / (1 + std::exp(-eta)) : std::exp(eta);
}

// The served number and what it is compared with; none where there is no background.
struct Compared {
  Served served;
  Background background;
};

std::optional<Compared> ComparedOf(const Model& model, ServedKind kind) {
  std::optional<Served> served = Served::Of(model, kind);
  if (!served) return std::nullopt;
  Background background{.players = static_cast<int>(served->players().size()),
                        .intercept = served->intercept(),
                        .contributions = {}};
  const auto kept = model.backgrounds.find(std::string(ServedName(kind)));
  if (background.players > 0) {
    const bool usable = kept != model.backgrounds.end() && !kept->second.empty() &&
                        kept->second.size() % served->players().size() == 0 &&
                        background.players <= kMaxPlayers;
    if (!usable) return std::nullopt;
    background.contributions = kept->second;
  }
  return Compared{std::move(*served), std::move(background)};
}

constexpr double kMostWhole = 1e10;

std::optional<std::string> GivenText(const Plan& plan, const std::string& player) {
  const auto found = plan.values.find(player);
  if (found == plan.values.end()) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&found->second)) return *text;
  const double number = std::get<double>(found->second);
  if (std::fabs(number) < kMostWhole && number == std::trunc(number)) {
    return fmt::format_int(static_cast<int64_t>(number)).str();  // what {:.10g} writes, sooner
  }
  return fmt::format("{:.10g}", number);
}

// Which of the two numbers of clicks the plan asks for.
ServedKind ClicksKind(const Plan& plan) {
  return plan.values.contains(std::string(column::kImpressions))
             ? ServedKind::kClicks
             : ServedKind::kClicksWithoutImpressions;
}

TargetExplanation EmptyExplanation(ServedKind kind, ExplanationScale scale, double eta) {
  TargetExplanation out{.target = kind == ServedKind::kRoi ? "roi" : "clicks",
                        .scale = scale == ExplanationScale::kLink ? "link" : "response",
                        .unit = UnitOf(kind, scale),
                        .values = {}};
  out.base = scale == ExplanationScale::kLink ? eta : Respond(kind, eta);
  out.prediction = out.base;
  return out;
}

TargetExplanation Filled(const Compared& compared, ExplanationScale scale, const Plan& plan,
                         double base, std::span<const double> own, std::span<const double> phi) {
  const ServedKind kind = compared.served.kind();
  const double eta = std::accumulate(own.begin(), own.end(), compared.background.intercept);
  TargetExplanation out = EmptyExplanation(kind, scale, eta);
  out.base = base;
  const std::vector<std::string>& players = compared.served.players();
  std::vector<size_t> order(players.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return std::fabs(phi[a]) > std::fabs(phi[b]); });
  out.values.reserve(players.size());
  for (const size_t j : order) {
    out.values.push_back({players[j], phi[j], GivenText(plan, players[j])});
  }
  return out;
}

// `explain` fills phi and returns the base.
template <typename Explain>
std::optional<TargetExplanation> ExplainWith(const Compared& compared, ExplanationScale scale,
                                             const Plan& plan, const Explain& explain) {
  const std::vector<double> own = compared.served.Contributions(plan);
  if (own.empty()) {
    return EmptyExplanation(compared.served.kind(), scale, compared.background.intercept);
  }
  std::vector<double> phi(own.size());
  const double base = explain(own, phi);
  return Filled(compared, scale, plan, base, own, phi);
}

std::optional<TargetExplanation> ExplainDirectly(const Model& model, ServedKind kind,
                                                 const Plan& plan, ExplanationScale scale) {
  const std::optional<Compared> compared = ComparedOf(model, kind);
  if (!compared) return std::nullopt;
  return ExplainWith(*compared, scale, plan,
                     [&](std::span<const double> own, std::span<double> phi) {
                       if (scale == ExplanationScale::kLink) {
                         const LinkExplainer explainer(compared->background);
                         explainer.Explain(own, phi);
                         return explainer.base();
                       }
                       ExplainOne(compared->background, ResponseOf(kind), own, phi);
                       return BaseValue(compared->background, ResponseOf(kind));
                     });
}

}  // namespace

Explanation ExplainPlan(const Model& model, const Plan& plan, ExplanationScale scale) {
  return {.clicks = ExplainDirectly(model, ClicksKind(plan), plan, scale),
          .roi = ExplainDirectly(model, ServedKind::kRoi, plan, scale)};
}

// One served number with its tables.
class ModelExplainer::Part {
 public:
  Part(Compared compared, ExplanationScale scale) : compared_(std::move(compared)), scale_(scale) {
    if (compared_.background.players == 0) return;
    if (scale == ExplanationScale::kLink) {
      link_.emplace(compared_.background);
    } else {
      explainer_.emplace(compared_.background, ResponseOf(kind()));
    }
  }

  ServedKind kind() const { return compared_.served.kind(); }

  std::optional<TargetExplanation> Explain(const Plan& plan) const {
    return ExplainWith(compared_, scale_, plan,
                       [&](std::span<const double> own, std::span<double> phi) {
                         ExplainRows(own, phi);
                         return Base();
                       });
  }

  // [rows x players]
  std::vector<double> Values(const Table& campaigns, std::span<const int64_t> rows) const {
    const std::vector<double> own = compared_.served.Contributions(campaigns, rows);
    std::vector<double> phi(own.size());
    ExplainRows(own, phi);
    return phi;
  }

  TargetSummary Summary(const Table& campaigns, std::span<const int64_t> rows) const;

 private:
  // Where there are players; one of the two is there then.
  double Base() const {
    if (link_) return link_->base();
    return explainer_ ? explainer_->base() : 0;
  }

  void ExplainRows(std::span<const double> own, std::span<double> phi) const {
    if (link_) {
      link_->Explain(own, phi);
    } else if (explainer_) {
      explainer_->Explain(own, phi);
    }
  }

  Compared compared_;
  ExplanationScale scale_;
  // One of the two where there are players.
  std::optional<Explainer> explainer_;
  std::optional<LinkExplainer> link_;
};

namespace {

// The inputs of the kept campaigns, for colours and axes.
void AddInputs(const Column* column, std::span<const int64_t> rows, PlayerSummary* summary) {
  if (column == nullptr) return;
  summary->numeric = IsNumeric(column->type());
  for (const int64_t row : rows) {
    const bool missing = column->IsMissing(row);
    if (summary->numeric) {
      summary->inputs.push_back(missing ? std::nan("")
                                        : column->numbers()[static_cast<size_t>(row)]);
    } else if (missing) {
      summary->labels.emplace_back();
    } else if (column->type() == ColumnType::kDate) {
      summary->labels.push_back(FormatDay(column->days()[static_cast<size_t>(row)]));
    } else {
      summary->labels.emplace_back(column->type() == ColumnType::kCategory ? column->level(row)
                                                                           : column->text(row));
    }
  }
}

std::vector<int64_t> EvenlySpaced(const std::vector<int64_t>& rows, size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<int64_t> some;
  for (size_t i = 0; i < most; ++i) some.push_back(rows[i * rows.size() / most]);
  return some;
}

}  // namespace

TargetSummary ModelExplainer::Part::Summary(const Table& campaigns,
                                            std::span<const int64_t> rows) const {
  const bool nothing = compared_.background.players == 0;
  const TargetExplanation shape = EmptyExplanation(kind(), scale_, compared_.background.intercept);
  TargetSummary out{.target = shape.target,
                    .scale = shape.scale,
                    .unit = shape.unit,
                    .base = nothing ? shape.base : Base(),
                    .campaigns = static_cast<int64_t>(rows.size()),
                    .players = {}};
  if (nothing) return out;
  const std::vector<double> phi = Values(campaigns, rows);
  const size_t players = compared_.served.players().size();
  const size_t kept = std::min(rows.size(), kMostKept);
  out.rows = static_cast<int64_t>(kept);
  std::vector<int64_t> kept_rows;
  for (size_t k = 0; k < kept; ++k) kept_rows.push_back(rows[k * rows.size() / kept]);
  for (size_t j = 0; j < players; ++j) {
    PlayerSummary player{
        .player = compared_.served.players()[j], .values = {}, .inputs = {}, .labels = {}};
    for (size_t i = 0; i < rows.size(); ++i) {
      player.mean_absolute += std::fabs(phi[i * players + j]) / static_cast<double>(rows.size());
    }
    for (size_t k = 0; k < kept; ++k) {
      player.values.push_back(phi[k * rows.size() / kept * players + j]);
    }
    AddInputs(campaigns.Find(player.player), kept_rows, &player);
    out.players.push_back(std::move(player));
  }
  std::stable_sort(out.players.begin(), out.players.end(),
                   [](const PlayerSummary& a, const PlayerSummary& b) {
                     return a.mean_absolute > b.mean_absolute;
                   });
  return out;
}

ModelExplainer::ModelExplainer(const Model& model, ExplanationScale scale) : model_(model) {
  for (const ServedKind kind : kServedKinds) {
    std::optional<Compared> compared = ComparedOf(model, kind);
    if (compared) parts_[kind] = std::make_unique<const Part>(std::move(*compared), scale);
  }
}

ModelExplainer::~ModelExplainer() = default;

Explanation ModelExplainer::Explain(const Plan& plan) const {
  const auto of = [&](ServedKind kind) -> std::optional<TargetExplanation> {
    const auto part = parts_.find(kind);
    if (part == parts_.end()) return std::nullopt;
    return part->second->Explain(plan);
  };
  return {.clicks = of(ClicksKind(plan)), .roi = of(ServedKind::kRoi)};
}

ExplanationSummary ModelExplainer::Summary(const Table& campaigns) const {
  ExplanationSummary out{.dataset = model_.dataset, .model_version = {}, .targets = {}};
  for (const ServedKind kind : {ServedKind::kClicks, ServedKind::kRoi}) {
    const auto part = parts_.find(kind);
    if (part == parts_.end()) continue;
    const std::vector<int64_t> rows =
        EvenlySpaced(ExplainableRows(campaigns, kind), kMostExplained);
    if (rows.empty()) continue;
    out.targets.push_back(part->second->Summary(campaigns, rows));
  }
  return out;
}

}  // namespace pythia
