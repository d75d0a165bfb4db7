#include "brain/drift.h"

#include "brain/clean.h"
#include "brain/confounds.h"
#include "core/tensor.h"
#include "fixture.h"

namespace arcuate {
namespace {

using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

constexpr double tr = 1.5, precise = 1e-9;  // values are about 100

class Cleaned : public testing::Test {
 protected:
  at::Tensor confounds(const std::vector<std::string>& wanted) const {
    return read_confounds(test::source_path("reference/cleaning/confounds.tsv"), wanted, x.size(0));
  }
  at::Tensor regressed(const std::vector<std::string>& wanted, const std::string& detrend, double highpass = 0) const {
    return without_drift({.responses = x, .confounds = confounds(wanted), .tr = tr, .highpass = highpass},
                         parse_detrend(detrend));
  }
  at::Tensor detrended(const std::string& how, double each = tr) const {
    return without_drift({.responses = x, .tr = each}, parse_detrend(how));
  }

  Fixture reference{"cleaning/cleaning.safetensors"};
  at::Tensor x = reference["x"];
};

TEST_F(Cleaned, savitzky_golay_is_scipys) {
  EXPECT_LT(largest_difference(x - savgol_smoothed(x, 61, 2), reference["savgol_61_2"]), precise);
  EXPECT_LT(largest_difference(x - savgol_smoothed(x, 21, 3), reference["savgol_21_3"]), precise);
  EXPECT_LT(largest_difference(x - savgol_smoothed(x, 89, 1), reference["savgol_89_1"]), precise);
  EXPECT_LT(largest_difference(detrended("savgol", 2), reference["savgol_61_2"]), precise);  // 120 s, order 2
  EXPECT_LT(largest_difference(detrended("savgol:42:3", 2), reference["savgol_21_3"]), precise);
  // Longer than the block of rows that one product smooths.
  const auto time = at::arange(700, at::kDouble).unsqueeze(1);
  const auto parabola = (time - 200).square() / 100 + time;
  EXPECT_LT(largest_difference(savgol_smoothed(parabola, 61, 2), parabola), 1e-8);
  const auto noisy = parabola + at::sin(time * 1.7);
  EXPECT_LT(largest_difference(savgol_smoothed(noisy, 61, 2).slice(0, 300, 330),
                               savgol_smoothed(noisy.slice(0, 250, 400), 61, 2).slice(0, 50, 80)),
            1e-8);
}

TEST_F(Cleaned, polynomials_are_scipys) {
  EXPECT_LT(largest_difference(detrended("polynomial:0"), reference["constant"]), precise);
  EXPECT_LT(largest_difference(detrended("polynomial:1"), reference["linear"]), precise);
  EXPECT_LT(largest_difference(detrended("polynomial:3"), reference["cubic"]), precise);
  EXPECT_TRUE(at::equal(detrended("none"), x));
}

TEST_F(Cleaned, confounds_are_taken_out_as_nilearn_does) {
  EXPECT_LT(largest_difference(confounds({"motion24"}), reference["motion24"]), 1e-15);
  EXPECT_LT(largest_difference(regressed({"motion6"}, "none"), reference["clean.motion6"]), precise);
  EXPECT_LT(largest_difference(regressed({"motion24"}, "polynomial:1"), reference["clean.motion24.linear"]), precise);
  EXPECT_LT(
      largest_difference(regressed({"acompcor:2"}, "polynomial:1", 64), reference["clean.acompcor2.linear.cosine"]),
      precise);
  const auto slow = parse_detrend("savgol:90");
  EXPECT_LT(largest_difference(without_drift({.responses = x, .confounds = confounds({"motion6"}), .tr = tr}, slow),
                               reference["clean.motion6.savgol"]),
            precise);
}

TEST_F(Cleaned, no_step_brings_back_what_another_took_out) {
  const auto clean = regressed({"motion24", "wm_csf"}, "polynomial:2", 64);
  const auto left = [&](const at::Tensor& regressors) { return regressors.t().mm(clean).abs().max().item<double>(); };
  EXPECT_LT(left(polynomials(x.size(0), 2)), precise);
  EXPECT_LT(left(cosine_waves(x.size(0), tr, 64)), precise);
  EXPECT_LT(left(confounds({"motion24"})), precise);
  EXPECT_GT(left(confounds({"a_comp_cor_00"})), 1);
}

TEST_F(Cleaned, rows_are_cut_after_the_window_of_savitzky_and_golay_and_before_the_fit) {
  const auto cut = [&](const at::Tensor& series) { return series.slice(0, 5, x.size(0) - 3); };
  const auto with = [&](const std::string& how) {
    return without_drift({.responses = x, .tr = tr, .trim_start = 5, .trim_end = 3}, parse_detrend(how));
  };
  EXPECT_LT(largest_difference(with("savgol:90"), cut(detrended("savgol:90"))), precise);
  EXPECT_LT(largest_difference(with("polynomial:1"),
                               without_drift({.responses = cut(x), .tr = tr}, parse_detrend("polynomial:1"))),
            precise);
}

TEST_F(Cleaned, every_option_changes_the_result) {
  std::vector<at::Tensor> results{x};
  for (const char* how : {"polynomial:0", "polynomial:1", "savgol", "savgol:60", "savgol:60:3"})
    results.push_back(detrended(how));
  for (const char* what : {"motion6", "motion12", "motion24", "wm_csf", "global", "acompcor:1", "acompcor", "csf"})
    results.push_back(regressed({what}, "none"));
  for (size_t a = 0; a < results.size(); ++a)
    for (size_t b = 0; b < a; ++b) EXPECT_GT(largest_difference(results[a], results[b]), 1e-3) << a << " " << b;
}

TEST(Drift, what_cannot_be_is_refused) {
  const auto of = [](const std::string& text) { return message_of([&] { parse_detrend(text); }); };
  EXPECT_TRUE(contains(of("linear"), {"'linear' is no way to detrend", "none, polynomial:ORDER (0 to 20) or savgol"}));
  for (const char* text : {"", "polynomial", "polynomial:-1", "polynomial:21", "polynomial:1:2", "savgol:0",
                           "savgol:-5", "savgol:inf", "savgol:nan", "savgol:60:x", "savgol:60:2:1"})
    EXPECT_TRUE(contains(of(text), {"is no way to detrend"})) << text;
  EXPECT_EQ(detrend_text(parse_detrend("savgol")), "savgol:120:2");
  EXPECT_EQ(detrend_text(parse_detrend("polynomial:3")), "polynomial:3");
  EXPECT_EQ(detrend_text({}), "none");
  const auto x = at::arange(20, at::kDouble).unsqueeze(1);
  EXPECT_TRUE(
      contains(message_of([&] { savgol_smoothed(x, 21, 2); }), {"21 volumes and order 2", "scan of 20 volumes"}));
  EXPECT_TRUE(contains(message_of([&] { savgol_smoothed(x, 3, 3); }), {"longer than its order"}));
  EXPECT_TRUE(contains(message_of([&] { without_regressors(x, at::eye(20, at::kDouble)); }),
                       {"20 regressors", "leave nothing of 20 volumes"}));
}

TEST(Drift, regressors_that_others_span_count_once) {
  const auto x = random_normals(30, 3, 1), regressors = random_normals(30, 4, 2);
  const auto twice = at::cat(
      {regressors, regressors * 1e6, regressors.mm(random_normals(4, 2, 3)), at::zeros({30, 1}, at::kDouble)}, 1);
  EXPECT_LT(largest_difference(without_regressors(x, twice), without_regressors(x, regressors)), 1e-12);
}

}  // namespace
}  // namespace arcuate
