#include "study/stack_report.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

std::string number(const Tensor& value) { return shortest(value.item<double>()); }

const std::vector<TableColumn> place_columns{{"hemisphere", "L or R; n/a: both, or targets on no surface"},
                                             {"region", "Region, or target; all: every target that was stacked"}};

std::string model_name(const StackReport& report, int64_t model) {
  if (model < 0) return "n/a";
  const auto& own = report.models[static_cast<size_t>(model)];
  return own.space + " " + own.layer;
}

const TableColumn r_column{"r", "Pearson r of the mixture's held-out predictions with the responses"};
const TableColumn single_column{"r_single",
                                "The same of the one model with the smallest squared residual at training rows"};
const TableColumn gain_column{"gain", "r - r_single"};

TidyTable target_scores(const StackReport& report, const StackSummary& summary) {
  TidyTable table{.columns = {{"subject", "Subject; 'mean' is the mean of all subjects' z-scored responses"},
                              {"target", "Voxel or region"},
                              r_column,
                              {"p_value", "Its circular-shift permutation p"},
                              {"q_value", "Benjamini-Hochberg q over the subject's targets"},
                              single_column,
                              {"single", "That model; the one of most outer folds"},
                              gain_column,
                              {"gain_p", "One-sided block-swap p of the gain"},
                              {"gain_q", "Benjamini-Hochberg q of it over the subject's targets"}}};
  const auto& scores = report.scores;
  const auto q = stack_q(scores.r_p), gain_q = stack_q(scores.gain_p);
  for (size_t i = 0; i < report.subjects.size(); ++i)
    for (size_t j = 0; j < report.targets.size(); ++j) {
      const auto s = static_cast<int64_t>(i), v = static_cast<int64_t>(j);
      table.rows.push_back(
          {report.subjects[i], report.targets[j], number(scores.r[s][v]), number(scores.r_p[s][v]), number(q[s][v]),
           number(scores.r_single[s][v]), model_name(report, summary.usual_single[s][v].item<int64_t>()),
           number(scores.r[s][v] - scores.r_single[s][v]), number(scores.gain_p[s][v]), number(gain_q[s][v])});
    }
  return table;
}

TidyTable region_scores(const StackReport& report, const StackSummary& summary) {
  TidyTable table{.columns = {{"subject", "Subject; 'mean' is the mean of all subjects' z-scored responses"},
                              place_columns[0],
                              place_columns[1],
                              {"scored", "Targets that are not flagged; what follows are means over them"},
                              r_column,
                              {"share_q05", "Share with Benjamini-Hochberg q < 0.05 of it (circular shifts)"},
                              single_column,
                              gain_column,
                              {"gain_share_q05", "Share with Benjamini-Hochberg q < 0.05 of the gain (block swaps)"}}};
  const auto& scores = report.scores;
  const auto gain = scores.r - scores.r_single;
  const auto good = at::logical_not(at::isnan(scores.r));
  const auto passing = [&](const Tensor& p) {
    return at::where(good, stack_q(p).lt(stack_level).to(at::kDouble), at::full_like(p, std::nan("")));
  };
  const auto predicted = passing(scores.r_p), gaining = passing(scores.gain_p);
  for (size_t i = 0; i < report.subjects.size(); ++i)
    for (const auto& place : summary.places) {
      const auto mean = [&](const Tensor& values) {
        return number(over_targets(values[static_cast<int64_t>(i)], place));
      };
      const auto scored = good[static_cast<int64_t>(i)].index_select(0, place.targets).sum().item<int64_t>();
      table.rows.push_back({report.subjects[i], place.hemisphere, place.name, std::to_string(scored), mean(scores.r),
                            mean(predicted), mean(scores.r_single), mean(gain), mean(gaining)});
    }
  return table;
}

}  // namespace

TidyTable stack_score_table(const StackReport& report, const StackSummary& summary) {
  return report.places.empty() ? target_scores(report, summary) : region_scores(report, summary);
}

TidyTable stack_weight_table(const StackReport& report, const StackSummary& summary) {
  TidyTable table{.columns = {place_columns[0],
                              place_columns[1],
                              {"space", "Feature space"},
                              {"layer", "Layer of it"},
                              {"weight", "Weight in the mixture: mean over outer folds and targets, then subjects"},
                              {"weight_se", "Standard error over subjects"},
                              {"best_single", "Share of outer folds and targets whose best single model it is"},
                              {"r", "Mean r of the model alone"}}};
  for (size_t p = 0; p < summary.places.size(); ++p)
    for (size_t m = 0; m < report.models.size(); ++m) {
      const auto of = [&](const Tensor& values) {
        return over_subjects(values.select(1, static_cast<int64_t>(p)).select(1, static_cast<int64_t>(m)));
      };
      const auto [weight, error] = of(summary.weight);
      table.rows.push_back({summary.places[p].hemisphere, summary.places[p].name, report.models[m].space,
                            report.models[m].layer, shortest(weight), shortest(error),
                            shortest(of(summary.single_share).first), shortest(of(summary.model_r).first)});
    }
  return table;
}

TidyTable stack_layer_table(const StackReport& report, const StackSummary& summary) {
  TidyTable table{.columns = {place_columns[0],
                              place_columns[1],
                              {"space", "Feature space"},
                              {"share", "Sum of the weights of its layers: mean over targets, then subjects"},
                              {"share_se", "Standard error over subjects"},
                              {"centre",
                               "Centre of the weights over its numbered layers: mean over targets that give it any "
                               "weight, then subjects; n/a: it has no two such layers"},
                              {"centre_se", "Standard error over subjects"}}};
  const auto spaces = spaces_of(report);
  for (size_t f = 0; f < spaces.size(); ++f)
    for (size_t p = 0; p < summary.places.size(); ++p) {
      const auto of = [&](const Tensor& values) {
        return over_subjects(values.select(1, static_cast<int64_t>(p)).select(1, static_cast<int64_t>(f)));
      };
      const auto [share, share_se] = of(summary.share);
      const auto [centre, centre_se] = of(summary.centre);
      table.rows.push_back({summary.places[p].hemisphere, summary.places[p].name, spaces[f], shortest(share),
                            shortest(share_se), shortest(centre), shortest(centre_se)});
    }
  return table;
}

}  // namespace arcuate
