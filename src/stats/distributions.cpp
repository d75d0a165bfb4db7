#include "stats/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace arcuate {
namespace {

namespace bm = boost::math;
using bm::policies::ignore_error;

// What is not defined is NaN and what is too large is infinite; nothing throws.
using Quiet =
    bm::policies::policy<bm::policies::domain_error<ignore_error>, bm::policies::pole_error<ignore_error>,
                         bm::policies::overflow_error<ignore_error>, bm::policies::evaluation_error<ignore_error>>;
using Normal = bm::normal_distribution<double, Quiet>;
using Student = bm::students_t_distribution<double, Quiet>;
using Fisher = bm::fisher_f_distribution<double, Quiet>;
using Chi2 = bm::chi_squared_distribution<double, Quiet>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_freedom(double freedom) { return freedom > 0 && std::isfinite(freedom); }
bool is_probability(double p) { return p >= 0 && p <= 1; }

// The tail above x of a distribution on [0, infinity).
template <class Distribution>
double upper_tail(const Distribution& distribution, double x) {
  if (std::isnan(x)) return nan;
  if (x <= 0) return 1;
  return x == infinity ? 0 : bm::cdf(bm::complement(distribution, x));
}

// The quantile of a distribution that reaches from `lowest` to infinity.
template <class Distribution>
double quantile_of(const Distribution& distribution, double p, double lowest) {
  if (!is_probability(p)) return nan;
  if (p == 0) return lowest;
  return p == 1 ? infinity : bm::quantile(distribution, p);
}

}  // namespace

double normal_tail(double z) { return std::isnan(z) ? nan : 0.5 * std::erfc(z / std::sqrt(2.0)); }

double normal_quantile(double p) { return quantile_of(Normal(), p, -infinity); }

double student_tail(double t, double freedom) {
  if (std::isnan(t) || !is_freedom(freedom)) return nan;
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return bm::cdf(bm::complement(Student(freedom), t));
}

double student_two_sided(double t, double freedom) { return 2 * student_tail(std::abs(t), freedom); }

double student_quantile(double p, double freedom) {
  return is_freedom(freedom) ? quantile_of(Student(freedom), p, -infinity) : nan;
}

double f_tail(double f, double above, double below) {
  return is_freedom(above) && is_freedom(below) ? upper_tail(Fisher(above, below), f) : nan;
}

double f_quantile(double p, double above, double below) {
  return is_freedom(above) && is_freedom(below) ? quantile_of(Fisher(above, below), p, 0) : nan;
}

double chi2_tail(double x, double freedom) { return is_freedom(freedom) ? upper_tail(Chi2(freedom), x) : nan; }

double chi2_quantile(double p, double freedom) { return is_freedom(freedom) ? quantile_of(Chi2(freedom), p, 0) : nan; }

}  // namespace arcuate
