// The tests of a group: is the mean (or median) over units (subjects, blocks of rows) of each of many columns
// (vertices, regions, cells of a table) other than a value? Paired tests are the same of differences. One entry for all
// tests, corrections and intervals, with memory that does not grow with the number of units.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "core/compute.h"
#include "stats/alternative.h"
#include "stats/bootstrap.h"
#include "stats/sign_flip.h"
#include "stats/tfce.h"

namespace arcuate {

enum class GroupTest {
  t,            ///< stats/t_test.h
  signed_rank,  ///< stats/signed_rank.h
  sign_flip     ///< stats/sign_flip.h
};

enum class Correction {
  none,
  bh,       ///< False discovery rate, stats/fdr.h
  by,       ///< The same under any dependence.
  largest,  ///< Family-wise, of the largest t of each sign flip.
  tfce      ///< Family-wise, of the largest enhanced t of each sign flip.
};

struct GroupTestOptions {
  GroupTest test = GroupTest::t;
  double against = 0;  ///< The value under the null hypothesis.
  Alternative alternative = Alternative::two_sided;
  Correction correction = Correction::bh;
  int64_t draws = 5000;                    ///< Of sign flips.
  int64_t least = 2;                       ///< Columns with fewer observations are not tested.
  std::optional<TfceSurface> surface{};    ///< For Correction::tfce.
  BootstrapOptions bootstrap{.draws = 0};  ///< Intervals of the mean over units; none with 0 draws.
  uint64_t seed = 0;
};

/// V each, float64; NaN where there is no test (too few observations, or all of them equal).
struct GroupTestResult {
  RunningMoments moments{};  ///< Of the values themselves.
  at::Tensor statistic{};    ///< t, or W+ of signed ranks.
  at::Tensor enhanced{};     ///< TFCE of t; undefined without it.
  at::Tensor p{};            ///< Of each column by itself.
  at::Tensor corrected{};    ///< q or family-wise p; undefined with Correction::none.
  at::Tensor low{}, high{};  ///< Of the mean; undefined without bootstrap.
  bool exhaustive = false;   ///< All patterns of signs were used.
};

/// Results do not depend on compute.threads and compute.memory. Errors: usage, for a correction that needs sign flips
/// with another test, or TFCE without a surface; input, for a surface of another size, or infinite values.
GroupTestResult group_test(const UnitRows& units, const GroupTestOptions& options, const Compute& compute);

}  // namespace arcuate
