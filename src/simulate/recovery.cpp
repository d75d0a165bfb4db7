#include "simulate/recovery.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "brain/surface.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"
#include "report/box_chart.h"
#include "report/heat_map.h"
#include "report/scatter_chart.h"
#include "stats/rank.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double level = 0.05;

// The mean subject's maps of both hemispheres, in the order in which the study writes them.
struct FoundMaps {
  std::map<std::string, at::Tensor> hemispheres{};  // "L" -> maps x vertices
  // Whether the maps know a vertex; only then may it be read.
  bool have(const std::string& hemisphere, int64_t vertex) const {
    const auto found = hemispheres.find(hemisphere);
    return found != hemispheres.end() && vertex >= 0 && vertex < found->second.size(1);
  }
  double at_vertex(const std::string& hemisphere, int64_t map, int64_t vertex) const {
    return hemispheres.at(hemisphere)[map][vertex].item<double>();
  }
};
constexpr int64_t map_r = 0, map_q = 2, map_layer = 3;

FoundMaps read_maps(const fs::path& results, const std::string& task, const std::string& model) {
  FoundMaps maps;
  for (const char* hemisphere : {"L", "R"}) {
    const auto file = results / "sub-mean/func" /
                      fmt::format("sub-mean_task-{}_hemi-{}_model-{}_desc-headline_statmap.func.gii", bids_label(task),
                                  hemisphere, bids_label(model));
    const auto values = read_vertex_values(file);
    if (values.dim() != 2 || values.size(0) <= map_layer)
      bad_input("'{}' needs the maps r, p, q and layer, found {}", file.string(), shape_text(values));
    maps.hemispheres[hemisphere] = values;
  }
  return maps;
}

std::vector<RecoveredVertex> read_vertices(const fs::path& truth, const FoundMaps& maps) {
  const auto table = read_table(truth);
  std::vector<RecoveredVertex> vertices;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto text = [&](const char* column) { return table.text(row, table.column(column)); };
    const auto number = [&](const char* column) { return table.number(row, table.column(column)); };
    const auto hemisphere = text("hemisphere");
    const auto vertex = std::llround(number("vertex"));
    if (!maps.have(hemisphere, vertex))
      bad_input("{}:{}: the study's maps have no vertex {} in hemisphere '{}'; is the study one of this dataset?",
                table.source, table.lines[row], vertex, hemisphere);
    const auto found = [&](int64_t map) { return maps.at_vertex(hemisphere, map, vertex); };
    vertices.push_back({.target = text("target"),
                        .patch = text("patch"),
                        .drive = text("drive"),
                        .defect = text("defect"),
                        .planted_depth = number("depth"),
                        .ceiling = number("ceiling"),
                        .layer = found(map_layer),
                        .r = found(map_r),
                        .q = found(map_q)});
  }
  return vertices;
}

bool judged(const RecoveredVertex& v, double lowest_ceiling) {
  return !std::isnan(v.planted_depth) && v.ceiling > lowest_ceiling && !std::isnan(v.layer) && v.defect == "none";
}

void judge_depth(Recovery& recovery) {
  std::vector<double> planted, found, errors;
  for (const auto& v : recovery.vertices)
    if (judged(v, recovery.lowest_ceiling)) {
      planted.push_back(v.planted_depth);
      found.push_back(v.layer);
      errors.push_back(std::abs(v.layer - v.planted_depth));
    }
  recovery.depth_vertices = static_cast<int64_t>(errors.size());
  if (errors.empty()) return;
  recovery.median_depth_error = at::quantile(to_tensor(errors), 0.5).item<double>();
  recovery.depth_correlation = spearman(to_tensor(planted), to_tensor(found));
}

void judge_noise(Recovery& recovery) {
  int64_t silent = 0;
  for (const auto& v : recovery.vertices) {
    if (v.drive != "noise" || std::isnan(v.q)) continue;
    ++recovery.noise_vertices;
    silent += v.q >= level;
  }
  recovery.noise_silent =
      static_cast<double>(silent) / static_cast<double>(std::max<int64_t>(1, recovery.noise_vertices));
}

void judge_bad(const fs::path& flagged, Recovery& recovery) {
  std::set<std::string> listed;
  if (fs::exists(flagged)) {
    const auto table = read_table(flagged);
    for (size_t row = 0; row < table.rows.size(); ++row) listed.insert(table.text(row, table.column("target")));
  }
  for (const auto& v : recovery.vertices)
    if (v.defect != "none") {
      ++recovery.bad_planted;
      recovery.bad_listed += listed.contains(v.target);
    }
}

// Of the mean subject, over both hemispheres, from its table of regions.
double mean_score(const Table& scores, const std::string& space, const std::string& region) {
  double sum = 0, count = 0;
  for (size_t row = 0; row < scores.rows.size(); ++row) {
    const auto text = [&](const char* column) { return scores.text(row, scores.column(column)); };
    if (text("space") != space || text("region") != region) continue;
    const double targets = scores.number(row, scores.column("scored"));
    if (targets == 0) continue;  // its r is n/a
    sum += targets * scores.number(row, scores.column("r"));
    count += targets;
  }
  return sum / count;
}

void judge_sizes(const fs::path& truth, const fs::path& table, Recovery& recovery) {
  if (!fs::exists(truth)) return;
  const auto sizes = read_table(truth), scores = read_table(table);
  for (size_t row = 0; row < sizes.rows.size(); ++row) {
    const auto space = sizes.text(row, sizes.column("space"));
    recovery.sizes.push_back({space, sizes.number(row, sizes.column("parameters")),
                              sizes.number(row, sizes.column("accuracy")), mean_score(scores, space, "occipital")});
  }
}

void judge_loops(const fs::path& barcodes, Recovery& recovery) {
  std::set<std::string> planted;
  for (const auto& v : recovery.vertices)
    if (v.drive == "loop") planted.insert(v.patch);
  recovery.loops = recover_loops(barcodes, planted);
}

// Columns: planted depth to the nearest layer; rows: layer found; share of each column's vertices.
HeatMap depth_map(const Recovery& recovery) {
  std::map<int64_t, std::map<int64_t, double>> counts;
  int64_t highest = 0;
  for (const auto& v : recovery.vertices)
    if (judged(v, recovery.lowest_ceiling)) {
      const auto planted = std::llround(v.planted_depth), found = std::llround(v.layer);
      ++counts[planted][found];
      highest = std::max({highest, static_cast<int64_t>(planted), static_cast<int64_t>(found)});
    }
  HeatMap map{.title = "Planted and recovered layer",
              .row_label = "layer found",
              .column_label = "layer planted (nearest)",
              .value_label = "share of vertices",
              .low = 0,
              .high = 1,
              .cell_text = true,
              .simulated = true};
  for (const auto& [planted, found] : counts) map.columns.push_back(std::to_string(planted));
  for (int64_t layer = highest; layer >= 0; --layer) {
    map.rows.push_back(std::to_string(layer));
    auto& row = map.values.emplace_back();
    for (const auto& [planted, found] : counts) {
      double total = 0;
      for (const auto& [other, count] : found) total += count;
      const auto here = found.find(layer);
      row.push_back(here == found.end() ? 0 : here->second / total);
    }
  }
  return map;
}

BoxChart score_boxes(const Recovery& recovery) {
  BoxChart chart{.title = "Score by what was planted",
                 .value_label = "brain score of the mean subject (r)",
                 .levels = {{"no prediction", 0}},
                 .simulated = true};
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> values;
  for (const auto& v : recovery.vertices) {
    if (values[v.drive].empty()) order.push_back(v.drive);
    values[v.drive].push_back(v.r);
  }
  std::sort(order.begin(), order.end());
  for (const auto& drive : order) chart.groups.push_back({.label = drive, .values = values[drive]});
  return chart;
}

ScatterChart size_chart(const Recovery& recovery) {
  ScatterSeries series{.label = "feature spaces of growing size"};
  for (const auto& size : recovery.sizes) {
    series.x.push_back(size.parameters);
    series.y.push_back(size.r);
    series.names.push_back(size.space);
  }
  return {.title = "Score and size",
          .x_label = "parameters",
          .y_label = "brain score (r)",
          .series = {series},
          .fit = ScatterFit::all,
          .log_x = true,
          .simulated = true};
}

std::string size_sentence(const Recovery& recovery) {
  const auto& first = recovery.sizes.front();
  const auto& last = recovery.sizes.back();
  return fmt::format(
      "In the patch 'occipital', scores were planted to grow with the logarithm of size, by a factor of "
      "{:.2f} from the smallest to the largest; found: {:.2f}.",
      last.accuracy / first.accuracy, last.r / first.r);
}

}  // namespace

Recovery recover(const fs::path& dataset, const fs::path& results, const std::string& task, const std::string& model) {
  Recovery recovery;
  recovery.vertices = read_vertices(dataset / "truth/truth.tsv", read_maps(results, task, model));
  judge_depth(recovery);
  judge_noise(recovery);
  const auto label = bids_label(task);
  judge_bad(results / "group" / fmt::format("task-{}_desc-flagged_scores.tsv", label), recovery);
  judge_sizes(dataset / "truth/sizes.tsv",
              results / "sub-mean/func" / fmt::format("sub-mean_task-{}_desc-brainscore_scores.tsv", label), recovery);
  recovery.forecast = recover_forecast(dataset / "truth/truth.tsv",
                                       results / "group" / fmt::format("task-{}_desc-distance_forecast.tsv", label));
  judge_loops(results / "group" / fmt::format("task-{}_desc-barcodes_shape.tsv", label), recovery);
  recovery.networks = recover_networks(dataset / "truth/networks.tsv", results / "group", label, model);
  return recovery;
}

PageSection recovery_section(const Recovery& recovery, const Figures& figures) {
  PageSection section{.heading = "Planted against recovered"};
  section.paragraphs.emplace_back(
      "These brains were made by a program, so the right answer is known. Signals were planted from layers of the "
      "model "
      "that rise from the patch 'sensory' to the far end of 'association'; other patches were driven by other things, "
      "and most vertices hold nothing but noise.");
  section.paragraphs.push_back(fmt::format(
      "Layers: over {} vertices with a planted layer and a ceiling above {}, the median error is {:.2f} layers and "
      "Spearman's correlation of planted and found layer {:.2f}. Noise: {:.1f} % of {} vertices without a signal are "
      "not significant (q >= {}). Bad vertices: {} planted, {} listed.",
      recovery.depth_vertices, recovery.lowest_ceiling, recovery.median_depth_error, recovery.depth_correlation,
      100 * recovery.noise_silent, recovery.noise_vertices, level, recovery.bad_planted, recovery.bad_listed));
  const auto depths = depth_map(recovery);
  section.figures.push_back(figures.add("recovery_layers", render_heat_map(depths), chart_data(depths),
                                        "Each column: where the vertices planted from one layer were found. A perfect "
                                        "study has ones on the diagonal."));
  const auto boxes = score_boxes(recovery);
  section.figures.push_back(figures.add("recovery_scores", render_box_chart(boxes), chart_data(boxes),
                                        "One box for each kind of signal. Vertices of noise should lie around 0."));
  if (recovery.forecast.vertices > 0) {
    section.paragraphs.push_back("Words ahead: " + forecast_text(recovery.forecast) + ".");
    const auto ahead = forecast_boxes(recovery.forecast);
    section.figures.push_back(figures.add("recovery_forecast", render_box_chart(ahead), chart_data(ahead),
                                          "One box for each planted distance: where forecast scores peak."));
  }
  if (const auto loops = loop_text(recovery.loops); !loops.empty())
    section.paragraphs.push_back("Loops: " + loops + ".");
  if (!recovery.sizes.empty()) {
    section.paragraphs.push_back(size_sentence(recovery));
    const auto sizes = size_chart(recovery);
    section.figures.push_back(figures.add("recovery_sizes", render_scatter_chart(sizes), chart_data(sizes),
                                          "Five feature spaces that tell the hidden drive of one patch better and "
                                          "better; line: least squares over log10 of size."));
  }
  if (!recovery.networks.list.empty()) {
    section.paragraphs.push_back("Networks: " + networks_sentence(recovery.networks));
    section.tables.push_back(networks_page_table(recovery.networks));
  }
  return section;
}

Json recovery_json(const Recovery& r) {
  Json sizes = Json::array();
  for (const auto& size : r.sizes)
    sizes.push_back(
        {{"space", size.space}, {"parameters", size.parameters}, {"accuracy", size.accuracy}, {"r", size.r}});
  return {{"Simulated", true},
          {"lowest_ceiling", r.lowest_ceiling},
          {"depth_vertices", r.depth_vertices},
          {"median_depth_error", r.median_depth_error},
          {"depth_correlation", r.depth_correlation},
          {"noise_vertices", r.noise_vertices},
          {"noise_silent", r.noise_silent},
          {"bad_planted", r.bad_planted},
          {"bad_listed", r.bad_listed},
          {"forecast", forecast_json(r.forecast)},
          {"loops", loop_json(r.loops)},
          {"networks", networks_json(r.networks)},
          {"sizes", sizes}};
}

std::string recovery_text(const Recovery& r) {
  auto text = fmt::format(
      "planted against recovered:\n"
      "  layers   {} vertices with ceiling > {}: median error {:.2f} layers, Spearman {:.2f}\n"
      "  noise    {:.1f} % of {} vertices without a signal are not significant at q = {}\n"
      "  bad      {} defective vertices planted, {} listed\n",
      r.depth_vertices, r.lowest_ceiling, r.median_depth_error, r.depth_correlation, 100 * r.noise_silent,
      r.noise_vertices, level, r.bad_planted, r.bad_listed);
  if (r.forecast.vertices > 0) text += "  forecast " + forecast_text(r.forecast) + "\n";
  if (const auto loops = loop_text(r.loops); !loops.empty()) text += "  loops    " + loops + "\n";
  if (!r.sizes.empty())
    text += fmt::format("  size     score grows {:.2f}-fold from smallest to largest; planted {:.2f}\n",
                        r.sizes.back().r / r.sizes.front().r, r.sizes.back().accuracy / r.sizes.front().accuracy);
  if (!r.networks.list.empty()) text += "  networks " + networks_sentence(r.networks) + "\n";
  return text;
}

}  // namespace arcuate
