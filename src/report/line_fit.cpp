// Least squares by deviations from the means. Student's distribution for whole degrees of freedom is a finite sum
// (Abramowitz and Stegun 26.7.3 and 26.7.4), which is inverted by bisection.
#include "report/line_fit.h"

#include <cmath>
#include <numbers>

namespace arcuate {

// The probability of |T| < t.
static double student_within(double t, size_t degrees) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(degrees))), cosine = std::cos(angle);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = degrees == 1 ? 0 : term;
  for (size_t k = odd ? 3 : 2; k + 2 <= degrees; k += 2) {
    term *= cosine * cosine * static_cast<double>(k - 1) / static_cast<double>(k);
    sum += term;
  }
  return odd ? 2 / std::numbers::pi * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
}

double student_t_975(size_t degrees) {
  if (degrees == 0) return NAN;
  double low = 0, high = 13;  // 12.706 for one degree
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (student_within(middle, degrees) < 0.95 ? low : high) = middle;
  }
  return (low + high) / 2;
}

bool LineFit::exists() const { return std::isfinite(slope); }

double LineFit::band(double x) const {
  const double off = x - x_mean;
  return half_width * std::sqrt(1 / static_cast<double>(count) + off * off / x_squares);
}

static double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

LineFit fit_line(std::span<const double> x, std::span<const double> y) {
  LineFit fit{.count = x.size(), .slope = NAN, .intercept = NAN, .r = NAN, .half_width = NAN};
  if (x.size() < 3) return fit;
  fit.x_mean = mean_of(x);
  const double y_mean = mean_of(y);
  double products = 0, y_squares = 0, residuals = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - fit.x_mean, dy = y[i] - y_mean;
    fit.x_squares += dx * dx, y_squares += dy * dy, products += dx * dy;
  }
  if (fit.x_squares == 0) return fit;
  fit.slope = products / fit.x_squares;
  fit.intercept = y_mean - fit.slope * fit.x_mean;
  if (y_squares > 0) fit.r = products / std::sqrt(fit.x_squares * y_squares);
  for (size_t i = 0; i < x.size(); ++i) residuals += std::pow(y[i] - fit.at(x[i]), 2);
  const auto degrees = x.size() - 2;
  fit.half_width = student_t_975(degrees) * std::sqrt(residuals / static_cast<double>(degrees));
  return fit;
}

}  // namespace arcuate
