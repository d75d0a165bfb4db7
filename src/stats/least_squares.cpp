#include "stats/least_squares.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "core/text.h"
#include "stats/design_basis.h"
#include "stats/distributions.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
// Below this a centred response is what rounding left of a constant.
constexpr double rounding = 1e-13;
// A leverage this near 1 leaves nothing of its row to judge it by.
constexpr double full_leverage = 1 - 1e-12;

void check_values(const Tensor& x, const Tensor& y, const std::vector<std::string>& names) {
  Problems problems("the regression needs finite numbers that vary");
  const auto finite = at::isfinite(x).all(0);
  for (size_t j = 0; j < names.size(); ++j)
    if (!finite[static_cast<int64_t>(j)].item<bool>()) problems.add("'{}' holds NaN or infinite values", names[j]);
  if (!at::isfinite(y).all().item<bool>()) problems.add("the response holds NaN or infinite values");
  problems.raise();
}

void check_rows(int64_t rows, int64_t coefficients, bool intercept) {
  if (rows <= coefficients)
    bad_input("{} rows are too few for {} coefficients{}: at least {} are needed; use fewer predictors or more rows",
              rows, coefficients, intercept ? " (the intercept included)" : "", coefficients + 1);
}

double condition_of(const Tensor& x, bool intercept) {
  const auto columns = with_constant(x, intercept);
  if (columns.size(1) == 0) return nan;
  const auto values = at::linalg_svdvals(columns / columns.norm(2, 0, true));
  return (values[0] / values[values.size(0) - 1]).item<double>();
}

// Sums of squares about the mean, or about 0.
double total_squares(const Tensor& y, bool intercept) {
  return (intercept ? centred(y) : y).square().sum().item<double>();
}

// What the variance of each row is taken to be.
Tensor row_variances(const LeastSquaresFit& fit, CoefficientErrors kind) {
  const auto squares = fit.residuals.square(), rest = 1 - fit.leverage;
  const auto known = [&](const Tensor& divided) {
    return at::where(fit.leverage < full_leverage, divided, at::full_like(divided, nan));
  };
  switch (kind) {
    case CoefficientErrors::hc1:
      return squares * (static_cast<double>(fit.rows) / fit.freedom);
    case CoefficientErrors::hc2:
      return known(squares / rest);
    case CoefficientErrors::hc3:
      return known(squares / rest.square());
    default:
      return squares;
  }
}

Tensor covariance_of(const DesignBasis& basis, const LeastSquaresFit& fit, CoefficientErrors kind) {
  const auto& m = basis.to_coefficients;
  if (kind == CoefficientErrors::classical) return m.mm(m.t()) * (fit.ssr / fit.freedom);
  const auto middle = basis.q.t().mm(basis.q * row_variances(fit, kind).unsqueeze(1));
  return m.mm(middle).mm(m.t());
}

void describe_whole(LeastSquaresFit& fit, int64_t parameters, int64_t predictors, bool intercept) {
  const auto n = static_cast<double>(fit.rows), p = static_cast<double>(parameters),
             k = static_cast<double>(predictors);
  fit.r2 = 1 - fit.ssr / fit.sst;
  fit.adjusted_r2 = 1 - (1 - fit.r2) * (intercept ? n - 1 : n) / fit.freedom;
  fit.f = predictors > 0 ? ((fit.sst - fit.ssr) / k) / (fit.ssr / fit.freedom) : nan;
  fit.f_p = f_tail(fit.f, k, fit.freedom);
  fit.log_likelihood = -n / 2 * (std::log(2 * std::numbers::pi * fit.ssr / n) + 1);
  fit.aic = -2 * fit.log_likelihood + 2 * p;
  fit.bic = -2 * fit.log_likelihood + std::log(n) * p;
}

void describe_residuals(LeastSquaresFit& fit, int64_t parameters) {
  const auto& e = fit.residuals;
  const auto n = static_cast<double>(fit.rows), p = static_cast<double>(parameters);
  fit.durbin_watson = (e.slice(0, 1) - e.slice(0, 0, -1)).square().sum().item<double>() / fit.ssr;
  const auto about = centred(e);
  const double variance = about.square().mean().item<double>();
  const double skew = about.pow(3).mean().item<double>() / std::pow(variance, 1.5);
  const double kurtosis = about.pow(4).mean().item<double>() / (variance * variance);
  fit.jarque_bera = n / 6 * (skew * skew + (kurtosis - 3) * (kurtosis - 3) / 4);
  fit.jarque_bera_p = chi2_tail(fit.jarque_bera, 2);
  const auto rest = 1 - fit.leverage;
  const auto cook = e.square() * fit.leverage / (rest.square() * (p * fit.ssr / fit.freedom));
  fit.cook = at::where(fit.leverage < full_leverage, cook, at::full_like(cook, nan));
}

std::vector<Coefficient> coefficients_of(const DesignBasis& basis, const LeastSquaresFit& fit, const Tensor& estimates,
                                         const std::vector<std::string>& names, const LeastSquaresOptions& options) {
  const double reach = student_quantile(0.5 + options.confidence / 2, fit.freedom);
  const size_t first = options.intercept ? 1 : 0;
  std::vector<Coefficient> table;
  for (size_t j = 0; j < first + names.size(); ++j) {
    const auto at = static_cast<int64_t>(j);
    Coefficient c{.term = j < first ? "(intercept)" : names[j - first], .estimate = estimates[at].item<double>()};
    c.se = std::sqrt(fit.covariance[at][at].item<double>());
    c.t = c.estimate / c.se;
    c.p = student_two_sided(c.t, fit.freedom);
    c.lower = c.estimate - reach * c.se;
    c.upper = c.estimate + reach * c.se;
    if (j >= first) c.vif = basis.vif[static_cast<int64_t>(j - first)].item<double>();
    table.push_back(c);
  }
  return table;
}

}  // namespace

LeastSquaresFit least_squares(const Tensor& predictors, const Tensor& response, const std::vector<std::string>& names,
                              const LeastSquaresOptions& options) {
  const auto x = predictors.to(at::kDouble), y = response.to(at::kDouble);
  const int64_t n = x.size(0), k = x.size(1), p = k + (options.intercept ? 1 : 0);
  check_values(x, y, names);
  check_rows(n, p, options.intercept);
  const auto basis = design_basis(x, names, options.intercept);
  LeastSquaresFit fit{.rows = n, .freedom = static_cast<double>(n - p)};
  fit.sst = total_squares(y, options.intercept);
  if (std::sqrt(fit.sst) <= rounding * y.norm().item<double>())
    bad_input("the response is {} in all {} rows: there is nothing to explain", shortest(y[0].item<double>()), n);
  const auto coordinates = basis.q.t().mv(y);
  fit.fitted = basis.q.mv(coordinates);
  fit.residuals = y - fit.fitted;
  fit.leverage = basis.q.square().sum(1);
  fit.ssr = fit.residuals.square().sum().item<double>();
  fit.condition = condition_of(x, options.intercept);
  describe_whole(fit, p, k, options.intercept);
  describe_residuals(fit, p);
  fit.covariance = covariance_of(basis, fit, options.errors);
  fit.coefficients = coefficients_of(basis, fit, basis.to_coefficients.mv(coordinates), names, options);
  return fit;
}

}  // namespace arcuate
