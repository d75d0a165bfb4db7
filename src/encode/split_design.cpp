#include "encode/split_design.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "encode/delays.h"
#include "encode/exact_products.h"
#include "encode/pca.h"
#include "encode/ridge_dual.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t columns_at_once = 1024;  // that are held in float64

std::vector<InnerFold> to_positions(const RidgeSplit& split) {
  std::map<int64_t, int64_t> position;
  for (size_t i = 0; i < split.outer.train.size(); ++i) position[split.outer.train[i]] = static_cast<int64_t>(i);
  std::vector<InnerFold> folds;
  for (const auto& fold : split.inner) {
    std::vector<int64_t> train, block, test, test_in_block;
    std::vector<bool> kept(split.outer.train.size(), false);
    for (int64_t row : fold.train) kept[static_cast<size_t>(position.at(row))] = true;
    std::map<int64_t, int64_t> place;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) place[static_cast<int64_t>(i)] = static_cast<int64_t>(block.size());
      (kept[i] ? train : block).push_back(static_cast<int64_t>(i));
    }
    for (int64_t row : fold.test) {
      test.push_back(position.at(row));
      test_in_block.push_back(place.at(position.at(row)));
    }
    folds.push_back({Rows(train), Rows(block), Rows(test), Rows(test_in_block)});
  }
  return folds;
}

bool scales_features(const RidgeOptions& options) {
  return options.standardize == Standardize::features || options.standardize == Standardize::both;
}
bool scales_responses(const RidgeOptions& options) {
  return options.standardize == Standardize::responses || options.standardize == Standardize::both;
}

struct Band {
  Tensor train, test;
};

Band prepare_band(const Tensor& band, const Rows& train, const Rows& test, const RidgeOptions& options) {
  const bool scale = scales_features(options);
  if (!options.intercept && !scale) return {train.of(band).to(options.type), test.of(band).to(options.type)};
  const auto kind = band.options().dtype(options.type);
  Band result{at::empty({train.count(), band.size(1)}, kind), at::empty({test.count(), band.size(1)}, kind)};
  for (int64_t first = 0; first < band.size(1); first += columns_at_once) {
    const int64_t end = std::min(first + columns_at_once, band.size(1));
    const auto part = band.slice(1, first, end);
    const auto rows = train.of(part).to(at::kDouble);
    const auto scaling = fit_scaling(rows, options.intercept, scale);
    result.train.slice(1, first, end).copy_((rows - scaling.mean) / scaling.deviation);
    result.test.slice(1, first, end).copy_((test.of(part).to(at::kDouble) - scaling.mean) / scaling.deviation);
  }
  return result;
}

// In an intercept's absence nothing is centred: the rows are turned into the components, not moved.
Band reduced(const Band& band, const RidgeOptions& options) {
  const auto components = fit_pca(band.train, options.components).components.t();
  return {band.train.to(at::kDouble).mm(components).to(options.type),
          band.test.to(at::kDouble).mm(components).to(options.type)};
}

}  // namespace

static Scaling unscaled(const Tensor& train) {
  const auto ones = at::ones({1, train.size(1)}, train.options().dtype(at::kDouble));
  return {.mean = at::zeros_like(ones), .deviation = ones};
}

Scaling fit_scaling(const Tensor& train, bool centre, bool scale) {
  auto scaling = unscaled(train);
  if (centre || scale) scaling.mean = train.mean(0, true);
  if (!scale) return scaling;
  const auto deviation = (train - scaling.mean).square().mean(0, true).sqrt();
  scaling.deviation = at::where(deviation > 1e-12 * train.abs().amax(0, true), deviation, scaling.deviation);
  return scaling;
}

// Several bands may be narrow ones, whose columns solvers use.
static bool kernels_suffice(const RidgeProblem& problem, const std::vector<int64_t>& widths,
                            const std::vector<RidgeSplit>& splits, const RidgeOptions& options) {
  const bool needs_features = scales_features(options) || options.components > 0 || options.fractional ||
                              options.form == Form::primal || options.criterion != PenaltyCriterion::folds;
  if (widths.size() > 1 || needs_features) return false;
  return std::all_of(splits.begin(), splits.end(), [&](const RidgeSplit& split) {
    return widths.front() >= std::ssize(split.outer.train) && !problem.delays.empty();
  });
}

DelayedProblem carry_out_delays(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                const RidgeOptions& options, c10::Device device) {
  DelayedProblem result{.problem = problem, .kernels = {}, .widths = {}};
  for (auto& band : result.problem.bands) band = band.to(device);
  const auto copies = std::max<int64_t>(std::ssize(problem.delays), 1);
  for (const auto& band : problem.bands) result.widths.push_back(copies * band.size(1));
  if (problem.delays.empty()) return result;
  const bool kernels = kernels_suffice(problem, result.widths, splits, options);
  for (auto& band : result.problem.bands)
    if (kernels)
      result.kernels.push_back(delayed_kernel(symmetric_product(band), problem.delays, problem.stories));
    else
      band = delayed(band, problem.delays, problem.stories);
  return result;
}

SplitDesign make_design(const DelayedProblem& given, const RidgeSplit& split, const RidgeOptions& options) {
  const Rows train(split.outer.train), test(split.outer.test);
  SplitDesign design{
      .rows = train.count(), .widths = {}, .train = {}, .test = {}, .inner = to_positions(split), .options = options};
  for (const auto& kernel : given.kernels) {
    auto within = train.of(train.of(kernel), 1), across = train.of(test.of(kernel), 1);
    if (options.intercept) centre_kernels(within, across);
    design.kernels.train.push_back(within);
    design.kernels.test.push_back(across);
  }
  if (!given.kernels.empty()) {
    design.widths = given.widths;
    return design;
  }
  for (const auto& band : given.problem.bands) {
    auto prepared = prepare_band(band, train, test, options);
    if (options.components > 0) prepared = reduced(prepared, options);
    design.widths.push_back(prepared.train.size(1));
    design.train.push_back(std::move(prepared.train));
    design.test.push_back(std::move(prepared.test));
  }
  return design;
}

TrainingResponses training_responses(const RidgeProblem& problem, const RidgeSplit& split, const RowRange& targets,
                                     const RidgeOptions& options, c10::Device device) {
  const auto own = Rows(split.outer.train).of(problem.responses.columns(targets)).to(device);
  if (!options.intercept && !scales_responses(options))
    return {.values = own.to(options.type), .scaling = unscaled(own)};
  const auto rows = own.to(at::kDouble);
  const auto scaling = fit_scaling(rows, options.intercept, scales_responses(options));
  return {.values = ((rows - scaling.mean) / scaling.deviation).to(options.type), .scaling = scaling};
}

}  // namespace arcuate::ridge
