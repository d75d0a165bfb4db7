#include "stats/distributions.h"

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "support.h"

using namespace arcuate;
using Arguments = std::vector<double>;

TEST(Distributions, agree_with_scipy) {
  const std::map<std::string, double (*)(const Arguments&)> functions{
      {"normal_tail", [](const Arguments& a) { return normal_tail(a[0]); }},
      {"normal_quantile", [](const Arguments& a) { return normal_quantile(a[0]); }},
      {"student_tail", [](const Arguments& a) { return student_tail(a[0], a[1]); }},
      {"student_quantile", [](const Arguments& a) { return student_quantile(a[0], a[1]); }},
      {"f_tail", [](const Arguments& a) { return f_tail(a[0], a[1], a[2]); }},
      {"f_quantile", [](const Arguments& a) { return f_quantile(a[0], a[1], a[2]); }},
      {"chi2_tail", [](const Arguments& a) { return chi2_tail(a[0], a[1]); }},
      {"chi2_quantile", [](const Arguments& a) { return chi2_quantile(a[0], a[1]); }}};
  std::ifstream file(test::source_path("reference/regression/regression.json"));
  const auto reference = nlohmann::json::parse(file).at("distributions");
  EXPECT_GT(reference.size(), 80u);
  for (const auto& row : reference) {
    const auto value = row.at("value").get<double>();
    EXPECT_NEAR(functions.at(row.at("of"))(row.at("at")), value, 1e-11 * std::abs(value) + 1e-15) << row.dump();
  }
}

TEST(Distributions, hold_to_closed_forms) {
  EXPECT_NEAR(student_tail(1, 1), 0.25, 1e-15);  // Cauchy
  EXPECT_NEAR(student_two_sided(-3, 2), 1 - 3 / std::sqrt(11.0), 1e-15);
  EXPECT_NEAR(chi2_tail(7, 2), std::exp(-3.5), 1e-16);
  EXPECT_NEAR(f_tail(3, 2, 8), std::pow(1 + 3 * 2 / 8.0, -4), 1e-15);
  EXPECT_NEAR(student_quantile(0.75, 1), 1, 1e-14);
}

TEST(Distributions, are_defined_at_their_ends) {
  EXPECT_EQ(student_tail(INFINITY, 5), 0);
  EXPECT_EQ(student_tail(-INFINITY, 5), 1);
  EXPECT_EQ(student_quantile(0, 5), -INFINITY);
  EXPECT_EQ(student_quantile(0.5, 5), 0);
  EXPECT_EQ(f_tail(0, 2, 3), 1);
  EXPECT_EQ(f_tail(INFINITY, 2, 3), 0);
  EXPECT_EQ(chi2_quantile(1, 3), INFINITY);
  EXPECT_EQ(chi2_quantile(0, 3), 0);
}

TEST(Distributions, are_nan_where_they_are_not_defined) {
  EXPECT_TRUE(std::isnan(normal_tail(NAN)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
  EXPECT_TRUE(std::isnan(student_tail(1, 0)));
  EXPECT_TRUE(std::isnan(student_quantile(0.5, -1)));
  EXPECT_TRUE(std::isnan(f_tail(1, NAN, 3)));
  EXPECT_TRUE(std::isnan(f_quantile(0.5, 1, 0)));
  EXPECT_TRUE(std::isnan(chi2_tail(NAN, 1)));
  EXPECT_TRUE(std::isnan(chi2_quantile(-0.1, 1)));
}
