#include "analysis/best_subset.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/rows.h"
#include "stats/design_basis.h"

namespace arcuate {

namespace {

constexpr size_t most = most_candidates;

struct Problem {
  const double* gram = nullptr;
  std::vector<double> cross{};  // of each column with the response
  size_t candidates = 0;
  double rows = 0, penalty = 0;  // the criterion's price of a predictor
};

// A subset with its Cholesky factor L and L^-1 times its part of `cross`: the drop of SSR is the sum of squares of
// that.
struct Subset {
  size_t size = 0;
  std::array<size_t, most> members{};
  std::array<double, most * most> factor{};
  std::array<double, most> weights{};
  double ssr = 0;
};

void append(const Problem& problem, Subset& subset, size_t column) {
  double* row = &subset.factor[subset.size * most];
  double left = problem.gram[column * problem.candidates + column], weight = problem.cross[column];
  for (size_t i = 0; i < subset.size; ++i) {
    double value = problem.gram[column * problem.candidates + subset.members[i]];
    for (size_t j = 0; j < i; ++j) value -= row[j] * subset.factor[i * most + j];
    row[i] = value / subset.factor[i * most + i];
    left -= row[i] * row[i];
    weight -= row[i] * subset.weights[i];
  }
  row[subset.size] = std::sqrt(std::max(left, least_unexplained / 2));
  subset.weights[subset.size] = weight / row[subset.size];
  subset.ssr -= subset.weights[subset.size] * subset.weights[subset.size];
  subset.members[subset.size++] = column;
}

struct Best {
  double value = INFINITY;
  std::vector<int64_t> members{};
};

double criterion_of(const Problem& problem, const Subset& subset) {
  constexpr double perfect = 1e-300;  // where rounding has explained more than everything
  return problem.rows * std::log(std::max(subset.ssr, perfect)) + problem.penalty * static_cast<double>(subset.size);
}

void visit(const Problem& problem, const Subset& subset, size_t next, Best& best) {
  if (const double value = criterion_of(problem, subset); value < best.value)
    best = {value, {subset.members.begin(), subset.members.begin() + static_cast<std::ptrdiff_t>(subset.size)}};
  for (size_t column = next; column < problem.candidates; ++column) {
    auto longer = subset;
    append(problem, longer, column);
    visit(problem, longer, column + 1, best);
  }
}

}  // namespace

void check_candidates(int64_t predictors) {
  if (predictors > most_candidates)
    bad_usage("an exhaustive choice takes at most {} predictors, found {}: name fewer, or choose none", most_candidates,
              predictors);
}

SubsetSearch::SubsetSearch(const at::Tensor& x, bool intercept) : intercept_(intercept) {
  check_candidates(x.size(1));
  const auto about = intercept ? centred(x) : x;
  columns_ = about / about.norm(2, 0, true);
  gram_ = to_vector(columns_.t().mm(columns_).flatten());
}

std::vector<int64_t> SubsetSearch::best(const at::Tensor& y, Criterion criterion) const {
  if (criterion == Criterion::none) return all_rows(columns_.size(1));
  const auto about = intercept_ ? centred(y) : y;
  Problem problem{.gram = gram_.data(),
                  .cross = to_vector(columns_.t().mv(about)),
                  .candidates = static_cast<size_t>(columns_.size(1)),
                  .rows = static_cast<double>(y.size(0))};
  problem.penalty = criterion == Criterion::aic ? 2 : std::log(problem.rows);
  Best best;
  visit(problem, {.ssr = about.square().sum().item<double>()}, 0, best);
  return best.members;
}

}  // namespace arcuate
