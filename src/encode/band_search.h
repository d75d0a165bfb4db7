// Banded ridge whose band scales are searched for each target, from many candidates (Nunez-Elizalde, Huth & Gallant
// 2019; random search: Dupre la Tour, Eickenberg, Nunez-Elizalde & Gallant 2022).
//
//   min_w || Y - sum_b sqrt(g_b) X_b w_b ||^2 + alpha sum_b || w_b ||^2       g on the simplex: g_b >= 0, sum g_b = 1
//
// Every candidate g is scored with every penalty on the inner folds, and each target keeps the best pair so far, so
// memory does not grow with the number of candidates. Candidates are drawn from Dirichlet distributions. After them
// each group of targets with the same g may try g with one band's scale a factor larger or smaller, several rounds with
// ever smaller factors. At the end the models are refitted once, with what was chosen.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/compute.h"
#include "encode/band_parts.h"
#include "encode/ridge.h"

namespace arcuate {

struct BandDraws {
  int64_t samples = 100;                       ///< Rows of scales, the first of which is equal ones.
  std::vector<double> concentrations{0.1, 1};  ///< Of the symmetric Dirichlet distributions, which take turns: small
                                               ///< ones leave most bands nearly out, 1 is uniform on the simplex.
  uint64_t seed = 0;
};

/// samples x bands; rows sum to 1. Errors: usage (fewer than one sample, concentrations that are not positive).
std::vector<std::vector<double>> draw_scales(int64_t bands, const BandDraws& draws);

/// Errors: usage (none, another number than of bands, negative ones, all of them 0).
void check_scales(const std::vector<std::vector<double>>& scales, size_t bands);

struct BandSearch {
  std::vector<std::vector<double>> scales{};  ///< Candidates for all targets, tried in this order.
  int64_t refinements = 0;  ///< Rounds of refinement: factors 4, 2, sqrt(2) and so on, each the root of the one before.
};

struct BandSearchResult {
  RidgeResult fit;    ///< `scales` are rows of BandSearch::scales, -1 where refinement found better ones.
  at::Tensor scales;  ///< splits x bands x V: chosen g
  PartSums parts;     ///< Over the test rows; parts are the intercept, then the bands.
};

/// Everything of RidgeOptions holds but keep_curves, keep_bands and bf16_scores, which have no effect. Ties go as in
/// ridge_cross_validated, which gives the same for a list of scales. Errors: as there; usage (no scales, negative ones,
/// another number than of bands).
BandSearchResult search_bands(const RidgeProblem& problem, const BandSearch& search,
                              const std::vector<RidgeSplit>& splits, const RidgeOptions& options,
                              const Compute& compute);

}  // namespace arcuate
