// The self-test of training: outcomes that belong to other campaigns cannot be predicted.
//
// The outcomes, each count with its offset, are dealt anew to the rows at random. The fit that
// found signal is cross-validated again on them and judged against the overall figure of each fold,
// which is then the truth. Whatever the history is, repeated rows included, only chance can do
// better: a fit that does holds a leak of ours, from rows that judge into those learned from. One
// deal looks like signal by chance in up to 4 of 100 (few rows, a strong ridge), five running in 1
// of 10^7.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "model/cross_validate.h"

namespace pythia {

inline constexpr int kShuffles = 5;
inline constexpr size_t kMostShuffledRows = 20000;

// The task with the outcomes of other rows, different ones for each `deal`. Of a longer task
// kMostShuffledRows evenly spaced rows.
Task ShuffledTask(const Task& task, uint64_t seed, int deal);

using CrossValidator = std::function<Result<CrossValidation>(const Task& shuffled)>;

// The gain of deviance over the overall figure, as a share of that figure's, in the first deal
// without signal; absent where no rows could be held out. kInternal where every deal has signal;
// `target` names the model. Else what `cross_validate` fails with.
Result<std::optional<double>> CheckShuffled(const Task& task, std::string_view target,
                                            uint64_t seed, const CrossValidator& cross_validate);

}  // namespace pythia
