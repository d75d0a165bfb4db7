// Draws of units and intervals; quantiles against numpy.
#include "stats/bootstrap.h"

#include <cmath>
#include <numeric>

#include "io/json.h"
#include "support.h"

using namespace arcuate;

static Json reference() { return read_json(test::source_path("reference/scaling/scaling.json")); }

TEST(Bootstrap, a_draw_takes_as_many_units_as_there_are) {
  const auto draws = bootstrap_counts(5, "subject", {.draws = 300, .seed = 1});
  ASSERT_EQ(draws.size(), 300u);
  std::vector<double> mean(5, 0);
  for (const auto& counts : draws) {
    ASSERT_EQ(std::accumulate(counts.begin(), counts.end(), int64_t{0}), 5);
    for (size_t u = 0; u < 5; ++u) mean[u] += static_cast<double>(counts[u]) / 300;
  }
  for (const double m : mean) EXPECT_NEAR(m, 1, 4 * std::sqrt(0.8 / 300));
}

TEST(Bootstrap, the_seed_and_the_kind_of_unit_decide_the_draws) {
  const BootstrapOptions options{.draws = 20, .seed = 1};
  EXPECT_EQ(bootstrap_counts(6, "subject", options), bootstrap_counts(6, "subject", options));
  EXPECT_NE(bootstrap_counts(6, "subject", options), bootstrap_counts(6, "story", options));
  EXPECT_NE(bootstrap_counts(6, "subject", options), bootstrap_counts(6, "subject", {.draws = 20, .seed = 2}));
  EXPECT_EQ(bootstrap_counts(1, "subject", options), std::vector<std::vector<int64_t>>(20, {1}));
}

TEST(Bootstrap, quantiles_are_those_of_numpy) {
  const auto cases = reference();
  for (const auto& c : cases["type7"])
    EXPECT_NEAR(quantile(c["values"].get<std::vector<double>>(), c["p"].get<double>()), c["quantile"].get<double>(),
                1e-12);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
  EXPECT_EQ(quantile({NAN, 3, NAN, 1}, 0.5), 2);
}

TEST(Bootstrap, an_interval_holds_the_middle_of_the_values) {
  std::vector<double> values(101);
  std::iota(values.begin(), values.end(), 0.0);
  const auto interval = percentile_interval(values, 0.9);
  EXPECT_NEAR(interval.low, 5, 1e-12);
  EXPECT_NEAR(interval.high, 95, 1e-12);
  EXPECT_TRUE(std::isnan(percentile_interval({}, 0.9).low));
}
