// Within the stats layer only: what the two tests of ranks share.
#pragma once
#include <span>
#include <vector>

#include "stats/signed_rank.h"

namespace arcuate::rank_null {

/// Mean ranks from 1 of `values`, and sum over groups of ties of t^3 - t.
struct Ranked {
  std::vector<double> ranks{};
  double ties = 0;
};
Ranked rank_values(std::span<const double> values);

/// p of the value `observed` (a whole number) under probabilities of 0, 1, 2 …, symmetric about their mean.
double exact_p(std::span<const double> probabilities, double observed, Alternative alternative);

/// p of `observed` under a normal distribution.
double normal_p(double observed, double mean, double variance, bool continuity, Alternative alternative);

}  // namespace arcuate::rank_null
