// Student's t distribution: quantiles for intervals, tail probabilities for tests.
#pragma once

namespace arcuate {

/// The t below which a value of Student's distribution lies with `probability`. NaN for degrees that are not positive.
double student_quantile(double probability, double degrees);

/// P(|T| >= |t|). NaN for NaN and for degrees that are not positive; 0 for an infinite t.
double student_two_sided_p(double t, double degrees);

}  // namespace arcuate
