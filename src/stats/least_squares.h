// Ordinary least squares with everything that a regression table shows:
//   y = X b + e,  b = argmin |y - X b|^2,  SE_j = sqrt(s^2 [(X'X)^-1]_jj),  s^2 = SSR / (n - p),  t = b / SE
// by a QR decomposition of the design (stats/design_basis.h) in float64; X'X is never formed. Definitions as in Greene
// 2018, Econometric Analysis, and statsmodels.
// Letters: n rows, k predictors, p = k + 1 coefficients (k without an intercept).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace arcuate {

/// Which errors of coefficients t, p and intervals are made of. The HC kinds stay right when the spread of the
/// residuals differs between rows (White 1980; MacKinnon & White 1985): the variance of row i is taken to be e_i^2
/// (hc0), e_i^2 n / (n - p) (hc1), e_i^2 / (1 - h_i) (hc2), e_i^2 / (1 - h_i)^2 (hc3), with h_i the row's leverage.
enum class CoefficientErrors { classical, hc0, hc1, hc2, hc3 };

struct LeastSquaresOptions {
  bool intercept = true;     ///< A constant is fitted and R2 is about the mean of y; else R2 is about 0 (uncentred).
  double confidence = 0.95;  ///< Of the intervals of the coefficients.
  CoefficientErrors errors = CoefficientErrors::classical;  ///< Behind SE, t, p and the intervals.
};

/// One row of a regression table.
struct Coefficient {
  std::string term{};  ///< "(intercept)" or the predictor's name.
  double estimate = 0, se = 0, t = 0;
  double p = 1;                 ///< Two-sided, Student's t with n - p degrees of freedom.
  double lower = 0, upper = 0;  ///< Ends of the confidence interval.
  /// Variance inflation factor 1 / (1 - R2 of the predictor on the others); NaN for the intercept.
  double vif = std::numeric_limits<double>::quiet_NaN();
};

struct LeastSquaresFit {
  std::vector<Coefficient> coefficients{};  ///< The intercept first, where there is one.
  int64_t rows = 0;                         ///< n
  double freedom = 0;                       ///< n - p
  double ssr = 0, sst = 0;                  ///< Sum of squared residuals; total, about the mean or (no intercept) 0.
  double r2 = 0, adjusted_r2 = 0;           ///< 1 - SSR/SST; 1 - (1 - R2)(n - 1)/(n - p), n/(n - p) without intercept.
  double f = 0, f_p = 1;                    ///< That no predictor matters; NaN without predictors.
  double log_likelihood = 0, aic = 0, bic = 0;  ///< Of normal errors; p counts as the number of parameters.
  double durbin_watson = 0;                     ///< Of the residuals in row order: 2 is none, 0 full autocorrelation.
  double jarque_bera = 0, jarque_bera_p = 1;    ///< Skewness and kurtosis of the residuals against normal ones.
  /// Largest by smallest singular value of the columns, the constant included, each scaled to length 1 (Belsley, Kuh &
  /// Welsch 1980): above 30 is called collinear.
  double condition = 1;
  at::Tensor fitted{}, residuals{};  ///< n
  at::Tensor leverage{};             ///< n: diagonal of X (X'X)^-1 X'
  at::Tensor cook{};                 ///< n: Cook's distance; NaN where the leverage is 1.
  at::Tensor covariance{};           ///< p x p, of the kind of errors asked for.
};

/// x: n x k (k may be 0), y: n; `names`: one a column. Errors: input, naming the columns: NaN or infinite, constant,
/// or a linear combination of earlier ones; y constant; n <= p.
LeastSquaresFit least_squares(const at::Tensor& x, const at::Tensor& y, const std::vector<std::string>& names,
                              const LeastSquaresOptions& options = {});

}  // namespace arcuate
