// The least-squares line through points, Pearson's r, and the 95 % confidence band of the line's mean:
// y = a + b x ± t s √(1/n + (x − x̄)² / Σ(x − x̄)²), t the 0.975 quantile of Student's t with n − 2 degrees of freedom.
#pragma once
#include <cstddef>
#include <span>

namespace arcuate {

struct LineFit {
  size_t count = 0;  ///< Points; fewer than 3, or all at one x: there is no line and all else is NaN.
  double slope = 0, intercept = 0, r = 0;
  double x_mean = 0, x_squares = 0;  ///< Mean of x, sum of squared deviations from it.
  double half_width = 0;             ///< t s: of the band, before the square root.
  bool exists() const;
  double at(double x) const { return intercept + slope * x; }
  /// Half the height of the band at x.
  double band(double x) const;
};

/// x and y have the same length and finite values.
LineFit fit_line(std::span<const double> x, std::span<const double> y);

/// The 0.975 quantile of Student's t.
double student_t_975(size_t degrees);

}  // namespace arcuate
