// The least-squares line against numbers computed by hand and tabled quantiles.
#include "report/line_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace arcuate;

TEST(LineFit, agrees_with_a_line_computed_by_hand) {
  // x̄ = 2, ȳ = 3; Σdx² = 10, Σdxdy = 7, Σdy² = 8.
  const std::vector<double> x{0, 1, 2, 3, 4}, y{2, 1, 4, 4, 4};
  const auto fit = fit_line(x, y);
  EXPECT_NEAR(fit.slope, 0.7, 1e-12);
  EXPECT_NEAR(fit.intercept, 1.6, 1e-12);
  EXPECT_NEAR(fit.r, 7 / std::sqrt(10 * 8.0), 1e-12);
  // Σe² = Σdy² - slope Σdxdy = 8 - 4.9 = 3.1; t(3) = 3.18245.
  const double s = std::sqrt(3.1 / 3);
  EXPECT_NEAR(fit.band(2), 3.18245 * s * std::sqrt(1.0 / 5), 1e-5);
  EXPECT_NEAR(fit.band(4), 3.18245 * s * std::sqrt(1.0 / 5 + 0.4), 1e-5);
  EXPECT_DOUBLE_EQ(fit.band(0), fit.band(4));
}

TEST(LineFit, a_line_through_all_points_has_no_band) {
  const std::vector<double> x{0, 1, 2}, y{5, 3, 1};
  const auto fit = fit_line(x, y);
  EXPECT_DOUBLE_EQ(fit.r, -1);
  EXPECT_DOUBLE_EQ(fit.band(7), 0);
}

TEST(LineFit, does_not_exist_for_two_points_or_one_x) {
  EXPECT_FALSE(fit_line(std::vector<double>{0, 1}, std::vector<double>{0, 1}).exists());
  EXPECT_FALSE(fit_line(std::vector<double>{2, 2, 2}, std::vector<double>{0, 1, 2}).exists());
  EXPECT_TRUE(fit_line(std::vector<double>{0, 1, 2}, std::vector<double>{4, 4, 4}).exists());
  EXPECT_TRUE(std::isnan(fit_line(std::vector<double>{0, 1, 2}, std::vector<double>{4, 4, 4}).r));
}

TEST(LineFit, knows_the_tabled_quantiles_of_student) {
  EXPECT_NEAR(student_t_975(1), 12.7062, 1e-4);
  EXPECT_NEAR(student_t_975(2), 4.30265, 1e-5);
  EXPECT_NEAR(student_t_975(3), 3.18245, 1e-5);
  EXPECT_NEAR(student_t_975(10), 2.22814, 1e-5);
  EXPECT_NEAR(student_t_975(29), 2.04523, 1e-5);
  EXPECT_NEAR(student_t_975(100000), 1.95998, 1e-4);
}
