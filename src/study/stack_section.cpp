// Stacked models as a section of the page: what the mixture gains, and where the weight goes.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "report/line_chart.h"
#include "report/scatter_chart.h"
#include "stats/permutation.h"
#include "study/stack_report.h"

namespace arcuate {

using at::Tensor;

namespace {

LineChart weight_chart(const StackReport& report, const StackSummary& summary, bool simulated) {
  LineChart chart{
      .title = "Weight of each layer", .x_label = "layer", .y_label = "weight in the mixture", .simulated = simulated};
  for (const auto& space : spaces_of(report)) {
    if (numbered_layers(report, space) < 2) continue;
    ChartSeries series{.label = space};
    for (size_t m = 0; m < report.models.size(); ++m) {
      if (report.models[m].space != space || std::isnan(report.models[m].number)) continue;
      const auto [mean, error] = over_subjects(summary.predicted_weight.select(1, static_cast<int64_t>(m)));
      if (std::isnan(mean)) return chart;  // nothing is predicted
      series.x.push_back(report.models[m].number);
      series.y.push_back(mean);
      if (std::isnan(error)) continue;
      series.low.push_back(mean - error);
      series.high.push_back(mean + error);
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

// Targets, or the regions of a surface; means over subjects.
ScatterChart gain_chart(const StackReport& report, bool simulated) {
  ScatterSeries series{.label = report.places.empty() ? "targets" : "regions"};
  const auto add = [&](const StackPlace& place) {
    series.x.push_back(over_subjects(over_targets(report.scores.r_single, place)).first);
    series.y.push_back(over_subjects(over_targets(report.scores.r, place)).first);
    series.names.push_back(place.hemisphere == "n/a" ? place.name : place.hemisphere + " " + place.name);
  };
  if (report.places.empty()) {
    for (size_t v = 0; v < report.targets.size(); ++v)
      add({"n/a", report.targets[v], index_tensor(std::vector<int64_t>{static_cast<int64_t>(v)})});
  } else {
    const auto places = places_of(report);
    std::for_each(places.begin() + 1, places.end(), add);
  }
  return {.title = "The mixture against its best single model",
          .x_label = "r, best single model",
          .y_label = "r, mixture",
          .series = {series},
          .identity = true,
          .simulated = simulated};
}

std::string gain_text(const StackReport& report) {
  const auto& scores = report.scores;
  const auto whole = places_of(report).front();
  const auto gains = over_targets(scores.r - scores.r_single, whole);
  const auto [gain, error] = over_subjects(gains);
  const auto [mixture, e1] = over_subjects(over_targets(scores.r, whole));
  const auto [single, e2] = over_subjects(over_targets(scores.r_single, whole));
  const double p = permutation_p(gains.nanmean().unsqueeze(0), at::nanmean(scores.gain_null, 1, true)).item<double>();
  const auto q = stack_q(scores.gain_p);
  const auto counted = at::logical_not(at::isnan(q)).sum().item<int64_t>();
  return fmt::format(
      "The mixture reaches r = {:.4f} on average over targets{}, the single model that training rows chose {:.4f}: a "
      "gain of {:.4f}{} (one-sided block-swap p = {:.4f}). {} Taken singly, {} of {} targets{} gain at q < {}.",
      mixture, report.subjects.size() > 1 ? " and subjects" : "", single, gain,
      std::isnan(error) ? "" : fmt::format(" with a standard error of {:.4f} over subjects", error), p,
      p < stack_level ? "So together the models predict better than the best of them."
                      : "That is no more than chance gives: no gain on average was found.",
      q.lt(stack_level).sum().item<int64_t>(), counted, report.subjects.size() > 1 ? " (over all subjects)" : "",
      stack_level);
}

PageTable space_rows(const StackReport& report, const StackSummary& summary) {
  PageTable table{
      .caption = fmt::format("Where the weight goes: means over the targets that the mixture predicts (q < {}) "
                             "and over subjects",
                             stack_level),
      .columns = {"features", "layers", "share of the weight", "centre (layer)"}};
  const auto spaces = spaces_of(report);
  for (size_t f = 0; f < spaces.size(); ++f) {
    const auto layers = std::count_if(report.models.begin(), report.models.end(),
                                      [&](const StackedModel& model) { return model.space == spaces[f]; });
    const auto shown = [&](const Tensor& values) {
      const double mean = over_subjects(values.select(1, static_cast<int64_t>(f))).first;
      return std::isnan(mean) ? std::string("n/a") : fmt::format("{:.2f}", mean);
    };
    table.rows.push_back(
        {spaces[f], std::to_string(layers), shown(summary.predicted_share), shown(summary.predicted_centre)});
  }
  return table;
}

}  // namespace

PageSection stack_section(const StackReport& report, const StackSummary& summary, const StackMaps& maps,
                          const AnalysisOutput& output) {
  PageSection section{.heading = analysis_heading("Stacking", "stack", report.name)};
  section.paragraphs = {
      fmt::format(
          "Ridge models of {} designs are mixed for each target by weights that are not negative, sum to 1, and "
          "have the smallest squared residual at training rows that the models had not seen; test rows touch "
          "neither weights nor penalties.",
          report.models.size()),
      gain_text(report),
      "A mean of several predictions is less noisy than each, so a gain alone does not show that the models know "
      "different things. Models that predict alike share their weight almost arbitrarily: read shares and centres, not "
      "single weights."};
  const bool simulated = output.simulated();
  const auto gains = gain_chart(report, simulated);
  if (gains.series.front().x.size() > 1)
    section.figures.push_back(output.figure("gain", render_scatter_chart(gains), chart_data(gains),
                                            "Above the line the mixture is better. Means over subjects."));
  const auto weights = weight_chart(report, summary, simulated);
  if (!weights.series.empty())
    section.figures.push_back(
        output.figure("weights", render_line_chart(weights), chart_data(weights),
                      "Mean over the targets that the mixture predicts and over subjects, with one standard error over "
                      "subjects where there are several."));
  if (maps.places.surfaces)
    for (auto& picture : stack_pictures(report, summary, maps, output)) section.figures.push_back(std::move(picture));
  if (maps.places.any()) write_stack_maps(report, maps, output);
  section.tables.push_back(space_rows(report, summary));
  return section;
}

}  // namespace arcuate
