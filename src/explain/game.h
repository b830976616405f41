// Exact interventional Shapley values of a model with additive predictor, on the link scale and on
// the response scale.
//
// Players contribute to the linear predictor: a plan by a_j, background row b by b_j. A coalition S
// is worth v(S) = mean over the background of f(intercept + sum_{j in S} a_j + sum_{j not in S}
// b_j), f = exp or 1 / (1 + exp(-.)); player i gets
//   phi_i = sum over S without i of |S|! (M - |S| - 1)! / M! (v(S + i) - v(S)),
// and the phi add up to f(plan) - mean f(background). Shapley, "A value for n-person games" (1953);
// Lundberg and Lee, NIPS 2017; Janzing, Minorics and Bloebaum, AISTATS 2020 (interventional).
//
// The plan enters v(S) only through a_S, so what depends on the background alone is a table of the
// model, prepared once (up to kMaxTablePlayers players):
//   exp:      v(S) = exp(a_S) C_S, C_S = mean_b exp(intercept + b_notS): one product per coalition;
//   logistic: v(S) = mean_b sigma(t + b_notS), the distribution of b_notS compressed to the Gauss
//             rule with the same first moments (Golub and Welsch 1969): a fraction in e^t with
//             positive coefficients, good to 2e-13 of max v for every plan.
// With up to 6 players a vector holds a coalition of several plans, with more several coalitions of
// a plan.
// Contributions so large or so spread out that a table would overflow or not pay (linear predictors
// past 300, or a background that needs more than 48 nodes) go to the direct sum, which takes any
// size.
// With more players both are one-dimensional integrals of products over the players, per background
// row: exp is a polynomial in p of degree M - 1, exact with ceil(M/2) Gauss-Legendre nodes;
// logistic uses sigma(eta) = 1/2 + integral_0^inf sin(eta t) / sinh(pi t) dt by the midpoint rule,
// with the node count taken from the largest |eta| that a mixture of plan and background can reach,
// or, where all of them are below -1, the series exp(eta) - exp(2 eta) + ...
//
// Errors are relative to max v(S) and below 1e-12, for rare outcomes too. Where exp(eta) is finite
// for every mixture, so are the phi. Vectorised for AVX-512, AVX2 and neither, chosen when the
// program runs; each path gives the same bits every time, whatever the number of plans, and two
// paths agree to 1e-12 of max v. All numbers must be finite. Thread-safe: const methods, plain
// functions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace pythia {

enum class Response { kExp, kLogistic };

inline constexpr int kMaxTablePlayers = 12;
inline constexpr int kMaxPlayers = 64;

// What the background rows contribute; rows have equal weight.
struct Background {
  int players = 0;  // 1 .. kMaxPlayers
  double intercept = 0;
  std::vector<double> contributions;  // [rows x players], row after row; one row or more

  size_t rows() const { return contributions.size() / static_cast<size_t>(players); }
};

// mean over the background of f: the value of the empty coalition.
double BaseValue(const Background& background, Response response);

// phi of one plan, plan and phi [players], by the direct sum over coalitions (up to
// kMaxTablePlayers players) or the product form: no tables, for a single plan.
void ExplainOne(const Background& background, Response response, std::span<const double> plan,
                std::span<double> phi);

// On the link scale: phi_j = a_j - mean over the background of b_j. Immutable; safe to use from
// several threads.
class LinkExplainer {
 public:
  explicit LinkExplainer(const Background& background);

  double base() const { return base_; }  // mean over the background of the linear predictor
  // plans and phi: [n x players], row after row.
  void Explain(std::span<const double> plans, std::span<double> phi) const;

 private:
  std::vector<double> mean_;  // [players]
  double base_;
};

// A background made ready for many plans. Immutable; safe to use from several threads.
class Explainer {
 public:
  Explainer(Background background, Response response);
  ~Explainer();
  Explainer(Explainer&&) noexcept;
  Explainer& operator=(Explainer&&) noexcept;

  int players() const;
  double base() const;  // BaseValue
  // plans and phi: [n x players], row after row.
  void Explain(std::span<const double> plans, std::span<double> phi) const;
  size_t bytes() const;  // of the tables

 private:
  class Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace pythia
