// Bootstrap over units that were sampled, subjects or stories: an interval for anything that is computed from them.
//
// A draw takes as many units as there are, with replacement; the interval holds the middle `level` of the statistic's
// values over the draws (percentile method, Efron 1979). Units of two kinds are drawn independently of each other
// (Owen 2007, "The pigeonhole bootstrap"). With few units intervals are too narrow: n units vary by (n - 1) / n of what
// they should.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace arcuate {

struct BootstrapOptions {
  int64_t draws = 2000;  ///< 0: no intervals.
  double level = 0.95;   ///< Share of the draws inside the interval.
  uint64_t seed = 0;
};

/// NaN at both ends: not known.
struct ConfidenceInterval {
  double low = 0, high = 0;
};
ConfidenceInterval no_interval();

/// How often each of `units` is taken in each draw: draws x units. `kind` ("subject") keeps the numbers of different
/// kinds of unit apart. One unit is taken once in every draw.
std::vector<std::vector<int64_t>> bootstrap_counts(int64_t units, std::string_view kind,
                                                   const BootstrapOptions& options);

/// The value below which a share `p` of the values lies, between order statistics linear in rank (type 7 of Hyndman &
/// Fan 1996). NaNs are left out; NaN without values.
double quantile(std::vector<double> values, double p);

/// The middle `level` of the values. NaNs are left out.
ConfidenceInterval percentile_interval(const std::vector<double>& values, double level);

}  // namespace arcuate
