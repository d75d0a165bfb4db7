#include "study/scaling_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"
#include "report/line_chart.h"
#include "report/scatter_chart.h"

namespace arcuate {

const char* base_name(Base base) {
  return base == Base::smallest ? "smallest" : base == Base::mean ? "mean" : "fitted";
}

const char* choice_name(LayerChoice choice) {
  return choice == LayerChoice::none ? "n/a" : choice == LayerChoice::by_test ? "best-by-test" : "best-by-training";
}

namespace {

std::string or_absent(const std::string& text) { return text.empty() ? "n/a" : text; }
std::string or_all(const std::string& text) { return text.empty() ? "all" : text; }

std::string fixed(double value, int digits) {
  return std::isnan(value) ? "n/a" : fmt::format("{:.{}f}", value, digits);
}
std::string range_text(const ConfidenceInterval& interval, int digits) {
  return std::isnan(interval.low) ? "n/a" : fixed(interval.low, digits) + " to " + fixed(interval.high, digits);
}

bool is_chosen(const ScalingReport& report, size_t point) {
  const auto& points = report.chosen.points;
  return std::find(points.begin(), points.end(), point) != points.end();
}

}  // namespace

TidyTable points_table(const ScalingReport& report) {
  TidyTable table;
  for (const size_t i : report.chosen.points) {
    const auto& point = report.grid.points[i];
    const auto& score = report.scores[i];
    const auto cells = std::count_if(point.scores.begin(), point.scores.end(), [](double s) { return !std::isnan(s); });
    table.rows.push_back({or_absent(point.family), or_absent(point.model), shortest(point.size), or_absent(point.layer),
                          choice_name(report.chosen.choice), shortest(point.depth), std::to_string(cells),
                          shortest(score.mean), shortest(score.interval.low), shortest(score.interval.high)});
  }
  table.columns = {{"family", "Family of models"},
                   {"model", "Model"},
                   {"size", "What the score is fitted against"},
                   {"layer", "Layer whose score stands here"},
                   {"layer_choice",
                    "best-by-test: the layer with the best score, which is optimistic; best-by-training: "
                    "chosen by scores on training rows; n/a: there was one layer"},
                   {"depth", "Layer divided by the number of layers"},
                   {"cells", "Subjects x stories that were scored"},
                   {"score", "Mean over subjects of each one's mean over stories"},
                   {"score_low", "Lower end of its bootstrap interval over subjects and stories"},
                   {"score_high", "Upper end"}};
  return table;
}

TidyTable fits_table(const ScalingReport& report) {
  TidyTable table;
  for (const auto& f : report.fits)
    table.rows.push_back({or_all(f.family), or_all(f.subject), std::to_string(f.points), shortest(f.smallest),
                          shortest(f.largest), shortest(f.line.intercept), shortest(f.line.slope),
                          shortest(f.line.slope_se), shortest(f.line.slope_t.low), shortest(f.line.slope_t.high),
                          shortest(f.line.p), shortest(f.slope_units.low), shortest(f.slope_units.high),
                          shortest(f.line.r), base_name(report.options.base), shortest(f.base), shortest(f.percent),
                          shortest(f.percent_units.low), shortest(f.percent_units.high)});
  table.columns = {{"family", "Family of models; all: the line through all points"},
                   {"subject", "Subject; all: the mean over subjects"},
                   {"points", "Points of the line"},
                   {"smallest", "Smallest size"},
                   {"largest", "Largest size"},
                   {"intercept", "Score at size 1 by the line"},
                   {"slope", "Gain in score for ten times the size"},
                   {"slope_se", "Its standard error over points"},
                   {"slope_t_low", "Lower end of the slope's interval by Student's t, points - 2 degrees of freedom"},
                   {"slope_t_high", "Upper end"},
                   {"p_value", "Two-sided p of slope 0 by the same t"},
                   {"slope_units_low", "Lower end of the slope's bootstrap interval over subjects and stories"},
                   {"slope_units_high", "Upper end"},
                   {"r", "Pearson correlation of score and log10(size)"},
                   {"base",
                    "What the percentage is of: the score at the smallest size, the mean score, or the line at the "
                    "smallest size (fitted)"},
                   {"base_score", "Its value"},
                   {"percent", "100 slope / base; n/a unless the base is positive"},
                   {"percent_low", "Lower end of its bootstrap interval, with the base computed anew in each draw"},
                   {"percent_high", "Upper end"}};
  return table;
}

TidyTable depth_table(const ScalingReport& report) {
  TidyTable table;
  for (size_t i = 0; i < report.grid.points.size(); ++i) {
    const auto& point = report.grid.points[i];
    const auto& score = report.scores[i];
    table.rows.push_back({or_absent(point.family), or_absent(point.model), shortest(point.size), or_absent(point.layer),
                          shortest(point.depth), shortest(score.mean), shortest(score.interval.low),
                          shortest(score.interval.high),
                          is_chosen(report, i) ? choice_name(report.chosen.choice) : "n/a"});
  }
  table.columns = {{"family", "Family of models"},
                   {"model", "Model"},
                   {"size", "What the score is fitted against"},
                   {"layer", "Layer"},
                   {"depth", "Layer divided by the number of layers"},
                   {"score", "Mean over subjects of each one's mean over stories"},
                   {"score_low", "Lower end of its bootstrap interval over subjects and stories"},
                   {"score_high", "Upper end"},
                   {"best", "best-by-test or best-by-training for the model's best layer, n/a for the others"}};
  return table;
}

namespace {

ScatterChart scatter_of(const ScalingReport& report) {
  ScatterChart chart{.title = "Score against " + report.size_name,
                     .x_label = report.size_name,
                     .y_label = report.score_name,
                     .fit = ScatterFit::all,
                     .log_x = true,
                     .simulated = report.simulated};
  std::map<std::string, size_t> place;
  for (const size_t i : report.chosen.points) {
    const auto& point = report.grid.points[i];
    const auto [found, is_new] = place.try_emplace(point.family, chart.series.size());
    if (is_new) chart.series.push_back({.label = or_all(point.family)});
    auto& series = chart.series[found->second];
    series.x.push_back(point.size), series.y.push_back(report.scores[i].mean);
    series.names.push_back(or_absent(point.model));
  }
  const bool lines =
      std::all_of(chart.series.begin(), chart.series.end(), [](const auto& s) { return s.x.size() > 2; });
  if (chart.series.size() > 1 && lines) chart.fit = ScatterFit::each;
  return chart;
}

// Layers with a depth, in order of depth, a line for each model.
LineChart depth_chart(const ScalingReport& report) {
  LineChart chart{.title = "Score over depth",
                  .x_label = "relative depth (layer / layers)",
                  .y_label = report.score_name,
                  .simulated = report.simulated};
  std::vector<size_t> order;
  for (size_t i = 0; i < report.grid.points.size(); ++i)
    if (!std::isnan(report.grid.points[i].depth)) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return report.grid.points[a].depth < report.grid.points[b].depth; });
  std::map<std::pair<std::string, double>, size_t> place;
  for (const auto& point : report.grid.points) {
    const auto [found, is_new] = place.try_emplace({point.model, point.size}, chart.series.size());
    if (is_new) chart.series.push_back({.label = or_absent(point.model)});
  }
  for (const size_t i : order) {
    const auto& point = report.grid.points[i];
    auto& series = chart.series[place.at({point.model, point.size})];
    series.x.push_back(point.depth), series.y.push_back(report.scores[i].mean);
    series.low.push_back(report.scores[i].interval.low), series.high.push_back(report.scores[i].interval.high);
  }
  std::erase_if(chart.series, [](const ChartSeries& series) { return series.x.empty(); });
  for (auto& series : chart.series)
    if (std::isnan(series.low.front())) series.low.clear(), series.high.clear();
  return chart;
}

bool has_depths(const ScalingReport& report) {
  return std::any_of(report.grid.points.begin(), report.grid.points.end(),
                     [](const ScorePoint& point) { return !std::isnan(point.depth); });
}

std::vector<std::string> fit_headings(const ScalingReport& report) {
  const auto level = shortest(100 * report.options.bootstrap.level);
  return {"family",
          "subject",
          "points",
          "gain per decade",
          level + " % by t",
          level + " % bootstrap",
          "p",
          "r",
          fmt::format("% of {}", base_name(report.options.base))};
}

std::vector<std::string> fit_row(const ScalingFit& f) {
  return {or_all(f.family),
          or_all(f.subject),
          std::to_string(f.points),
          fixed(f.line.slope, 4),
          range_text(f.line.slope_t, 4),
          range_text(f.slope_units, 4),
          std::isnan(f.line.p) ? "n/a" : fmt::format("{:.2g}", f.line.p),
          fixed(f.line.r, 3),
          fixed(f.percent, 1)};
}

std::string choice_sentence(LayerChoice choice) {
  if (choice == LayerChoice::none) return "There was one score of each model and size: no layer was chosen.";
  if (choice == LayerChoice::by_training) return "Each model stands with the layer that was best on training rows.";
  return "Each model stands with the layer that was best by test, which is optimistic: the same scores choose and are "
         "reported.";
}

PageSection law_section(const ScalingReport& report, const AddFigure& add) {
  PageSection section{.heading = "Scaling law"};
  section.paragraphs = {
      "score = a + b log10(size) by least squares over points; b is the gain for ten times the size. A point is the "
      "mean "
      "over subjects of each one's mean over stories.",
      choice_sentence(report.chosen.choice)};
  section.paragraphs.insert(section.paragraphs.end(), report.notes.begin(), report.notes.end());
  const auto chart = scatter_of(report);
  section.figures.push_back(add("scaling", render_scatter_chart(chart), chart_data(chart),
                                "Points and least-squares lines with their 95 % band (Student's t)."));
  PageTable table{.caption = "Fits", .columns = fit_headings(report)};
  for (const auto& fit : report.fits) table.rows.push_back(fit_row(fit));
  section.tables.push_back(table);
  return section;
}

PageSection method_section(const ScalingReport& report) {
  const auto& bootstrap = report.options.bootstrap;
  return {
      .heading = "What the intervals say",
      .paragraphs = {
          "By t: how far the slope would differ for other models of the same kind, if models scatter about the line "
          "independently with equal variance. Sizes of one family share data and training, so that they hardly do.",
          fmt::format("Bootstrap: how far it would differ for other subjects and stories ({} draws with replacement, "
                      "percentiles). With few of them the interval is too narrow; with one of each there is none.",
                      bootstrap.draws),
          "A percentage has a base, and different bases give different numbers; the table fits.tsv names it."}};
}

}  // namespace

bool has_layers_to_compare(const ScalingReport& report) { return report.chosen.choice != LayerChoice::none; }

void fit_report(ScalingReport& report, const std::vector<ScoreRecord>& records) {
  report.grid = make_score_grid(records);
  report.chosen = choose_layers(report.grid);
  report.scores = point_scores(report.grid, report.options.bootstrap);
  report.fits = fit_scaling(report.grid, report.chosen, report.options);
}

PageSection depth_section(const ScalingReport& report, const AddFigure& add) {
  PageSection section{.heading = "Depth"};
  const auto chart = depth_chart(report);
  section.figures.push_back(add("depth", render_line_chart(chart), chart_data(chart),
                                "Scores of all layers over relative depth; bands: bootstrap over subjects and stories, "
                                "where there are several."));
  PageTable table{.caption = "The layer of each model: " + std::string(choice_name(report.chosen.choice)),
                  .columns = {"model", "layer", "depth", "score"}};
  for (const size_t i : report.chosen.points) {
    const auto& point = report.grid.points[i];
    table.rows.push_back(
        {or_absent(point.model), or_absent(point.layer), fixed(point.depth, 2), fixed(report.scores[i].mean, 4)});
  }
  section.tables.push_back(table);
  return section;
}

std::vector<PageSection> scaling_sections(const ScalingReport& report, const AddFigure& add) {
  std::vector<PageSection> sections{law_section(report, add)};
  if (has_layers_to_compare(report) && has_depths(report)) sections.push_back(depth_section(report, add));
  sections.push_back(method_section(report));
  return sections;
}

std::string scaling_text(const ScalingReport& report) {
  std::vector<std::vector<std::string>> rows{fit_headings(report)};
  for (const auto& fit : report.fits) rows.push_back(fit_row(fit));
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], code_points(row[c]).size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t c = 0; c < row.size(); ++c)
      line += row[c] + std::string(widths[c] + 2 - code_points(row[c]).size(), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

}  // namespace arcuate
