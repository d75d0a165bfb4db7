#include "stats/least_squares.h"

#include <ATen/ATen.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using nlohmann::json;

namespace {

at::Tensor matrix(const json& rows) {
  std::vector<at::Tensor> stacked;
  for (const auto& row : rows) stacked.push_back(to_tensor(row.get<std::vector<double>>()));
  return at::stack(stacked);
}

at::Tensor vector_of(const json& values) { return to_tensor(values.get<std::vector<double>>()); }

double relative(double found, double expected) { return std::abs(found - expected) / std::abs(expected); }

// U.S. employment, 1947-1962 (Longley 1967): the test of NIST's Statistical Reference Datasets whose predictors are
// nearly collinear. Response first.
const std::vector<std::vector<double>> longley_rows{
    {60323, 83.0, 234289, 2356, 1590, 107608, 1947},  {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
    {60171, 88.2, 258054, 3682, 1616, 109773, 1949},  {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
    {63221, 96.2, 328975, 2099, 3099, 112075, 1951},  {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
    {64989, 99.0, 365385, 1870, 3547, 115094, 1953},  {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
    {66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
    {68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
    {68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
    {69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962}};
const std::vector<std::string> longley_names{"deflator", "gnp", "unemployed", "armed", "population", "year"};

LeastSquaresFit longley(bool intercept) {
  const auto table = matrix(json(longley_rows));
  return least_squares(table.slice(1, 1), table.select(1, 0), longley_names, {.intercept = intercept});
}

// Every number of statsmodels for one of the two designs of make_regression.py.
void expect_statsmodels(const std::string& which, bool intercept) {
  std::ifstream file(test::source_path("reference/regression/regression.json"));
  const auto all = json::parse(file);
  const auto& expected = all.at(which);
  const auto x = matrix(all.at("x")), y = vector_of(all.at("y"));
  const std::vector<std::string> names{"a", "b", "c", "d"};
  const auto fit = least_squares(x, y, names, {.intercept = intercept, .confidence = 0.9});
  constexpr double close = 1e-9;
  for (const auto& [name, value] : {std::pair{"ssr", fit.ssr},
                                    {"r2", fit.r2},
                                    {"adjusted_r2", fit.adjusted_r2},
                                    {"f", fit.f},
                                    {"f_p", fit.f_p},
                                    {"log_likelihood", fit.log_likelihood},
                                    {"aic", fit.aic},
                                    {"bic", fit.bic},
                                    {"durbin_watson", fit.durbin_watson},
                                    {"jarque_bera", fit.jarque_bera},
                                    {"jarque_bera_p", fit.jarque_bera_p},
                                    {"condition", fit.condition}})
    EXPECT_LT(relative(value, expected.at(name)), close) << which << " " << name;
  const size_t first = intercept ? 1 : 0;
  ASSERT_EQ(fit.coefficients.size(), names.size() + first);
  for (size_t j = 0; j < fit.coefficients.size(); ++j) {
    const auto& c = fit.coefficients[j];
    for (const auto& [name, value] : {std::pair{"estimate", c.estimate},
                                      {"se", c.se},
                                      {"t", c.t},
                                      {"p", c.p},
                                      {"lower90", c.lower},
                                      {"upper90", c.upper}})
      EXPECT_LT(relative(value, expected.at(name)[j]), close) << which << " " << name << " " << c.term;
    if (j >= first) {
      EXPECT_LT(relative(c.vif, expected.at("vif")[j - first]), close) << c.term;
    }
  }
  for (const auto& [name, found] :
       {std::pair{"leverage", fit.leverage}, {"cook", fit.cook}, {"residuals", fit.residuals}})
    EXPECT_LT((found - vector_of(expected.at(name))).abs().max().item<double>(), close) << which << " " << name;
  for (const auto& [name, kind] : {std::pair{"hc0", CoefficientErrors::hc0},
                                   {"hc1", CoefficientErrors::hc1},
                                   {"hc2", CoefficientErrors::hc2},
                                   {"hc3", CoefficientErrors::hc3}}) {
    const auto robust = least_squares(x, y, names, {.intercept = intercept, .errors = kind});
    for (size_t j = 0; j < robust.coefficients.size(); ++j)
      EXPECT_LT(relative(robust.coefficients[j].se, expected.at(name)[j]), close) << which << " " << name;
    EXPECT_EQ(kind == CoefficientErrors::hc3, relative(robust.coefficients[0].p, expected.at("hc3_p")[0]) < close);
  }
}

}  // namespace

TEST(LeastSquares, reaches_the_certified_values_of_longley) {
  const std::vector<std::pair<double, double>> certified{{-3482258.63459582, 890420.383607373},
                                                         {15.0618722713733, 84.9149257747669},
                                                         {-0.358191792925910e-01, 0.334910077722432e-01},
                                                         {-2.02022980381683, 0.488399681651699},
                                                         {-1.03322686717359, 0.214274163161675},
                                                         {-0.511041056535807e-01, 0.226073200069370},
                                                         {1829.15146461355, 455.478499142212}};
  const auto fit = longley(true);
  ASSERT_EQ(fit.coefficients.size(), certified.size());
  double worst = 0;
  for (size_t j = 0; j < certified.size(); ++j) {
    worst = std::max(worst, relative(fit.coefficients[j].estimate, certified[j].first));
    worst = std::max(worst, relative(fit.coefficients[j].se, certified[j].second));
  }
  EXPECT_LT(worst, 1e-10);
  EXPECT_LT(relative(fit.r2, 0.995479004577296), 1e-13);
  EXPECT_LT(relative(fit.f, 330.285339234588), 1e-11);
  EXPECT_LT(relative(fit.ssr, 836424.055505915), 1e-11);
  EXPECT_NEAR(fit.adjusted_r2, 0.99246501, 1e-8);
  EXPECT_NEAR(fit.log_likelihood, -109.6174, 1e-4);
  EXPECT_NEAR(fit.aic, 233.2349, 1e-4);
  EXPECT_NEAR(fit.bic, 238.643, 1e-3);
  EXPECT_NEAR(fit.coefficients[4].p, 0.00094437, 1e-8);
}

TEST(LeastSquares, reaches_the_values_of_longley_through_the_origin) {
  const auto fit = longley(false);
  EXPECT_EQ(fit.coefficients.front().term, "deflator");
  EXPECT_NEAR(fit.r2, 0.9999670130705958, 1e-12);
  EXPECT_LT(relative(fit.f, 50523.39573737409), 1e-8);
}

TEST(LeastSquares, agrees_with_statsmodels) { expect_statsmodels("intercept", true); }

TEST(LeastSquares, agrees_with_statsmodels_without_an_intercept) { expect_statsmodels("plain", false); }

TEST(LeastSquares, is_the_mean_without_predictors) {
  const auto fit = least_squares(at::empty({4, 0}, at::kDouble), to_tensor({{1, 2, 3, 6}}), {});
  ASSERT_EQ(fit.coefficients.size(), 1u);
  EXPECT_NEAR(fit.coefficients[0].estimate, 3, 1e-15);
  EXPECT_NEAR(fit.coefficients[0].se, std::sqrt(14.0 / 3 / 4), 1e-15);
  EXPECT_NEAR(fit.r2, 0, 1e-15);
  EXPECT_TRUE(std::isnan(fit.f));
}

TEST(LeastSquares, a_row_of_full_leverage_has_no_cook_distance) {
  const auto x = at::stack({to_tensor({{0, 0, 0, 0, 1}}), to_tensor({{1, 2, 3, 5, 4}})}, 1);
  const auto fit = least_squares(x, to_tensor({{1, 3, 2, 5, 9}}), {"only the last", "b"}, {});
  EXPECT_TRUE(std::isnan(fit.cook[4].item<double>()));
  EXPECT_FALSE(std::isnan(fit.cook[3].item<double>()));
  EXPECT_NEAR(fit.leverage[4].item<double>(), 1, 1e-12);
}

TEST(LeastSquares, names_columns_that_cannot_be_used) {
  const auto y = to_tensor({{1, 3, 2, 5, 9, 4}}), a = to_tensor({{1, 2, 3, 4, 5, 7}}),
             b = to_tensor({{2, 1, 2, 1, 2, 3}});
  const auto fails = [&](const std::vector<at::Tensor>& columns, const std::vector<std::string>& names) {
    return message_of([&] { least_squares(at::stack(columns, 1), y, names); });
  };
  EXPECT_TRUE(contains(fails({a, at::full_like(a, 0.1), at::full_like(a, 1e9)}, {"a", "k1", "k2"}),
                       {"do not vary", "'k1' is 0.1 in all 6 rows", "'k2' is 1e+09 in all 6 rows"}));
  EXPECT_TRUE(contains(fails({a, b, b * b, 2 * a - b + 7}, {"a", "b", "b2", "sum"}),
                       {"'sum' is a linear combination of 'a', 'b'", "leave one out"}));
  auto broken = a.clone();
  broken[2] = NAN;
  EXPECT_TRUE(contains(fails({broken, b}, {"broken", "b"}), {"'broken' holds NaN or infinite values"}));
  EXPECT_TRUE(contains(fails({a, b, a * a, b * b, a * b}, {"a", "b", "c", "d", "e"}),
                       {"6 rows are too few for 6 coefficients", "at least 7"}));
  EXPECT_TRUE(contains(message_of([&] { least_squares(a.unsqueeze(1), at::full_like(y, 0.1), {"a"}); }),
                       {"the response is 0.1 in all 6 rows"}));
}

TEST(LeastSquares, fits_a_constant_given_as_a_column_through_the_origin) {
  const auto a = to_tensor({{1, 2, 3, 4, 5, 7}}), y = to_tensor({{1, 3, 2, 5, 9, 4}});
  const auto by_hand = least_squares(at::stack({at::ones_like(a), a}, 1), y, {"one", "a"}, {.intercept = false});
  const auto fit = least_squares(a.unsqueeze(1), y, {"a"});
  EXPECT_NEAR(by_hand.coefficients[0].estimate, fit.coefficients[0].estimate, 1e-12);
  EXPECT_NEAR(by_hand.coefficients[1].se, fit.coefficients[1].se, 1e-12);
  EXPECT_GT(by_hand.r2, fit.r2);
  EXPECT_TRUE(
      contains(message_of([&] { least_squares(at::zeros({6, 1}, at::kDouble), y, {"nothing"}, {.intercept = false}); }),
               {"0 everywhere", "'nothing' is 0 in all 6 rows"}));
}
