// A fit on rows that it has not seen.
#pragma once

#include <span>
#include <stop_token>

#include "base/error.h"
#include "glm/fit.h"

namespace pythia::glm {

// The point that is asked, and how.
struct HeldOut {
  Family family = Family::kPoissonLog;
  double intercept = 0;
  std::span<const double> beta;  // [num_columns]
  int threads = 1;
  std::stop_token stop = {};
};

// The means of the source's rows, in their order. [rows] After a stop they mean nothing.
Status MeansOf(DesignSource& source, const HeldOut& point, std::span<double> mu);

// The sum over the rows of the loss: mu - y eta, or log(1 + exp(eta)) - y eta and at most
// `most_loss` for one row; no weights. Half the deviance but for what y alone says. The same bits
// at any number of threads.
Result<double> LossOf(DesignSource& source, const HeldOut& point, int64_t rows, double most_loss);

}  // namespace pythia::glm
