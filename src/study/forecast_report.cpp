#include "study/forecast_report.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/tensor.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "report/line_chart.h"

namespace arcuate {

using at::Tensor;

namespace {

// The curves over distances: of all that states hold, then of their parts. After them come single scores of other
// layers.
std::span<const ForecastCurve> curves_of(const ForecastReport& report) {
  return std::span(report.study.curves).first(report.study.distances.size());
}
const ForecastCurve& curve_of(const ForecastReport& report) { return report.study.curves.front(); }

int64_t tested_place(const ForecastReport& report) {
  const auto& distances = curve_of(report).distances;
  return std::find(distances.begin(), distances.end(), report.distance) - distances.begin();
}

constexpr double level = 0.05;
// All subjects on one side: 1 of 2^n equally likely patterns of signs.
double smallest_p(const ForecastReport& report) { return std::exp2(-static_cast<double>(report.subjects)); }

Tensor over_subjects(const Tensor& values) { return at::nanmean(values, -2); }
std::string number(const Tensor& values, int64_t place) { return shortest(values[place].item<double>()); }

std::vector<std::string> place_of(const ForecastReport& report, size_t target) {
  if (report.places.empty()) return {report.targets[target], "n/a", "n/a"};
  const auto& place = report.places[target];
  const auto told = [](const std::string& text) { return text.empty() ? "n/a" : text; };
  return {report.targets[target], told(place.hemisphere), told(place.region)};
}

const std::vector<TableColumn> place_columns{
    {"target", "Name of the target"}, {"hemisphere", "L, R or n/a"}, {"region", "Region of the target, or n/a"}};

TidyTable table_with(std::vector<TableColumn> before, const std::vector<TableColumn>& after) {
  before.insert(before.end(), place_columns.begin(), place_columns.end());
  before.insert(before.end(), after.begin(), after.end());
  return {.columns = std::move(before), .rows = {}};
}

void add_row(TidyTable& table, std::vector<std::string> row, const std::vector<std::string>& place,
             const std::vector<std::string>& rest) {
  row.insert(row.end(), place.begin(), place.end());
  row.insert(row.end(), rest.begin(), rest.end());
  table.rows.push_back(std::move(row));
}

const char* const part_text =
    "What the windows hold: all of the states, their syntactic part (mean of texts of the same syntax), or the rest";
const char* const p_text =
    "One-sided p that the score is above 0: signed-rank test over subjects, or block swaps with one subject";

ChartSeries distance_series(const ForecastReport& report, const ForecastCurve& curve) {
  ChartSeries series{.label = curve.part == "all" ? report.space : curve.part + " part"};
  for (size_t d = 0; d < curve.distances.size(); ++d) {
    const auto subjects = to_vector(at::nanmean(curve.forecast()[static_cast<int64_t>(d)], 1));
    const double mean = at::nanmean(to_tensor(subjects)).item<double>(), half = half_interval(subjects);
    series.x.push_back(static_cast<double>(curve.distances[d]));
    series.y.push_back(mean);
    if (subjects.size() < 2) continue;
    series.low.push_back(mean - half);
    series.high.push_back(mean + half);
  }
  return series;
}

LineChart distance_chart(const ForecastReport& report, bool simulated) {
  LineChart chart{.title = "Forecast score by distance",
                  .x_label = "words from the present one to the window's last",
                  .y_label = "forecast score (r)",
                  .levels = {{"no gain", 0.0}},
                  .simulated = simulated};
  for (const auto& curve : curves_of(report)) chart.series.push_back(distance_series(report, curve));
  for (const auto& control : report.study.controls)
    chart.levels.emplace_back(control.control, at::nanmean(control.scores).item<double>());
  return chart;
}
std::string peak_text(const ForecastReport& report) {
  const auto& distance = report.study.distances.front();
  const auto kept = distance.kept.to(at::kBool);
  const auto count = kept.sum().item<int64_t>();
  if (count == 0) return "No target passes the mask, so none has a distance.";
  const double words = distance.of_mean.masked_select(kept).median().item<double>();
  return fmt::format(
      "Of {} targets {} pass the mask; the median of their d* is {:.0f} words, which is {:.1f} s or {:.1f} volumes.",
      report.targets.size(), count, words, words * report.study.seconds_per_word,
      words * report.study.seconds_per_word / report.tr);
}

PageTable control_rows(const ForecastReport& report) {
  PageTable table{
      .caption = fmt::format("Distance {} against its controls, mean over subjects and targets", report.distance),
      .columns = {"windows", "forecast score", "targets above it at q = 0.05"},
      .rows = {}};
  const auto tested = curve_of(report).forecast()[tested_place(report)];
  table.rows.push_back({"ahead", fmt::format("{:.4f}", at::nanmean(tested).item<double>()), "n/a"});
  for (const auto& control : report.study.controls)
    table.rows.push_back({control.control, fmt::format("{:.4f}", at::nanmean(control.scores).item<double>()),
                          report.subjects > 1 ? std::to_string(control.q.le(level).sum().item<int64_t>()) : "n/a"});
  return table;
}

// The rows of one part; k* is that of whole states.
void add_distances(const ForecastReport& report, size_t part, TidyTable& table) {
  const auto& peak = report.study.distances[part];
  const auto& depth = report.study.depth.of_mean;
  for (size_t i = 0; i < report.targets.size(); ++i) {
    const auto v = static_cast<int64_t>(i);
    const bool kept = peak.kept[v].item<bool>();
    const double words = kept ? peak.of_mean[v].item<double>() : std::nan("");
    const double deepest = part == 0 && depth.defined() ? depth[v].item<double>() : std::nan("");
    add_row(table, {report.study.curves[part].part}, place_of(report, i),
            {kept ? "true" : "false", shortest(words), shortest(words * report.study.seconds_per_word),
             shortest(words * report.study.seconds_per_word / report.tr), std::to_string(report.distance),
             std::isnan(deepest) ? "n/a" : report.layer_names[static_cast<size_t>(deepest)], number(peak.p, v),
             number(peak.q, v)});
  }
}

PageTable part_rows(const ForecastReport& report) {
  PageTable table{
      .caption = fmt::format("Parts of the states at distance {}, mean over subjects and targets", report.distance),
      .columns = {"part", "forecast score", "targets above 0 at q = 0.05"},
      .rows = {}};
  const auto place = tested_place(report);
  for (const auto& curve : curves_of(report))
    table.rows.push_back({curve.part, fmt::format("{:.4f}", at::nanmean(curve.forecast()[place]).item<double>()),
                          std::to_string(curve.q[place].le(level).sum().item<int64_t>())});
  return table;
}

void write_part(const ForecastCurve& curve, const ForecastDistance& peak, Hdf5Writer& file) {
  const auto at = [&](const char* name) { return fmt::format("part/{}/{}", curve.part, name); };
  file.write(at("distances"), index_tensor(curve.distances));
  file.write(at("present"), curve.present);
  file.write(at("joint"), curve.joint);
  file.write(at("p"), curve.p);
  file.write(at("q"), curve.q);
  file.write(at("peak"), at::stack({peak.of_mean, peak.p, peak.q, peak.kept.to(at::kDouble)}));
  file.write(at("peak_by_subject"), peak.by_subject);
}

void read_part(const Hdf5Reader& file, const std::string& part, ForecastStudy& study) {
  const auto read = [&](const char* name) { return file.read(fmt::format("part/{}/{}", part, name)); };
  ForecastCurve curve;
  curve.part = part;
  const auto distances = read("distances").contiguous();
  curve.distances.assign(distances.data_ptr<int64_t>(), distances.data_ptr<int64_t>() + distances.numel());
  curve.present = read("present");
  curve.joint = read("joint");
  curve.p = read("p");
  curve.q = read("q");
  study.curves.push_back(std::move(curve));
  const auto peak = read("peak");
  study.distances.push_back({.by_subject = read("peak_by_subject"),
                             .of_mean = peak[0],
                             .p = peak[1],
                             .q = peak[2],
                             .kept = peak[3].to(at::kBool)});
}

}  // namespace

void write_forecast(const ForecastStudy& study, Hdf5Writer& file) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < study.distances.size(); ++i) {  // the curves of other layers have no distances
    write_part(study.curves[i], study.distances[i], file);
    parts.push_back(study.curves[i].part);
  }
  file.write("parts", parts);
  if (study.depth.of_mean.defined()) file.write("depth", study.depth.of_mean);
  std::vector<std::string> names;
  for (const auto& control : study.controls) {
    names.push_back(control.control);
    file.write("control/" + control.control, control.scores);
    file.write("control_test/" + control.control, at::stack({control.p, control.q}));
  }
  if (!names.empty()) file.write("controls", names);
  file.attribute("seconds_per_word", study.seconds_per_word);
}

ForecastStudy read_forecast(const Hdf5Reader& file) {
  ForecastStudy study;
  for (const auto& part : file.read_texts("parts")) read_part(file, part, study);
  if (file.contains("depth")) study.depth.of_mean = file.read("depth");
  if (file.contains("controls"))
    for (const auto& name : file.read_texts("controls")) {
      const auto test = file.read("control_test/" + name);
      study.controls.push_back({.control = name, .scores = file.read("control/" + name), .p = test[0], .q = test[1]});
    }
  study.seconds_per_word = file.number_attribute("seconds_per_word");
  return study;
}

TidyTable forecast_curve_table(const ForecastReport& report) {
  auto table =
      table_with({{"part", part_text}, {"distance", "Words from the present one to the last word of the window"}},
                 {{"r_present", "r of held-out predictions from the present word, mean over subjects"},
                  {"r_joint", "r with the window beside the present word"},
                  {"forecast_score", "r_joint - r_present"},
                  {"p_value", p_text},
                  {"q_value", "The same, corrected over targets (Benjamini & Hochberg)"}});
  for (const auto& curve : curves_of(report)) {
    const auto present = over_subjects(curve.present), joint = over_subjects(curve.joint);
    for (size_t d = 0; d < curve.distances.size(); ++d)
      for (size_t v = 0; v < report.targets.size(); ++v) {
        const auto row = static_cast<int64_t>(d), target = static_cast<int64_t>(v);
        add_row(table, {curve.part, std::to_string(curve.distances[d])}, place_of(report, v),
                {number(present, target), number(joint[row], target),
                 shortest((joint[row][target] - present[target]).item<double>()), number(curve.p[row], target),
                 number(curve.q[row], target)});
      }
  }
  return table;
}

TidyTable forecast_distance_table(const ForecastReport& report) {
  auto table =
      table_with({{"part", part_text}},
                 {{"kept", "Whether the target passes the mask; others have no distance"},
                  {"distance_words", "d*: where the mean of the subjects' forecast scores peaks"},
                  {"distance_seconds", "d* times the mean time from word to word"},
                  {"distance_volumes", "The same in volumes"},
                  {"tested_distance", "Words ahead at which depth and p are taken"},
                  {"depth", "k*: layer whose forecast score at the tested distance is largest; n/a: one layer"},
                  {"p_value", "Of the score at the tested distance, as in the table of the curve"},
                  {"q_value", "The same, corrected over targets (Benjamini & Hochberg)"}});
  for (size_t i = 0; i < report.study.distances.size(); ++i) add_distances(report, i, table);
  return table;
}

TidyTable forecast_control_table(const ForecastReport& report) {
  auto table = table_with({{"control", "Which windows stand in the place of those ahead"}},
                          {{"forecast_score", "At the tested distance, mean over subjects"},
                           {"control_score", "The same with the control's windows"},
                           {"p_value", "One-sided p of the difference: signed-rank test over subjects; n/a with one"},
                           {"q_value", "The same, corrected over targets (Benjamini & Hochberg)"}});
  const auto tested = over_subjects(curve_of(report).forecast()[tested_place(report)]);
  for (const auto& control : report.study.controls) {
    const auto scores = over_subjects(control.scores);
    for (size_t i = 0; i < report.targets.size(); ++i) {
      const auto v = static_cast<int64_t>(i);
      add_row(table, {control.control}, place_of(report, i),
              {number(tested, v), number(scores, v), number(control.p, v), number(control.q, v)});
    }
  }
  return table;
}

PageSection forecast_section(const ForecastReport& report, const AnalysisOutput& output) {
  PageSection section{.heading = analysis_heading("Forecast", "forecast", report.name)};
  section.paragraphs = {
      fmt::format(
          "A forecast score is the gain in r when words ahead stand beside the present one; states of {}, layer "
          "{}. {}",
          report.space, report.layer, peak_text(report)),
      "A score above that of its controls is more than slow change of the states; it does not show that a brain "
      "predicts words. A window blurs distances: one word ahead is in several windows, and delays blur them too."};
  if (report.subjects > 1 && smallest_p(report) > level)
    section.paragraphs.push_back(
        fmt::format("With {} subjects the smallest p of a signed-rank test is {:.3g}: no target can be significant.",
                    report.subjects, smallest_p(report)));
  const auto chart = distance_chart(report, output.simulated());
  section.figures.push_back(output.figure("curve", render_line_chart(chart), chart_data(chart),
                                          report.subjects > 1
                                              ? "Mean over targets, then over subjects, with its 95 % interval; lines: "
                                                "controls at the tested distance."
                                              : "Mean over targets of the only subject; lines: controls."));
  if (!report.study.controls.empty()) section.tables.push_back(control_rows(report));
  if (report.study.distances.size() > 1) section.tables.push_back(part_rows(report));
  return section;
}

}  // namespace arcuate
