#include "encode/split_design.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "encode/pca.h"

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
  Band result{at::empty({train.count(), band.size(1)}, options.type),
              at::empty({test.count(), band.size(1)}, options.type)};
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
  const auto ones = at::ones({1, train.size(1)}, at::kDouble);
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

SplitDesign make_design(const RidgeProblem& problem, const RidgeSplit& split, const RidgeOptions& options) {
  SplitDesign design{.train = {}, .test = {}, .inner = to_positions(split), .options = options};
  const Rows train(split.outer.train), test(split.outer.test);
  for (const auto& band : problem.bands) {
    auto prepared = prepare_band(band, train, test, options);
    if (options.components > 0) prepared = reduced(prepared, options);
    design.train.push_back(std::move(prepared.train));
    design.test.push_back(std::move(prepared.test));
  }
  return design;
}

TrainingResponses training_responses(const RidgeProblem& problem, const RidgeSplit& split, const RowRange& targets,
                                     const RidgeOptions& options) {
  const auto own = Rows(split.outer.train).of(problem.responses.slice(1, targets.begin, targets.end));
  if (!options.intercept && !scales_responses(options))
    return {.values = own.to(options.type), .scaling = unscaled(own)};
  const auto rows = own.to(at::kDouble);
  const auto scaling = fit_scaling(rows, options.intercept, scales_responses(options));
  return {.values = ((rows - scaling.mean) / scaling.deviation).to(options.type), .scaling = scaling};
}

}  // namespace arcuate::ridge
