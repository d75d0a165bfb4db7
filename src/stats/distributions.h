// Tails and quantiles of the four distributions of classical tests. Tails are computed as such, never as 1 - cdf, so a
// p of 1e-40 is exact to its last digits. The special functions are those of Boost.Math. NaN in an argument, degrees of
// freedom that are not positive and probabilities outside [0, 1] give NaN.
#pragma once

namespace arcuate {

/// P(Z > z) of the standard normal distribution.
double normal_tail(double z);
/// The z with P(Z < z) = p.
double normal_quantile(double p);

/// P(T > t) of Student's t ("Student" 1908).
double student_tail(double t, double freedom);
/// P(|T| > |t|).
double student_two_sided(double t, double freedom);
/// The t with P(T < t) = p.
double student_quantile(double p, double freedom);

/// P(F > f) of Fisher's F with `above` and `below` degrees of freedom of its numerator and denominator.
double f_tail(double f, double above, double below);
/// The f with P(F < f) = p.
double f_quantile(double p, double above, double below);

/// P(X > x) of chi-squared.
double chi2_tail(double x, double freedom);
/// The x with P(X < x) = p.
double chi2_quantile(double p, double freedom);

}  // namespace arcuate
