#include "study/stack_report.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "core/text.h"
#include "encode/rows.h"
#include "report/line_chart.h"
#include "report/scatter_chart.h"
#include "stats/fdr.h"
#include "stats/permutation.h"

namespace arcuate {

using at::Tensor;

namespace {

std::string number(const Tensor& value) { return shortest(value.item<double>()); }

// A group of targets that a table has a row for.
struct Place {
  std::string hemisphere{}, name{};
  Tensor targets{};  // places in the report's list
};

constexpr size_t most_target_rows = 20;  // more targets than regions of interest have no rows of their own

std::vector<Place> places_of(const StackReport& report) {
  std::vector<Place> places{{"n/a", "all", index_tensor(all_rows(static_cast<int64_t>(report.targets.size())))}};
  for (const auto& region : named_regions(report.places))
    places.push_back({region.hemisphere.empty() ? "n/a" : region.hemisphere, region.name.empty() ? "n/a" : region.name,
                      index_tensor(region.targets)});
  if (report.places.empty() && report.targets.size() <= most_target_rows)
    for (size_t v = 0; v < report.targets.size(); ++v)
      places.push_back({"n/a", report.targets[v], index_tensor(std::vector<int64_t>{static_cast<int64_t>(v)})});
  return places;
}

const std::vector<TableColumn> place_columns{{"hemisphere", "L or R; n/a: both, or targets on no surface"},
                                             {"region", "Region, or target; all: every target that was stacked"}};

// Of the numbers that are there: … x S x V -> … x S.
Tensor over_targets(const Tensor& values, const Place& place) {
  return at::nanmean(values.index_select(-1, place.targets), -1);
}

// Mean and standard error over subjects of S values.
std::pair<double, double> over_subjects(const Tensor& values) {
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  const auto count = known.numel();
  return {count == 0 ? std::nan("") : known.mean().item<double>(),
          count < 2 ? std::nan("") : known.std().item<double>() / std::sqrt(static_cast<double>(count))};
}

// S x V x M: mean over outer folds.
Tensor mean_weights(const StackScores& scores) { return scores.weights.mean(0); }

// How often each model is the best single one, over folds: S x V x M.
Tensor single_shares(const StackScores& scores) {
  std::vector<Tensor> shares;
  const auto known = scores.single.ge(0).all(0);
  for (int64_t m = 0; m < scores.model_r.size(0); ++m) {
    const auto share = scores.single.eq(m).to(at::kDouble).mean(0);
    shares.push_back(at::where(known, share, at::full_like(share, std::nan(""))));
  }
  return at::stack(shares, -1);
}

std::vector<std::string> spaces_of(const StackReport& report) {
  std::vector<std::string> spaces;
  for (const auto& model : report.models)
    if (std::find(spaces.begin(), spaces.end(), model.space) == spaces.end()) spaces.push_back(model.space);
  return spaces;
}

// Of a space: S x V share of the weights, and their centre over its numbered layers (NaN: it has no two, or no weight).
struct SpaceWeights {
  Tensor share{}, centre{};
};

SpaceWeights weights_of(const StackReport& report, const std::string& space) {
  const auto weights = mean_weights(report.scores);
  auto share = at::zeros_like(report.scores.r), placed = at::zeros_like(share), moment = at::zeros_like(share);
  int64_t numbered = 0;
  for (size_t m = 0; m < report.models.size(); ++m) {
    if (report.models[m].space != space) continue;
    const auto own = weights.select(-1, static_cast<int64_t>(m));
    share += own;
    if (std::isnan(report.models[m].number)) continue;
    placed += own;
    moment += own * report.models[m].number;
    ++numbered;
  }
  const auto centre = at::where(placed > 1e-6, moment / placed, at::full_like(placed, std::nan("")));
  return {share, numbered > 1 ? centre : at::full_like(centre, std::nan(""))};
}

std::string model_name(const StackedModel& model) { return model.space + " " + model.layer; }

// The model that most folds chose, of equal ones the first.
std::string usual_single(const StackReport& report, int64_t subject, int64_t target) {
  const auto chosen = report.scores.single.select(1, subject).select(1, target);
  if (chosen.lt(0).any().item<bool>()) return "n/a";
  const auto models = static_cast<int64_t>(report.models.size());
  return model_name(report.models[static_cast<size_t>(at::bincount(chosen, {}, models).argmax().item<int64_t>())]);
}

constexpr double level = 0.05;  // of q, and of the p that the text judges by

// Over each subject's targets: S x V.
Tensor q_of(const Tensor& p) {
  std::vector<Tensor> q;
  for (int64_t s = 0; s < p.size(0); ++s) q.push_back(bh_fdr(p[s]));
  return at::stack(q);
}

// Weights of targets that nothing predicts are noise. NaN there; values: S x V.
Tensor where_predicted(const StackScores& scores, const Tensor& values) {
  return at::where(q_of(scores.r_p).lt(level), values, at::full_like(values, std::nan("")));
}

const TableColumn r_column{"r", "Pearson r of the mixture's held-out predictions with the responses"};
const TableColumn single_column{"r_single",
                                "The same of the one model with the smallest squared residual at training rows"};
const TableColumn gain_column{"gain", "r - r_single"};

TidyTable target_scores(const StackReport& report) {
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
  const auto q = q_of(scores.r_p), gain_q = q_of(scores.gain_p);
  for (size_t i = 0; i < report.subjects.size(); ++i)
    for (size_t j = 0; j < report.targets.size(); ++j) {
      const auto s = static_cast<int64_t>(i), v = static_cast<int64_t>(j);
      table.rows.push_back({report.subjects[i], report.targets[j], number(scores.r[s][v]), number(scores.r_p[s][v]),
                            number(q[s][v]), number(scores.r_single[s][v]), usual_single(report, s, v),
                            number(scores.r[s][v] - scores.r_single[s][v]), number(scores.gain_p[s][v]),
                            number(gain_q[s][v])});
    }
  return table;
}

TidyTable region_scores(const StackReport& report) {
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
    return at::where(good, q_of(p).lt(level).to(at::kDouble), at::full_like(p, std::nan("")));
  };
  const auto predicted = passing(scores.r_p), gaining = passing(scores.gain_p);
  for (size_t i = 0; i < report.subjects.size(); ++i)
    for (const auto& place : places_of(report)) {
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

void write_stack(const StackScores& scores, Hdf5Writer& file) {
  file.write("r", scores.r);
  file.write("r_single", scores.r_single);
  file.write("r_p", scores.r_p);
  file.write("gain_p", scores.gain_p);
  file.write("gain_null", scores.gain_null);
  file.write("weights", scores.weights);
  file.write("single", scores.single);
  file.write("model_r", scores.model_r);
  file.attribute("off_minimum", scores.off_minimum);
}

StackScores read_stack(const Hdf5Reader& file) {
  return {.r = file.read("r"),
          .r_single = file.read("r_single"),
          .r_p = file.read("r_p"),
          .gain_p = file.read("gain_p"),
          .gain_null = file.read("gain_null"),
          .weights = file.read("weights"),
          .single = file.read("single"),
          .model_r = file.read("model_r"),
          .off_minimum = file.number_attribute("off_minimum")};
}

TidyTable stack_score_table(const StackReport& report) {
  return report.places.empty() ? target_scores(report) : region_scores(report);
}

TidyTable stack_weight_table(const StackReport& report) {
  TidyTable table{.columns = {place_columns[0],
                              place_columns[1],
                              {"space", "Feature space"},
                              {"layer", "Layer of it"},
                              {"weight", "Weight in the mixture: mean over outer folds and targets, then subjects"},
                              {"weight_se", "Standard error over subjects"},
                              {"best_single", "Share of outer folds and targets whose best single model it is"},
                              {"r", "Mean r of the model alone"}}};
  const auto weights = mean_weights(report.scores), shares = single_shares(report.scores);
  for (const auto& place : places_of(report))
    for (size_t i = 0; i < report.models.size(); ++i) {
      const auto m = static_cast<int64_t>(i);
      const auto [weight, error] = over_subjects(over_targets(weights.select(-1, m), place));
      table.rows.push_back({place.hemisphere, place.name, report.models[i].space, report.models[i].layer,
                            shortest(weight), shortest(error),
                            shortest(over_subjects(over_targets(shares.select(-1, m), place)).first),
                            shortest(over_subjects(over_targets(report.scores.model_r[m], place)).first)});
    }
  return table;
}

TidyTable stack_layer_table(const StackReport& report) {
  TidyTable table{.columns = {place_columns[0],
                              place_columns[1],
                              {"space", "Feature space"},
                              {"share", "Sum of the weights of its layers: mean over targets, then subjects"},
                              {"share_se", "Standard error over subjects"},
                              {"centre",
                               "Centre of the weights over its numbered layers: mean over targets that give it any "
                               "weight, then subjects; n/a: it has no two such layers"},
                              {"centre_se", "Standard error over subjects"}}};
  for (const auto& space : spaces_of(report)) {
    const auto weights = weights_of(report, space);
    for (const auto& place : places_of(report)) {
      const auto [share, share_se] = over_subjects(over_targets(weights.share, place));
      const auto [centre, centre_se] = over_subjects(over_targets(weights.centre, place));
      table.rows.push_back({place.hemisphere, place.name, space, shortest(share), shortest(share_se), shortest(centre),
                            shortest(centre_se)});
    }
  }
  return table;
}

namespace {

bool several_layers(const StackReport& report, const std::string& space) {
  return std::count_if(report.models.begin(), report.models.end(), [&](const StackedModel& model) {
           return model.space == space && !std::isnan(model.number);
         }) > 1;
}

LineChart weight_chart(const StackReport& report, bool simulated) {
  LineChart chart{
      .title = "Weight of each layer", .x_label = "layer", .y_label = "weight in the mixture", .simulated = simulated};
  const auto weights = mean_weights(report.scores);
  const auto whole = places_of(report).front();
  for (const auto& space : spaces_of(report)) {
    if (!several_layers(report, space)) continue;
    ChartSeries series{.label = space};
    for (size_t m = 0; m < report.models.size(); ++m) {
      if (report.models[m].space != space || std::isnan(report.models[m].number)) continue;
      const auto [mean, error] = over_subjects(
          over_targets(where_predicted(report.scores, weights.select(-1, static_cast<int64_t>(m))), whole));
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
  const auto add = [&](const Place& place) {
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

BrainMap titled(BrainMap map, const std::string& title, const std::string& unit) {
  map.title = title;
  map.unit = unit;
  return map;
}

// V of the report -> all targets of the dataset, NaN elsewhere.
Tensor on_all(const StackMaps& maps, const Tensor& chosen) {
  return at::full({maps.targets}, std::nan(""), at::kDouble).index_copy_(0, index_tensor(maps.chosen), chosen);
}

bool any_number(const Tensor& values) { return at::logical_not(at::isnan(values)).any().item<bool>(); }

void add_pictures(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output,
                  PageSection& section) {
  const auto show = [&](const std::string& name, const Tensor& values, const std::string& title,
                        const std::string& unit, const std::string& caption, ColourScale scale) {
    const auto mean = at::nanmean(values, 0);
    if (!any_number(mean)) return;
    auto map = titled(maps.places.surfaces->picture(on_all(maps, mean)), title, unit);
    map.scale = scale;
    section.figures.push_back(output.figure(name, map, caption));
  };
  const auto& scores = report.scores;
  show("map_gain", scores.r - scores.r_single, "Gain of the mixture", "gain in r",
       "r of the mixture minus r of the best single model, mean over subjects.", ColourScale::diverging);
  const auto spaces = spaces_of(report);
  for (const auto& space : spaces) {
    const auto weights = weights_of(report, space);
    if (spaces.size() > 1)
      show("map_share_" + bids_label(space), weights.share, "Share of " + space, "sum of weights",
           "Weights of its layers, summed up, mean over subjects.", ColourScale::sequential);
    show("map_centre_" + bids_label(space), where_predicted(scores, weights.centre), "Layers of " + space,
         "centre of the weights (layer)",
         fmt::format("Which layers the mixture takes: mean layer by weight, over the subjects in whom the mixture "
                     "predicts the vertex (q < {}).",
                     level),
         ColourScale::sequential);
  }
}

void write_subject_maps(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output) {
  const auto& scores = report.scores;
  for (size_t i = 0; i < report.subjects.size(); ++i) {
    TargetMaps own;
    const auto add = [&](const std::string& name, const Tensor& values) {
      own.add(name, on_all(maps, values[static_cast<int64_t>(i)]));
    };
    add("r", scores.r);
    add("q of r", q_of(scores.r_p));
    add("r of the best single model", scores.r_single);
    add("gain", scores.r - scores.r_single);
    add("q of the gain", q_of(scores.gain_p));
    for (const auto& space : spaces_of(report)) {
      const auto weights = weights_of(report, space);
      add("share of " + space, weights.share);
      if (several_layers(report, space)) add("layer centre of " + space, weights.centre);
    }
    output.maps(maps.places, report.subjects[i], own,
                "Stacked models: held-out r of the mixture, its gain over the best single model, weights by feature "
                "space and their centre over layers");
  }
}

std::string gain_text(const StackReport& report) {
  const auto& scores = report.scores;
  const auto whole = places_of(report).front();
  const auto gains = over_targets(scores.r - scores.r_single, whole);
  const auto [gain, error] = over_subjects(gains);
  const auto [mixture, e1] = over_subjects(over_targets(scores.r, whole));
  const auto [single, e2] = over_subjects(over_targets(scores.r_single, whole));
  const double p = permutation_p(gains.nanmean().unsqueeze(0), at::nanmean(scores.gain_null, 1, true)).item<double>();
  const auto q = q_of(scores.gain_p);
  const auto counted = at::logical_not(at::isnan(q)).sum().item<int64_t>();
  return fmt::format(
      "The mixture reaches r = {:.4f} on average over targets{}, the single model that training rows chose {:.4f}: a "
      "gain of {:.4f}{} (one-sided block-swap p = {:.4f}). {} Taken singly, {} of {} targets{} gain at q < {}.",
      mixture, report.subjects.size() > 1 ? " and subjects" : "", single, gain,
      std::isnan(error) ? "" : fmt::format(" with a standard error of {:.4f} over subjects", error), p,
      p < level ? "So together the models predict better than the best of them."
                : "That is no more than chance gives: no gain on average was found.",
      q.lt(level).sum().item<int64_t>(), counted, report.subjects.size() > 1 ? " (over all subjects)" : "", level);
}

PageTable space_rows(const StackReport& report) {
  PageTable table{
      .caption = fmt::format("Where the weight goes: means over the targets that the mixture predicts (q < {}) "
                             "and over subjects",
                             level),
      .columns = {"features", "layers", "share of the weight", "centre (layer)"}};
  const auto whole = places_of(report).front();
  for (const auto& space : spaces_of(report)) {
    const auto weights = weights_of(report, space);
    const auto layers = std::count_if(report.models.begin(), report.models.end(),
                                      [&](const StackedModel& model) { return model.space == space; });
    const auto shown = [&](const Tensor& values) {
      const double mean = over_subjects(over_targets(where_predicted(report.scores, values), whole)).first;
      return std::isnan(mean) ? std::string("n/a") : fmt::format("{:.2f}", mean);
    };
    table.rows.push_back({space, std::to_string(layers), shown(weights.share), shown(weights.centre)});
  }
  return table;
}

}  // namespace

PageSection stack_section(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output) {
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
  const auto weights = weight_chart(report, simulated);
  if (!weights.series.empty())
    section.figures.push_back(
        output.figure("weights", render_line_chart(weights), chart_data(weights),
                      "Mean over the targets that the mixture predicts and over subjects, with one standard error over "
                      "subjects where there are several."));
  if (maps.places.surfaces) add_pictures(report, maps, output, section);
  if (maps.places.any()) write_subject_maps(report, maps, output);
  section.tables.push_back(space_rows(report));
  return section;
}

}  // namespace arcuate
