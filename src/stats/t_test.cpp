#include "stats/t_test.h"

#include <ATen/ATen.h>

#include <limits>

#include "stats/distributions.h"

namespace arcuate {

static double student_p(double t, double freedom, Alternative alternative) {
  if (alternative == Alternative::two_sided) return student_two_sided(t, freedom);
  return student_tail(alternative == Alternative::greater ? t : -t, freedom);
}

TTestResult t_test(const RunningMoments& moments, const TTestOptions& options) {
  const auto error = sample_deviation(moments) / moments.count.sqrt();
  const auto t = (moments.mean - options.against) / error;
  TTestResult result{.t = at::where(are_testable(moments, options.least), t,
                                    at::full_like(t, std::numeric_limits<double>::quiet_NaN()))
                              .contiguous(),
                     .freedom = moments.count - 1,
                     .p = at::empty_like(moments.mean)};
  const auto *value = result.t.data_ptr<double>(), *freedom = result.freedom.data_ptr<double>();
  for (int64_t v = 0; v < result.p.size(0); ++v)
    result.p.data_ptr<double>()[v] = student_p(value[v], freedom[v], options.alternative);
  return result;
}

}  // namespace arcuate
