// How far means of few rows are to be believed: empirical Bayes with an uncertain prior.
//
// A cell's mean m of n rows is N(u, s²/n) around its true deviation u, and u ~ N(0, τ²) over the
// cells. τ has a uniform prior on a grid over [0, 0.5]; p(τ | means) comes from the marginal
// likelihood of all cells, and means and variances of u are averaged over it. Efron and Morris,
// "Stein's estimation rule and its competitors", JASA 68 (1973); Gelman et al., "Bayesian Data
// Analysis", 3rd ed., section 5.4. Thread-safe: plain values.
#pragma once

#include <span>
#include <vector>

namespace pythia {

struct CellMean {
  double mean = 0;
  double rows = 0;  // 0: nothing was seen
};

struct Shrunken {
  double mean = 0;
  double variance = 0;
};

// p(τ) over the grid, [TauGrid().size()].
using TauWeights = std::vector<double>;

std::span<const double> TauGrid();

// Cells without rows are left out; without any, the prior. variance: s², of a single row.
TauWeights LearnTau(std::span<const CellMean> cells, double variance);

// The mean of several posteriors.
TauWeights MeanTau(std::span<const TauWeights> weights);

Shrunken Shrink(const CellMean& cell, double variance, const TauWeights& weights);

}  // namespace pythia
