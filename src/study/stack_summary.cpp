#include "study/stack_summary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "io/hdf5.h"
#include "stats/fdr.h"
#include "study/tables.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr size_t most_target_rows = 20;  // more targets than regions of interest have no rows of their own

Tensor unknown_like(const Tensor& values) { return at::full_like(values, std::nan("")); }

}  // namespace

std::vector<std::string> spaces_of(const StackReport& report) {
  std::vector<std::string> spaces;
  for (const auto& model : report.models)
    if (std::find(spaces.begin(), spaces.end(), model.space) == spaces.end()) spaces.push_back(model.space);
  return spaces;
}

int64_t numbered_layers(const StackReport& report, const std::string& space) {
  return std::count_if(report.models.begin(), report.models.end(),
                       [&](const StackedModel& model) { return model.space == space && !std::isnan(model.number); });
}

std::vector<StackPlace> places_of(const StackReport& report) {
  std::vector<StackPlace> places{{"n/a", "all", index_tensor(all_rows(std::ssize(report.targets)))}};
  for (const auto& region : named_regions(report.places))
    places.push_back({region.hemisphere.empty() ? "n/a" : region.hemisphere, region.name.empty() ? "n/a" : region.name,
                      index_tensor(region.targets)});
  if (report.places.empty() && report.targets.size() <= most_target_rows)
    for (size_t v = 0; v < report.targets.size(); ++v)
      places.push_back({"n/a", report.targets[v], index_tensor(std::vector<int64_t>{static_cast<int64_t>(v)})});
  return places;
}

Tensor stack_q(const Tensor& p) {
  std::vector<Tensor> q;
  for (int64_t s = 0; s < p.size(0); ++s) q.push_back(bh_fdr(p[s]));
  return at::stack(q);
}

Tensor over_targets(const Tensor& values, const StackPlace& place) {
  return at::nanmean(values.index_select(-1, place.targets), -1);
}

std::pair<double, double> over_subjects(const Tensor& values) {
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  const auto count = known.numel();
  return {count == 0 ? std::nan("") : known.mean().item<double>(),
          count < 2 ? std::nan("") : known.std().item<double>() / std::sqrt(static_cast<double>(count))};
}

namespace {

// F x V: sums of the weights of each space, and their centres.
void add_spaces(const StackReport& report, SubjectWeights& own) {
  std::vector<Tensor> shares, centres;
  for (const auto& space : spaces_of(report)) {
    auto share = at::zeros_like(own.weight[0]), placed = at::zeros_like(share), moment = at::zeros_like(share);
    for (size_t m = 0; m < report.models.size(); ++m) {
      if (report.models[m].space != space) continue;
      const auto weight = own.weight[static_cast<int64_t>(m)];
      share += weight;
      if (std::isnan(report.models[m].number)) continue;
      placed += weight;
      moment += weight * report.models[m].number;
    }
    const bool several = numbered_layers(report, space) > 1;
    centres.push_back(several ? at::where(placed > 1e-6, moment / placed, unknown_like(placed)) : unknown_like(placed));
    shares.push_back(share);
  }
  own.share = at::stack(shares);
  own.centre = at::stack(centres);
}

// Sums of the numbers that are there, and how many; mean() is NaN where there are none.
struct RunningMean {
  Tensor sum{}, count{};
  void add(const Tensor& values) {
    const auto known = at::logical_not(at::isnan(values)).to(at::kDouble);
    sum = sum.defined() ? sum + at::nan_to_num(values) : at::nan_to_num(values);
    count = count.defined() ? count + known : known;
  }
  Tensor mean() const { return sum / count; }
};

}  // namespace

SubjectWeights subject_weights(const StackReport& report, size_t subject) {
  const auto targets = std::ssize(report.targets), first = static_cast<int64_t>(subject) * targets;
  const auto models = read_stacked_models(Hdf5Reader(report.file), {first, first + targets});
  SubjectWeights own{.weight = models.weights.mean(0), .model_r = models.model_r};
  std::vector<Tensor> shares;
  const auto known = models.single.ge(0).all(0);
  for (int64_t m = 0; m < models.model_r.size(0); ++m) {
    const auto share = models.single.eq(m).to(at::kDouble).mean(0);
    shares.push_back(at::where(known, share, unknown_like(share)));
  }
  own.single_share = at::stack(shares);
  own.usual_single = at::where(known, at::nan_to_num(own.single_share).argmax(0), at::full({targets}, -1, at::kLong));
  add_spaces(report, own);
  return own;
}

StackSummary summarize_stack(const StackReport& report) {
  StackSummary summary{.places = places_of(report)};
  const auto predicted = stack_q(report.scores.r_p).lt(stack_level);
  const auto& all = summary.places.front();
  std::vector<Tensor> weight, single_share, model_r, share, centre, predicted_weight, predicted_share, predicted_centre,
      usual_single;
  RunningMean map_share, map_centre;
  for (size_t s = 0; s < report.subjects.size(); ++s) {
    const auto own = subject_weights(report, s);
    const auto by_place = [&](const Tensor& values) {
      std::vector<Tensor> means;
      for (const auto& place : summary.places) means.push_back(over_targets(values, place));
      return at::stack(means);
    };
    const auto where_predicted = [&](const Tensor& values) {
      return at::where(predicted[static_cast<int64_t>(s)], values, unknown_like(values));
    };
    weight.push_back(by_place(own.weight));
    single_share.push_back(by_place(own.single_share));
    model_r.push_back(by_place(own.model_r));
    share.push_back(by_place(own.share));
    centre.push_back(by_place(own.centre));
    predicted_weight.push_back(over_targets(where_predicted(own.weight), all));
    predicted_share.push_back(over_targets(where_predicted(own.share), all));
    predicted_centre.push_back(over_targets(where_predicted(own.centre), all));
    map_share.add(own.share);
    map_centre.add(where_predicted(own.centre));
    usual_single.push_back(own.usual_single);
  }
  summary.weight = at::stack(weight), summary.single_share = at::stack(single_share);
  summary.model_r = at::stack(model_r), summary.share = at::stack(share), summary.centre = at::stack(centre);
  summary.predicted_weight = at::stack(predicted_weight), summary.predicted_share = at::stack(predicted_share);
  summary.predicted_centre = at::stack(predicted_centre);
  summary.map_share = map_share.mean(), summary.map_centre = map_centre.mean();
  summary.usual_single = at::stack(usual_single);
  return summary;
}

}  // namespace arcuate
