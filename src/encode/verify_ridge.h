// Some targets of a cross-validated ridge regression solved again the plain way (plain_ridge.h), and how far apart the
// two are.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/compute.h"
#include "encode/ridge.h"

namespace arcuate {

struct RidgeVerification {
  std::vector<int64_t> targets{};  ///< Which were solved again, ascending.
  double r_difference = 0;         ///< Largest of r over the test rows, plainly computed with the fit's own penalties.
  int64_t choices = 0;             ///< Penalties compared: targets x splits, or none where targets choose together.
  int64_t other_choices = 0;       ///< Those that the plain way chooses otherwise.
  double score_difference = 0;     ///< Largest difference of the mean inner scores of two such choices, relative.
};

/// `count` of the targets `from`, drawn by `seed`; all if there are not so many.
std::vector<int64_t> draw_targets(const std::vector<int64_t>& from, int64_t count, uint64_t seed);

/// `fit` is what ordinary ridge gave for the same problem, splits and options: penalties by inner folds, no components.
RidgeVerification verify_ridge(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                               const RidgeOptions& options, const RidgeResult& fit, const std::vector<int64_t>& targets,
                               const Compute& compute);

}  // namespace arcuate
