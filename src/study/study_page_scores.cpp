// The sections with the scores themselves: headline table, layer curves, layer table.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"
#include "report/line_chart.h"
#include "study/study_page_parts.h"
#include "study/tables.h"

namespace arcuate::study_page_parts {

std::string fixed(double value, int digits) {
  return std::isnan(value) ? "n/a" : fmt::format("{:.{}f}", value, digits);
}
std::string p_text(double p) { return std::isnan(p) ? "n/a" : fmt::format("{:.4f}", p); }

namespace {

double layer_position(const std::string& layer, size_t index) {
  return static_cast<double>(to_integer(layer).value_or(static_cast<long long>(index)));
}

bool is_control(const EncodingPlan& plan, const FeatureSpace& space) {
  const auto& names = plan.study.controls.spaces;
  return !space.seed && std::find(names.begin(), names.end(), space.name) != names.end();
}

bool is_curve(const FeatureSpace& space) { return space.model && space.training == Training::trained; }

// A twin has the colour of its model.
int colour_of(const LineChart& chart, const std::string& label) {
  for (const auto& series : chart.series)
    if (series.label == label) return series.colour;
  return -1;
}

// Trained models as lines; the twins' mean over seeds, dashed, with the range over seeds as a band.
LineChart layer_chart(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, bool mean_subject) {
  const auto mean = static_cast<int64_t>(mean_subject_index(plan));
  const auto value = [&](const LayerSummary& l) {
    return mean_subject ? l.subject_r[mean].item<double>() : l.single_r;
  };
  LineChart chart{.title = mean_subject ? "Mean subject" : "Single subjects",
                  .x_label = "layer",
                  .y_label = "brain score (r)",
                  .simulated = dataset.simulated};
  std::map<const FeatureSpace*, size_t> place;
  for (const auto& layer : summary.layers) {
    if (is_curve(*layer.space)) {
      if (!place.contains(layer.space)) {
        place[layer.space] = chart.series.size();
        chart.series.push_back({.label = layer.space->name, .colour = static_cast<int>(place.size())});
      }
      auto& series = chart.series[place[layer.space]];
      series.x.push_back(layer_position(layer.layer, series.x.size()));
      series.y.push_back(value(layer));
      if (!mean_subject) {
        series.low.push_back(layer.single_r - layer.single_se);
        series.high.push_back(layer.single_r + layer.single_se);
      }
    } else if (is_control(plan, *layer.space)) {
      chart.levels.emplace_back(layer.space->name, value(layer));
    }
  }
  std::map<std::string, size_t> twins;
  for (const auto& spread : summary.spreads) {
    if (spread.training != Training::untrained) continue;
    if (!twins.contains(spread.name)) {
      twins[spread.name] = chart.series.size();
      chart.series.push_back(
          {.label = spread.name + " untrained", .dashed = true, .colour = colour_of(chart, spread.name)});
    }
    auto& series = chart.series[twins[spread.name]];
    const auto m = moments(mean_subject ? spread.mean_subject : spread.single);
    series.x.push_back(layer_position(spread.layer, series.x.size()));
    series.y.push_back(m.mean);
    series.low.push_back(m.low);
    series.high.push_back(m.high);
  }
  return chart;
}

// Headlines of one subject, or the mean over single subjects; twins and random features as mean and range over seeds.
PageTable headline_rows(const EncodingPlan& plan, const Summary& summary) {
  const size_t mean = mean_subject_index(plan);
  PageTable table{.caption = "Headline scores: the layer is chosen on training folds",
                  .columns = {"features", "training", "seeds", "r, mean subject", "range over seeds", "p",
                              "layers chosen", "r, single subjects", "best layer by test (optimistic)", "its r"}};
  struct Row {
    std::vector<double> mean, single, best;
    double p = NAN;
    std::string layers = "n/a", best_layer = "n/a";
  };
  std::vector<std::pair<std::string, Training>> order;
  std::map<std::pair<std::string, Training>, Row> rows;
  for (const auto& h : summary.headlines) {
    const std::pair key{h.space->name, h.space->training};
    if (!rows.contains(key)) order.push_back(key);
    auto& row = rows[key];
    if (h.subject != mean) {
      row.single.push_back(h.r);
      continue;
    }
    row.mean.push_back(h.r);
    row.best.push_back(h.best_r);
    if (row.mean.size() > 1) {
      row.p = NAN;
      row.layers = row.best_layer = "varies";
      continue;
    }
    row.p = h.p;
    if (h.space->layers.size() == 1) continue;  // nothing was chosen
    row.layers = join(h.layers, " ");
    row.best_layer = h.best_layer;
  }
  const auto optional_mean = [](const std::vector<double>& values) {
    return values.empty() ? std::string("n/a") : fixed(moments(values).mean);
  };
  for (const auto& key : order) {
    const auto& row = rows[key];
    const bool several = row.mean.size() > 1;
    const auto range =
        several ? fixed(moments(row.mean).low) + " to " + fixed(moments(row.mean).high) : std::string("n/a");
    table.rows.push_back({key.first, training_name(key.second), std::to_string(std::max<size_t>(row.mean.size(), 1)),
                          optional_mean(row.mean), range, p_text(row.p), row.layers, optional_mean(row.single),
                          row.best_layer, optional_mean(row.best)});
  }
  return table;
}

PageTable layer_rows(const EncodingPlan& plan, const Summary& summary) {
  const auto mean = static_cast<int64_t>(mean_subject_index(plan));
  const bool has_mean = plan.study.encode.mean_subject;
  PageTable table{
      .caption = "Every layer of every trained model and control",
      .columns = {"features", "layer", "r, mean subject", "p", "q (BH over all layers)", "increment over controls",
                  "its p", "r, single subjects", "SE", "p ", "increment", "its p "}};
  for (size_t i = 0; i < summary.layers.size(); ++i) {
    const auto& l = summary.layers[i];
    if (l.space->seed) continue;  // seeds are summed up above and listed in the tables
    const auto of_mean = [&](const at::Tensor& values) {
      return has_mean && values.defined() ? values[mean].item<double>() : NAN;
    };
    table.rows.push_back({l.space->name, l.layer, fixed(of_mean(l.subject_r)), p_text(of_mean(l.subject_p)),
                          p_text(summary.layer_q[i]), fixed(of_mean(l.subject_increment)),
                          p_text(of_mean(l.subject_increment_p)), fixed(l.single_r), fixed(l.single_se),
                          p_text(l.single_p), fixed(l.single_increment), p_text(l.single_increment_p)});
  }
  return table;
}

// Headline r of the mean subject (or the mean over single subjects) of a space: one value a seed.
std::vector<double> headline_values(const EncodingPlan& plan, const Summary& summary, const std::string& name,
                                    Training training) {
  const size_t mean = mean_subject_index(plan);
  std::map<int64_t, std::vector<double>> by_seed;
  for (const auto& h : summary.headlines)
    if (h.space->name == name && h.space->training == training && (mean == SIZE_MAX || h.subject == mean))
      by_seed[h.space->seed.value_or(0)].push_back(h.r);
  std::vector<double> values;
  for (const auto& [seed, r] : by_seed) values.push_back(moments(r).mean);
  return values;
}

// What the page comes to, in a sentence a model.
std::string in_words(const EncodingPlan& plan, const Summary& summary, const std::string& name) {
  const auto trained = headline_values(plan, summary, name, Training::trained),
             twins = headline_values(plan, summary, name, Training::untrained);
  auto text = fmt::format("{} predicts {} with r = {} on average over targets", name,
                          mean_subject_index(plan) == SIZE_MAX ? "single subjects" : "the mean of the subjects",
                          fixed(moments(trained).mean));
  if (!twins.empty())
    text += twins.size() == 1 ? fmt::format("; its untrained twin reaches {}", fixed(twins.front()))
                              : fmt::format("; its {} untrained twins reach {} to {}", twins.size(),
                                            fixed(moments(twins).low), fixed(moments(twins).high));
  return text + ".";
}

}  // namespace

PageSection scores_section(const EncodingPlan& plan, const Summary& summary) {
  PageSection section{.heading = "Headline scores"};
  section.paragraphs.emplace_back(
      "A brain score is the correlation (r) between what a model predicts and what was measured, on volumes that the "
      "fit never saw. The layer behind a headline score is chosen on the training rows of each fold; the best layer by "
      "test score is shown for comparison only, since it has seen the test rows.");
  for (const auto& headline : summary.by_target)
    section.paragraphs.push_back(in_words(plan, summary, headline.space->name));
  section.tables.push_back(headline_rows(plan, summary));
  return section;
}

PageSection layers_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary,
                           const Figures& figures) {
  PageSection section{.heading = "Layers"};
  const auto add = [&](bool mean_subject) {
    const auto chart = layer_chart(plan, dataset, summary, mean_subject);
    section.figures.push_back(figures.add(
        mean_subject ? "layers_mean_subject" : "layers_single_subjects", render_line_chart(chart), chart_data(chart),
        mean_subject ? "Scores of the mean subject by layer. Dashed: untrained twins, "
                       "mean and range over seeds."
                     : "The same for single subjects, mean and one standard error."));
  };
  if (plan.study.encode.mean_subject) add(true);
  add(false);
  section.tables.push_back(layer_rows(plan, summary));
  return section;
}

}  // namespace arcuate::study_page_parts
