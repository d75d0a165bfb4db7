// The results of `encode`: scores per target, what the choice of penalties looked like, and the files that hold them.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cmd/encode_data_support.h"
#include "encode/ridge.h"
#include "encode/score.h"
#include "io/json.h"

namespace arcuate {

struct EncodeScores {
  at::Tensor r, r2, penalty;   ///< V float64, NaN where the flag is not ok; penalty: median over splits, in the unit.
  std::vector<Flag> flags{};   ///< V
  int64_t ok = 0;              ///< Targets that could be scored.
  std::vector<double> grid{};  ///< Penalties in the unit, ascending.
  double at_smallest = 0;      ///< Share of the choices (targets that are ok x splits) at their grid's smallest value.
  double at_largest = 0;
  at::Tensor curves{};  ///< Splits x grid x V, if the fit has them; NaN where the flag is not ok.
};

/// One flag a target: bad in the training rows, in the rows that the splits test, or only when all are taken together.
std::vector<Flag> flag_encode_targets(const EncodeData& data, const std::vector<RidgeSplit>& splits);
/// Numbers of the targets that are ok.
at::Tensor ok_columns(const std::vector<Flag>& flags);

/// `fit` is the result for `splits` with flagged targets zeroed.
/// Errors: input, when predictions are not finite numbers.
EncodeScores score_encoding(const std::vector<Flag>& flags, const RidgeResult& fit,
                            const std::vector<RidgeSplit>& splits, PenaltyUnit unit);

/// Median and mean of r (and mean of r |r|) over the targets that are ok; null without any.
Json score_summary(const EncodeScores& scores);
/// Number of targets by flag: "ok" always, others when there are any.
Json flag_counts(const std::vector<Flag>& flags);
/// Half-open ranges of rows for every split.
Json split_record(const std::vector<RidgeSplit>& splits);

/// What the columns of scores.tsv mean.
Json score_columns(PenaltyUnit unit);
/// Writes manifest.json, scores.npy, curves.npy (if there are any), scores.json and, last, scores.tsv, which therefore
/// stands for a complete result.
void write_scores(const std::filesystem::path& folder, const EncodeScores& scores, const Json& columns,
                  const Json& manifest);

}  // namespace arcuate
