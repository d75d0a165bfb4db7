#include "cmd/forecast_page_support.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

#include "core/tensor.h"
#include "core/text.h"
#include "core/version.h"
#include "report/box_chart.h"
#include "report/figures.h"
#include "report/line_chart.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr size_t most_boxes = 40;

// Mean over targets of each subject's scores: S.
std::vector<double> target_means(const Tensor& scores) { return to_vector(at::nanmean(scores, 1)); }
double mean_of(const std::vector<double>& values) { return at::nanmean(to_tensor(values)).item<double>(); }

void add_point(ChartSeries& series, double x, const std::vector<double>& subjects) {
  const double mean = mean_of(subjects), half = half_interval(subjects);
  series.x.push_back(x);
  series.y.push_back(mean);
  if (subjects.size() < 2) return;
  series.low.push_back(mean - half);
  series.high.push_back(mean + half);
}

LineChart distance_chart(const ForecastResults& results) {
  LineChart chart{.title = "Forecast score by distance",
                  .x_label = "words from the present one to the window's last",
                  .y_label = "forecast score (r)",
                  .levels = {{"no gain", 0.0}}};
  for (size_t i = 0; i < results.study.distances.size(); ++i) {
    const auto& curve = results.study.curves[i];
    ChartSeries series{.label = curve.part == "all" ? "whole states" : curve.part};
    for (size_t d = 0; d < results.options.distances.size(); ++d)
      add_point(series, static_cast<double>(curve.distances[d]),
                target_means(curve.forecast()[static_cast<int64_t>(d)]));
    chart.series.push_back(series);
  }
  return chart;
}

LineChart depth_chart(const ForecastResults& results) {
  LineChart chart{.title = "Forecast score by layer",
                  .x_label = "layer",
                  .y_label = fmt::format("forecast score (r) at distance {}", results.options.distance),
                  .levels = {{"no gain", 0.0}}};
  std::map<int64_t, std::vector<double>> layers;
  for (const auto& curve : results.study.curves)
    if (curve.part == "all") layers[curve.layer] = target_means(curve.forecast()[tested_place(results, curve)]);
  ChartSeries series{.label = "mean over targets"};
  for (const auto& [layer, subjects] : layers) add_point(series, static_cast<double>(layer), subjects);
  chart.series.push_back(series);
  return chart;
}

// A box for each region, or for each target; values: S x V, a value a subject and target.
BoxChart peak_chart(const ForecastResults& results, const Tensor& values, const std::string& title,
                    const std::string& label) {
  BoxChart chart{.title = title, .value_label = label};
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> groups;
  const auto& places = results.data.input.places;
  for (int64_t v = 0; v < values.size(1); ++v) {
    const auto i = static_cast<size_t>(v);
    const auto& name = places.empty() ? results.data.target_names[i] : places[i].region;
    if (!groups.contains(name)) order.push_back(name);
    for (const double value : to_vector(values.select(1, v)))
      if (!std::isnan(value))
        groups[name].push_back(value);
      else
        groups[name];
  }
  for (size_t g = 0; g < std::min(order.size(), most_boxes); ++g)
    chart.groups.push_back({.label = order[g], .values = groups[order[g]], .colour = 0});
  return chart;
}

BoxChart control_chart(const ForecastResults& results) {
  const auto& curve = results.study.curves.front();
  BoxChart chart{.title = fmt::format("Distance {} and its controls", results.options.distance),
                 .value_label = "forecast score (r)",
                 .levels = {{"no gain", 0.0}}};
  const auto values = [](const Tensor& scores) {
    return scores.size(0) > 1 ? target_means(scores) : to_vector(scores.flatten());
  };
  chart.groups.push_back({.label = "ahead", .values = values(curve.forecast()[tested_place(results, curve)])});
  for (const auto& control : results.study.controls)
    chart.groups.push_back({.label = control.control, .values = values(control.scores)});
  return chart;
}

Tensor masked(const Tensor& values, const Tensor& kept) {
  return at::where(kept.unsqueeze(0), values, at::full_like(values, nan));
}

std::string more_boxes(const BoxChart& chart) {
  return chart.groups.size() == most_boxes ? fmt::format(" The first {}.", most_boxes) : "";
}

PageSection distance_section(const ForecastResults& results, const Figures& figures) {
  PageSection section{.heading = "How far ahead"};
  const auto& distance = results.study.distances.front();
  const auto kept = distance.kept.sum().item<int64_t>();
  const double words = at::nanmean(masked(distance.by_subject, distance.kept)).item<double>();
  section.paragraphs.push_back(fmt::format(
      "Forecast scores peak {:.1f} words ahead ({:.2f} s) on average over the {} of {} targets that pass the mask.",
      words, words * results.study.seconds_per_word, kept, results.targets()));
  if (kept == 0) section.paragraphs.back() = "No target passes the mask, so none has a distance.";
  const auto chart = distance_chart(results);
  section.figures.push_back(figures.add("distances", render_line_chart(chart), chart_data(chart),
                                        results.subjects() > 1
                                            ? "Mean over targets, then over subjects, with its 95 % interval."
                                            : "Mean over targets of the only subject."));
  const auto boxes =
      peak_chart(results, masked(distance.by_subject, distance.kept), "Where scores peak", "words ahead (d*)");
  section.figures.push_back(figures.add("distance_peaks", render_box_chart(boxes), chart_data(boxes),
                                        "d* of each subject and target." + more_boxes(boxes)));
  return section;
}

PageSection depth_section(const ForecastResults& results, const Figures& figures) {
  PageSection section{.heading = "How deep"};
  const auto chart = depth_chart(results);
  section.figures.push_back(figures.add("layers", render_line_chart(chart), chart_data(chart),
                                        "Mean over targets, then over subjects, with its 95 % interval."));
  const auto boxes = peak_chart(results, masked(results.study.depth.by_subject, results.study.distances.front().kept),
                                "Best layer of each target", "layer (k*)");
  section.figures.push_back(figures.add("depth_peaks", render_box_chart(boxes), chart_data(boxes),
                                        "k* of each subject and target that passes the mask." + more_boxes(boxes)));
  return section;
}

PageSection control_section(const ForecastResults& results, const Figures& figures) {
  PageSection section{.heading = "Controls"};
  const auto chart = control_chart(results);
  section.figures.push_back(figures.add(
      "controls", render_box_chart(chart), chart_data(chart),
      results.subjects() > 1 ? "A value a subject: mean over targets." : "A value a target of the only subject."));
  PageTable table{.caption = "Targets above each control",
                  .columns = {"control", "mean score", "mean of control", "targets with q <= 0.05"},
                  .rows = {}};
  const auto& curve = results.study.curves.front();
  const double score = at::nanmean(curve.forecast()[tested_place(results, curve)]).item<double>();
  for (const auto& control : results.study.controls)
    table.rows.push_back({control.control, fmt::format("{:.4f}", score),
                          fmt::format("{:.4f}", at::nanmean(control.scores).item<double>()),
                          results.subjects() > 1 ? std::to_string(control.q.le(0.05).sum().item<int64_t>()) : "n/a"});
  section.tables.push_back(table);
  return section;
}

PageSection place_section(const ForecastResults& results) {
  PageSection section{.heading = "Hemispheres and regions"};
  const auto table = [](const char* caption, const std::vector<PlaceTest>& tests) {
    PageTable shown{.caption = caption, .columns = {"first", "second", "mean", "mean of second", "p", "q"}, .rows = {}};
    for (const auto& test : tests)
      shown.rows.push_back({test.first, test.second, fmt::format("{:.4f}", test.first_mean),
                            fmt::format("{:.4f}", test.second_mean), fmt::format("{:.4f}", test.p),
                            fmt::format("{:.4f}", test.q)});
    return shown;
  };
  section.tables.push_back(table("Forecast score at the tested distance, signed-rank test", results.study.hemispheres));
  section.tables.push_back(table("d* of pairs of regions, rank-sum test", results.study.regions));
  return section;
}

PageSection method_section(const ForecastResults& results) {
  const auto& windows = results.options.scores.windows;
  PageSection section{.heading = "Method"};
  section.paragraphs.push_back(fmt::format(
      "F(d) = R(present word and window) - R(present word); the window holds {} words and ends d words ahead. {}"
      "All of it is fitted on training volumes and scored on held-out ones.",
      windows.window,
      windows.components > 0
          ? fmt::format("Present word and window are reduced to {} principal components each. ", windows.components)
          : ""));
  section.paragraphs.push_back(
      "A window blurs distances: a single word d0 ahead is in all windows from d0 to d0 + w - 1, in the middle of that "
      "at d0 + (w - 1) / 2. Delays blur them too: a word farther ahead at a later delay is a word nearer at an earlier "
      "one. A score above that of its controls is more than slow change of the states; it does not show that the "
      "brain predicts words.");
  return section;
}

}  // namespace

void write_forecast_page(const fs::path& folder, const ForecastResults& results) {
  const Figures figures(folder / "figures");
  Page page{.title = "Forecast scores",
            .subtitle = "How much better responses are predicted when words ahead stand beside the present one"};
  page.sections.push_back(distance_section(results, figures));
  if (results.study.depth.of_mean.defined()) page.sections.push_back(depth_section(results, figures));
  if (!results.study.controls.empty()) page.sections.push_back(control_section(results, figures));
  if (!results.data.input.places.empty()) page.sections.push_back(place_section(results));
  page.sections.push_back(method_section(results));
  page.footer = fmt::format("arcuate {}. Full precision and every subject: the .tsv files beside this page.", version);
  write_page(folder / "report.html", page);
}

}  // namespace arcuate
