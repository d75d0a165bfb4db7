#include "analysis/explain.h"

#include <ATen/ATen.h>

#include <cmath>
#include <optional>

#include "analysis/held_out.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/tensor.h"
#include "stats/design_basis.h"
#include "stats/fdr.h"
#include "stats/permutation.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// What one cell is regressed on.
struct Problem {
  std::vector<std::string> names{};
  Tensor x, y;
  RowGroups groups{};
  uint64_t seed = 0;
};

Tensor z_scored(const Tensor& x) {
  const auto about = centred(x), deviation = about.square().mean(0, true).sqrt();
  return at::where(deviation > 0, about / deviation, about);
}

Problem problem_of(const ExplainData& data, const Cell& cell, const std::string& name, const ExplainOptions& options) {
  const auto rows = index_tensor(cell.rows);
  Problem problem{.names = data.predictors,
                  .x = data.x.to(at::kDouble).index_select(0, rows),
                  .y = data.y.to(at::kDouble).index_select(0, rows),
                  .seed = derive_seed(options.seed, name)};
  if (options.z_score != ZScore::none) problem.x = z_scored(problem.x);
  if (options.z_score == ZScore::both) problem.y = z_scored(problem.y.unsqueeze(1)).squeeze(1);
  std::vector<std::string> labels;
  if (!data.groups.empty())
    for (const int64_t row : cell.rows) labels.push_back(data.groups[static_cast<size_t>(row)]);
  problem.groups = labels.empty() ? single_rows(problem.y.size(0)) : row_groups(labels);
  return problem;
}

// The regression on the chosen predictors; `chosen` are their columns.
struct Refit {
  std::vector<int64_t> chosen{};
  LeastSquaresFit fit{};
};

Refit fitted_to(const Problem& problem, const std::vector<int64_t>& rows, const ExplainOptions& options) {
  const auto at_rows = index_tensor(rows);
  const auto x = problem.x.index_select(0, at_rows), y = problem.y.index_select(0, at_rows);
  Refit refit;
  if (options.select == Criterion::none) {
    refit.chosen = all_rows(x.size(1));
  } else {
    least_squares(x, y, problem.names, options.regression);  // refuses what cannot be chosen from, by name
    refit.chosen = SubsetSearch(x, options.regression.intercept).best(y, options.select);
  }
  std::vector<std::string> names;
  for (const int64_t j : refit.chosen) names.push_back(problem.names[static_cast<size_t>(j)]);
  refit.fit = least_squares(x.index_select(1, index_tensor(refit.chosen)), y, names, options.regression);
  return refit;
}

// The chosen predictors' rows of the regression table, spread over all predictors; the others stay NaN.
std::vector<Feature> features_of(const Problem& problem, const Refit& refit, bool intercept) {
  std::vector<Feature> features(problem.names.size());
  for (size_t j = 0; j < features.size(); ++j)
    features[j] = {
        .retained = false,
        .coefficient = {
            .term = problem.names[j], .estimate = nan, .se = nan, .t = nan, .p = nan, .lower = nan, .upper = nan}};
  for (size_t c = 0; c < refit.chosen.size(); ++c)
    features[static_cast<size_t>(refit.chosen[c])] = {.retained = true,
                                                      .coefficient = refit.fit.coefficients[c + (intercept ? 1 : 0)]};
  return features;
}

void count_stable_folds(const Problem& problem, const std::vector<Fold>& folds, const ExplainOptions& options,
                        std::vector<Feature>& features) {
  for (size_t f = 0; f < folds.size(); ++f) {
    const auto refit = within(fmt::format("in the refit without fold {} of {}", f + 1, folds.size()),
                              [&] { return fitted_to(problem, folds[f].train, options); });
    const auto others = features_of(problem, refit, options.regression.intercept);
    for (size_t j = 0; j < features.size(); ++j) {
      const auto &whole = features[j].coefficient, &part = others[j].coefficient;
      if (part.p < options.alpha && whole.estimate * part.estimate > 0)
        features[j].fold_share += 1.0 / static_cast<double>(folds.size());
    }
  }
}

// Coefficients of every resample: draws x p, NaN where the drawn rows leave a predictor constant or collinear. In the
// basis of the whole cell the Gram matrix of a resample is near the identity.
Tensor resampled_coefficients(const DesignBasis& basis, const Tensor& y, const Tensor& counts) {
  constexpr double least_pivot = 1e-4;
  const int64_t p = basis.q.size(1), draws = counts.size(0);
  const auto products = (basis.q.unsqueeze(2) * basis.q.unsqueeze(1)).view({-1, p * p});
  const auto gram = counts.mm(products).view({draws, p, p});
  const auto cross = counts.mm(basis.q * y.unsqueeze(1)).unsqueeze(2);
  const auto [factor, failed] = at::linalg_cholesky_ex(gram);
  const auto usable = failed.eq(0).logical_and(factor.diagonal(0, -2, -1).amin(-1) > least_pivot);
  const auto safe = at::where(usable.view({draws, 1, 1}), factor, at::eye(p, at::kDouble));
  const auto coefficients = at::cholesky_solve(cross, safe).squeeze(2).mm(basis.to_coefficients.t());
  return at::where(usable.unsqueeze(1), coefficients, at::full_like(coefficients, nan));
}

// Percentile intervals of the retained predictors (Efron & Tibshirani 1993), their choice held fixed.
void bootstrap(const Problem& problem, const Refit& refit, const ExplainOptions& options,
               std::vector<Feature>& features) {
  if (refit.chosen.empty()) return;
  const std::vector<std::string> unnamed(refit.chosen.size());
  const auto basis =
      design_basis(problem.x.index_select(1, index_tensor(refit.chosen)), unnamed, options.regression.intercept);
  const auto drawn = resampled_coefficients(
      basis, problem.y, resampled_counts(problem.groups, options.resamples, derive_seed(problem.seed, "bootstrap")));
  if (2 * at::isnan(drawn.select(1, 0)).sum().item<int64_t>() > drawn.size(0)) return;
  const double outside = (1 - options.regression.confidence) / 2;
  const auto ends = at::nanquantile(drawn, to_tensor({{outside, 1 - outside}}), 0);
  for (size_t c = 0; c < refit.chosen.size(); ++c) {
    auto& feature = features[static_cast<size_t>(refit.chosen[c])];
    const auto column = static_cast<int64_t>(c) + (options.regression.intercept ? 1 : 0);
    feature.bootstrap_lower = ends[0][column].item<double>();
    feature.bootstrap_upper = ends[1][column].item<double>();
  }
}

void judge_features(const ExplainOptions& options, std::vector<Feature>& features) {
  constexpr double all = 1 - 1e-9;
  for (auto& f : features)
    f.reliable = f.coefficient.p < options.alpha && f.fold_share > all &&
                 (f.bootstrap_lower > 0 || f.bootstrap_upper < 0) &&
                 f.coefficient.estimate * (f.bootstrap_lower + f.bootstrap_upper) > 0;
}

void test_held_out(const Problem& problem, const std::vector<Fold>& folds, const ExplainOptions& options,
                   CellResult& result) {
  const int64_t n = problem.y.size(0);
  const auto orders =
      shuffled_orders(problem.groups, options.shuffle, options.shuffles, derive_seed(problem.seed, "permutation"));
  const auto shuffled = problem.y.index_select(0, orders.flatten()).view({options.shuffles, n}).t();
  const auto r2 = held_out_r2(problem.x, at::cat({problem.y.unsqueeze(1), shuffled}, 1), problem.names, folds,
                              {.intercept = options.regression.intercept, .select = options.select});
  result.held_out_r2 = r2[0].item<double>();
  result.held_out_p = permutation_p(r2.slice(0, 0, 1), r2.slice(0, 1).unsqueeze(1)).item<double>();
}

CellResult explain_cell(const Problem& problem, const std::string& name, const ExplainOptions& options) {
  const auto whole = fitted_to(problem, all_rows(problem.y.size(0)), options);
  CellResult result{.name = name,
                    .groups = static_cast<int64_t>(problem.groups.size()),
                    .fit = whole.fit,
                    .features = features_of(problem, whole, options.regression.intercept)};
  const auto folds = grouped_folds(problem.groups, options.folds);
  count_stable_folds(problem, folds, options, result.features);
  bootstrap(problem, whole, options, result.features);
  judge_features(options, result.features);
  test_held_out(problem, folds, options, result);
  return result;
}

// q-values over the cells of a number that each cell has, written where `place` says.
template <class P, class Q>
void correct(std::vector<CellResult>& cells, P p_of, Q place) {
  std::vector<double> p;
  for (const auto& cell : cells) p.push_back(p_of(cell));
  const auto q = to_vector(bh_fdr(to_tensor(p)));
  for (size_t c = 0; c < cells.size(); ++c) place(cells[c]) = q[c];
}

void correct_over_cells(std::vector<CellResult>& cells, size_t predictors, double alpha) {
  correct(cells, [](const auto& c) { return c.fit.f_p; }, [](auto& c) -> double& { return c.f_q; });
  correct(cells, [](const auto& c) { return c.held_out_p; }, [](auto& c) -> double& { return c.held_out_q; });
  for (size_t j = 0; j < predictors; ++j)
    correct(
        cells, [j](const auto& c) { return c.features[j].coefficient.p; },
        [j](auto& c) -> double& { return c.features[j].q; });
  for (auto& cell : cells) cell.valid = cell.fit.f_p < alpha && cell.held_out_r2 > 0 && cell.held_out_q < alpha;
}

// One fault as it is, several in one list: which cells are told must not depend on which thread came first.
void raise_all(const std::vector<std::optional<Error>>& faults) {
  std::vector<Error> found;
  for (const auto& fault : faults)
    if (fault) found.push_back(*fault);
  if (found.size() == 1) throw found.front();
  Problems problems("some cells have no regression; choose other rows or predictors");
  for (const auto& error : found) problems.add("{}", error.what());
  problems.raise();
}

}  // namespace

std::vector<CellResult> explain(const ExplainData& data, const ExplainOptions& options, const Compute& compute) {
  if (options.z_score != ZScore::none && !options.regression.intercept)
    bad_usage("z-scores subtract means, which only an intercept gives back: ask for one of the two");
  if (options.select != Criterion::none) check_candidates(data.x.size(1));
  const auto& cells = data.cells.cells;
  std::vector<CellResult> results(cells.size());
  std::vector<std::optional<Error>> faults(cells.size());
  parallel_for(static_cast<int64_t>(cells.size()), compute.threads, [&](int64_t c) {
    const auto place = static_cast<size_t>(c);
    const auto name = cell_name(data.cells, cells[place]);
    try {
      results[place] = explain_cell(problem_of(data, cells[place], name, options), name, options);
    } catch (Error& error) {
      if (error.fault() != Fault::input) throw;
      faults[place] = error.within("in the cell " + name);
    }
  });
  raise_all(faults);
  correct_over_cells(results, data.predictors.size(), options.alpha);
  return results;
}

}  // namespace arcuate
