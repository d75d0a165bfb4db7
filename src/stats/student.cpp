#include "stats/student.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace arcuate {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double student_quantile(double probability, double degrees) {
  if (!(degrees > 0)) return nan;
  return boost::math::quantile(boost::math::students_t(degrees), probability);
}

double student_two_sided_p(double t, double degrees) {
  if (!(degrees > 0) || std::isnan(t)) return nan;
  if (std::isinf(t)) return 0;
  return 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(degrees), std::abs(t)));
}

}  // namespace arcuate
