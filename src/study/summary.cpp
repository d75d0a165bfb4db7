#include "study/summary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor.h"
#include "io/hdf5.h"
#include "stats/ceiling.h"
#include "stats/fdr.h"
#include "stats/permutation.h"
#include "study/ceilings.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double standard_error(const Tensor& values) {
  return values.numel() > 1 ? values.std().item<double>() / std::sqrt(static_cast<double>(values.numel())) : missing;
}

// Single subjects only: the mean subject would count everybody twice.
Tensor singles(const Tensor& by_subject, const EncodingPlan& plan) {
  return by_subject.slice(
      -1, 0, static_cast<int64_t>(plan.responses.subjects.size()) - (plan.study.encode.mean_subject ? 1 : 0));
}

double p_of_mean(const Tensor& observed, const Tensor& null, const EncodingPlan& plan) {
  return permutation_p(singles(observed, plan).mean().unsqueeze(0), singles(null, plan).mean(-1, true)).item<double>();
}

double median_of(const Tensor& values) {
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  return known.numel() == 0 ? missing : known.median().item<double>();
}

void count_edges(const EncodingPlan& plan, const Tensor& chosen, LayerSummary& layer) {
  const auto& penalties = plan.study.encode.ridge.penalties;
  const auto good = at::logical_not(at::isnan(chosen));
  const auto total = good.sum().item<double>();
  if (penalties.size() < 2 || total == 0) return;
  layer.edge_low = chosen.eq(penalties.front()).sum().item<double>() / total;
  layer.edge_high = chosen.eq(penalties.back()).sum().item<double>() / total;
}

LayerSummary summarize_layer(const EncodingPlan& plan, const FeatureSpace& space, const std::string& name) {
  LayerSummary layer{.space = &space, .layer = name, .file = encoding_file(plan.work, space.id, name)};
  const auto s = read_encoding(layer.file);
  layer.inner = subject_means(s.inner_scores, plan.responses);
  layer.median_r = median_of(singles(s.r.view({-1, plan.responses.target_count()}).t(), plan));
  layer.subject_r = subject_means(s.r, plan.responses);
  layer.subject_p = permutation_p(layer.subject_r, s.subject_null);
  layer.single_r = singles(layer.subject_r, plan).mean().item<double>();
  layer.single_se = standard_error(singles(layer.subject_r, plan));
  layer.single_p = p_of_mean(layer.subject_r, s.subject_null, plan);
  layer.single_increment = layer.single_increment_se = layer.single_increment_p = missing;
  if (s.increment.defined()) {
    layer.subject_increment = subject_means(s.increment, plan.responses);
    layer.subject_increment_p = permutation_p(layer.subject_increment, s.increment_null);
    layer.single_increment = singles(layer.subject_increment, plan).mean().item<double>();
    layer.single_increment_se = standard_error(singles(layer.subject_increment, plan));
    layer.single_increment_p = p_of_mean(layer.subject_increment, s.increment_null, plan);
  }
  count_edges(plan, s.penalties, layer);
  return layer;
}

// For each fold, the layer with the best mean inner score over a subject's good targets.
std::vector<size_t> chosen_layers(const EncodingPlan& plan, const std::vector<const LayerSummary*>& layers,
                                  int64_t subject) {
  std::vector<size_t> chosen;
  std::vector<Tensor> scores;  // layers x folds
  for (const auto* layer : layers) scores.push_back(layer->inner.select(1, subject));
  const auto table = at::stack(scores);
  for (size_t fold = 0; fold < plan.splits.size(); ++fold)
    chosen.push_back(static_cast<size_t>(table.select(1, static_cast<int64_t>(fold)).argmax().item<int64_t>()));
  return chosen;
}

// Held-out predictions of a space's layers, of some columns: those of all would fill the memory.
class Predictions {
 public:
  Predictions(const EncodingPlan& plan, const std::vector<const LayerSummary*>& layers)
      : plan_(plan), layers_(layers) {}

  Tensor of(size_t layer, int64_t first, int64_t count) const {
    return read_predictions(encoding_file(plan_.work, layers_[layer]->space->id, layers_[layer]->layer), first, count);
  }

 private:
  const EncodingPlan& plan_;
  const std::vector<const LayerSummary*>& layers_;
};

// Without a choice of layers, the headline is that layer's own score.
Headline only_layer(const LayerSummary* layer, size_t folds, size_t subject) {
  const auto s = static_cast<int64_t>(subject);
  const double r = layer->subject_r[s].item<double>();
  return {.space = layer->space,
          .subject = subject,
          .layers = std::vector<std::string>(folds, layer->layer),
          .r = r,
          .p = layer->subject_p[s].item<double>(),
          .best_layer = layer->layer,
          .best_r = r};
}

Headline headline_of(const EncodingPlan& plan, const std::vector<const LayerSummary*>& layers,
                     const Predictions& held_out, size_t subject) {
  if (layers.size() == 1) return only_layer(layers.front(), plan.splits.size(), subject);
  const auto targets = plan.responses.target_count(), first = static_cast<int64_t>(subject) * targets;
  const auto y = plan.responses.scored_columns({first, first + targets});
  auto predictions = at::zeros_like(y);
  Headline headline{.space = layers.front()->space, .subject = subject};
  const auto chosen = chosen_layers(plan, layers, static_cast<int64_t>(subject));
  for (size_t fold = 0; fold < chosen.size(); ++fold) {
    const auto rows = index_tensor(plan.responses.scored_places(plan.splits[fold].outer));
    const auto own = held_out.of(chosen[fold], first, targets);
    predictions.index_copy_(0, rows, own.index_select(0, rows).to(at::kDouble));
    headline.layers.push_back(layers[chosen[fold]]->layer);
  }
  const auto good = at::logical_not(at::isnan(scores_of(*layers.front(), {first, first + targets}).r));
  const auto mean_over_good = [&](const Tensor& r) { return (at::nan_to_num(r) * good).sum(-1) / good.sum(); };
  const auto null = mean_over_good(shift_null(y, predictions, plan.responses.scored_lengths(), plan.shifts));
  const auto r = mean_over_good(pearson(y, predictions));
  headline.r = r.item<double>();
  headline.p = permutation_p(r.unsqueeze(0), null.unsqueeze(1)).item<double>();
  headline.best_r = -2;
  for (const auto* layer : layers)
    if (const double value = layer->subject_r[static_cast<int64_t>(subject)].item<double>(); value > headline.best_r) {
      headline.best_r = value;
      headline.best_layer = layer->layer;
    }
  return headline;
}

// Predictions of one subject's targets, each fold from the layer that its training rows chose for the target.
Tensor chosen_predictions(const EncodingPlan& plan, const Predictions& held_out, const Tensor& chosen, int64_t first) {
  const int64_t targets = chosen.size(1), layers = chosen.max().item<int64_t>() + 1;
  auto predictions = at::zeros({plan.responses.scored.size(), targets}, at::kDouble);
  for (int64_t layer = 0; layer < layers; ++layer) {
    if (!chosen.eq(layer).any().item<bool>()) continue;
    const auto of_layer = held_out.of(static_cast<size_t>(layer), first, targets);
    for (size_t fold = 0; fold < plan.splits.size(); ++fold) {
      const auto columns = chosen[static_cast<int64_t>(fold)].eq(layer).nonzero().squeeze(1);
      if (columns.numel() == 0) continue;
      const auto rows = index_tensor(plan.responses.scored_places(plan.splits[fold].outer));
      const auto own = of_layer.index_select(1, columns).index_select(0, rows);
      predictions.index_put_({rows.unsqueeze(1), columns}, own.to(at::kDouble));
    }
  }
  return predictions;
}

// The headline of one subject's targets.
TargetHeadline subject_headline(const EncodingPlan& plan, const std::vector<const LayerSummary*>& layers,
                                const Predictions& held_out, const RowRange& columns) {
  const auto& responses = plan.responses;
  std::vector<Tensor> inner;
  for (const auto* layer : layers) inner.push_back(at::nan_to_num(scores_of(*layer, columns).inner_scores, -1e300));
  const auto scores = at::stack(inner);  // layers x folds x targets
  const auto y = responses.scored_columns(columns);
  const auto predictions = chosen_predictions(plan, held_out, scores.argmax(0), columns.begin);
  TargetHeadline headline{.space = layers.front()->space, .layer = scores.mean(1).argmax(0)};
  headline.r = at::nan_to_num(pearson(y, predictions));
  headline.p =
      permutation_p(headline.r, at::nan_to_num(shift_null(y, predictions, responses.scored_lengths(), plan.shifts)));
  for (int64_t v = 0; v < columns.size(); ++v)
    if (responses.flags[static_cast<size_t>(columns.begin + v)] != Flag::ok) {
      headline.r[v] = missing;
      headline.p[v] = missing;
      headline.layer[v] = -1;
    }
  headline.q = bh_fdr(headline.p);
  return headline;
}

TargetHeadline target_headline(const EncodingPlan& plan, const std::vector<const LayerSummary*>& layers,
                               const Predictions& held_out) {
  std::vector<TargetHeadline> subjects;
  for (int64_t s = 0; s < std::ssize(plan.responses.subjects); ++s)
    subjects.push_back(subject_headline(plan, layers, held_out, plan.responses.columns_of(s)));
  const auto joined = [&](Tensor TargetHeadline::* part) {
    std::vector<Tensor> parts;
    for (const auto& subject : subjects) parts.push_back(subject.*part);
    return at::cat(parts);
  };
  return {.space = layers.front()->space,
          .r = joined(&TargetHeadline::r),
          .p = joined(&TargetHeadline::p),
          .q = joined(&TargetHeadline::q),
          .layer = joined(&TargetHeadline::layer)};
}

void add_spread(const EncodingPlan& plan, const LayerSummary& layer, std::vector<Spread>& spreads) {
  if (!layer.space->seed) return;
  auto found = std::find_if(spreads.begin(), spreads.end(), [&](const Spread& s) {
    return s.name == layer.space->name && s.layer == layer.layer && s.training == layer.space->training;
  });
  if (found == spreads.end())
    found = spreads.insert(spreads.end(),
                           {.name = layer.space->name, .layer = layer.layer, .training = layer.space->training});
  const size_t mean = mean_subject_index(plan);
  found->mean_subject.push_back(mean == SIZE_MAX ? missing
                                                 : layer.subject_r[static_cast<int64_t>(mean)].item<double>());
  found->single.push_back(layer.single_r);
}

}  // namespace

size_t mean_subject_index(const EncodingPlan& plan) {
  return plan.study.encode.mean_subject ? plan.responses.subjects.size() - 1 : SIZE_MAX;
}

EncodingScores scores_of(const LayerSummary& layer, const RowRange& columns) {
  return read_encoding(layer.file, columns);
}
Tensor q_values(const EncodingScores& scores_of_subject) { return bh_fdr(scores_of_subject.p); }
Tensor all_r(const LayerSummary& layer) { return Hdf5Reader(layer.file).read("r"); }

Tensor cc_norm(const EncodingPlan& plan, const Tensor& r, const RowRange& columns) {
  const auto& ceiling = plan.responses.repeat_ceiling;
  if (!ceiling.defined()) return {};
  return share_of_ceiling(r, ceiling.reshape({-1}).slice(0, columns.begin, columns.end), plan.study.score.cc_floor);
}

Moments moments(const std::vector<double>& values) {
  const auto v = to_tensor(values);
  return {v.mean().item<double>(), values.size() > 1 ? v.std().item<double>() : missing, v.min().item<double>(),
          v.max().item<double>()};
}

Summary summarize(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces) {
  Summary summary{.ceilings = all_ceilings(plan)};
  for (const auto& space : spaces)
    for (const auto& layer : space.layer_names) {
      summary.layers.push_back(summarize_layer(plan, space, layer));
      add_spread(plan, summary.layers.back(), summary.spreads);
    }
  const size_t mean = mean_subject_index(plan);
  std::vector<double> p;
  for (const auto& layer : summary.layers)
    p.push_back(mean == SIZE_MAX ? layer.single_p : layer.subject_p[static_cast<int64_t>(mean)].item<double>());
  std::vector<double> increment_p, single_increment_p;
  for (const auto& layer : summary.layers) {
    const bool known = mean != SIZE_MAX && layer.subject_increment_p.defined();
    increment_p.push_back(known ? layer.subject_increment_p[static_cast<int64_t>(mean)].item<double>() : missing);
    single_increment_p.push_back(layer.single_increment_p);
  }
  summary.increment_q = to_vector(bh_fdr(to_tensor(increment_p)));
  summary.single_increment_q = to_vector(bh_fdr(to_tensor(single_increment_p)));
  summary.layer_q = to_vector(bh_fdr(to_tensor(p)));
  for (const auto& space : spaces) {
    std::vector<const LayerSummary*> layers;
    for (const auto& layer : summary.layers)
      if (layer.space == &space) layers.push_back(&layer);
    Predictions held_out(plan, layers);
    for (size_t subject = 0; subject < plan.responses.subjects.size(); ++subject)
      summary.headlines.push_back(headline_of(plan, layers, held_out, subject));
    if (space.training == Training::trained) summary.by_target.push_back(target_headline(plan, layers, held_out));
  }
  return summary;
}

}  // namespace arcuate
