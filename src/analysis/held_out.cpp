#include "analysis/held_out.h"

#include <ATen/ATen.h>

#include <map>

#include "core/error.h"
#include "core/tensor.h"
#include "stats/design_basis.h"

namespace arcuate {

using at::Tensor;

namespace {

// The map from training responses to predictions of the test rows, for one choice of predictors: test x train.
Tensor prediction_map(const Tensor& train, const Tensor& test, bool intercept) {
  const std::vector<std::string> unnamed(static_cast<size_t>(train.size(1)));
  const auto basis = design_basis(train, unnamed, intercept);
  return with_constant(test, intercept).mm(basis.to_coefficients).mm(basis.q.t());
}

// Predictions of the test rows, each response by its own choice of predictors.
Tensor predicted(const Tensor& train, const Tensor& test, const Tensor& responses, const HeldOutOptions& options) {
  if (options.select == Criterion::none) return prediction_map(train, test, options.intercept).mm(responses);
  const SubsetSearch search(train, options.intercept);
  std::map<std::vector<int64_t>, std::vector<int64_t>> by_choice;
  for (int64_t m = 0; m < responses.size(1); ++m)
    by_choice[search.best(responses.select(1, m), options.select)].push_back(m);
  auto predictions = at::empty({test.size(0), responses.size(1)}, at::kDouble);
  for (const auto& [columns, members] : by_choice) {
    const auto chosen = index_tensor(columns), places = index_tensor(members);
    const auto map = prediction_map(train.index_select(1, chosen), test.index_select(1, chosen), options.intercept);
    predictions.index_copy_(1, places, map.mm(responses.index_select(1, places)));
  }
  return predictions;
}

}  // namespace

Tensor held_out_r2(const Tensor& x, const Tensor& responses, const std::vector<std::string>& names,
                   const std::vector<Fold>& folds, const HeldOutOptions& options) {
  auto sse = at::zeros({responses.size(1)}, at::kDouble), sst = at::zeros_like(sse);
  for (size_t f = 0; f < folds.size(); ++f) {
    const auto train_rows = index_tensor(folds[f].train), test_rows = index_tensor(folds[f].test);
    const auto train = x.index_select(0, train_rows), test = x.index_select(0, test_rows);
    const auto known = responses.index_select(0, train_rows), truth = responses.index_select(0, test_rows);
    within(fmt::format("in the training rows of fold {} of {}", f + 1, folds.size()),
           [&] { design_basis(train, names, options.intercept); });
    sse += (truth - predicted(train, test, known, options)).square().sum(0);
    sst += (options.intercept ? truth - known.mean(0, true) : truth).square().sum(0);
  }
  return 1 - sse / sst;
}

}  // namespace arcuate
