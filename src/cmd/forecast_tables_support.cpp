#include "cmd/forecast_tables_support.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

using Rows = std::vector<std::vector<std::string>>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const std::string none = "n/a";

Json about(const char* text) { return {{"Description", text}}; }

void write_table(const fs::path& folder, const std::string& name, const std::vector<std::string>& columns,
                 const Rows& rows, const Json& descriptions) {
  write_json(folder / (name + ".json"), descriptions);
  write_tsv(folder / (name + ".tsv"), columns, rows);
}

// S x V with the mean over subjects as a last row, where there are several.
Tensor with_mean(const Tensor& values) {
  return values.size(0) == 1 ? values : at::cat({values, at::nanmean(values, 0, true)}, 0);
}

std::string subject_name(const ForecastResults& results, int64_t row) {
  return row == results.subjects() ? "mean" : std::to_string(row + 1);
}

// Numbers over subjects stand in the mean's row, or in that of the only subject.
bool holds_tests(const ForecastResults& results, int64_t row) {
  return results.subjects() == 1 || row == results.subjects();
}

std::vector<std::string> place_of(const ForecastResults& results, int64_t v) {
  const auto i = static_cast<size_t>(v);
  if (results.data.input.places.empty()) return {results.data.target_names[i], none, none};
  const auto& place = results.data.input.places[i];
  return {results.data.target_names[i], place.hemisphere, place.region};
}

std::string flag_of(const ForecastResults& results, int64_t row, int64_t v) {
  if (row == results.subjects()) return none;
  return flag_name(results.study.flags[static_cast<size_t>(row * results.targets() + v)]);
}

Json shared_columns() {
  return {
      {"part", about("What the words of the windows are: all of their states, or their syntactic or semantic part")},
      {"layer", about("Layer, counted from 0 in the order of --features")},
      {"target", about("Name of the target, or its column in the responses, counted from 0")},
      {"hemisphere", about("L, R or n/a, from --targets")},
      {"region", about("From --targets")},
      {"subject", about("Number of the subject, from 1, or 'mean' over subjects")}};
}

Json picked(const std::vector<std::string>& columns, Json more) {
  Json descriptions;
  const auto shared = shared_columns();
  for (const auto& column : columns)
    if (more.contains(column) || shared.contains(column))
      descriptions[column] = more.contains(column) ? more[column] : shared[column];
  return descriptions;
}

const char* const p_text =
    "One-sided p that the score is above 0: signed-rank test over subjects, or block swaps with one subject";
const char* const q_text = "The same, corrected over targets (Benjamini & Hochberg)";

void append_curve(const ForecastResults& results, const ForecastCurve& curve, Rows& rows) {
  const auto present = with_mean(curve.present);
  for (size_t i = 0; i < curve.distances.size(); ++i) {
    const auto d = static_cast<int64_t>(i);
    const auto joint = with_mean(curve.joint[d]), forecast = with_mean(curve.forecast()[d]);
    const auto p = to_vector(curve.p[d]), q = to_vector(curve.q[d]);
    for (int64_t v = 0; v < results.targets(); ++v)
      for (int64_t s = 0; s < joint.size(0); ++s) {
        const bool tested = holds_tests(results, s);
        rows.push_back({curve.part, std::to_string(curve.layer), std::to_string(curve.distances[i]),
                        results.data.target_names[static_cast<size_t>(v)], subject_name(results, s),
                        shortest(present[s][v].item<double>()), shortest(joint[s][v].item<double>()),
                        shortest(forecast[s][v].item<double>()), tested ? shortest(p[static_cast<size_t>(v)]) : none,
                        tested ? shortest(q[static_cast<size_t>(v)]) : none});
      }
  }
}

void write_scores_table(const fs::path& folder, const ForecastResults& results) {
  const std::vector<std::string> columns{"part",      "layer",   "distance",       "target",  "subject",
                                         "r_present", "r_joint", "forecast_score", "p_value", "q_value"};
  Rows rows;
  for (const auto& curve : results.study.curves) append_curve(results, curve, rows);
  write_table(folder, "forecast", columns, rows,
              picked(columns, {{"distance", about("Words from the present one to the last word of the window")},
                               {"r_present", about("r of held-out predictions from the present word; n/a: bad target")},
                               {"r_joint", about("r with the window beside the present word")},
                               {"forecast_score", about("r_joint - r_present")},
                               {"p_value", about(p_text)},
                               {"q_value", about(q_text)}}));
}

void append_distances(const ForecastResults& results, const ForecastDistance& distance, const std::string& part,
                      Rows& rows) {
  const auto found = with_mean(distance.by_subject);
  const double seconds = results.study.seconds_per_word, tr = results.data.input.timing.tr;
  for (int64_t v = 0; v < results.targets(); ++v)
    for (int64_t s = 0; s < found.size(0); ++s) {
      const bool kept = distance.kept[v].item<bool>(), tested = holds_tests(results, s);
      const double words = kept ? found[s][v].item<double>() : nan;
      std::vector<std::string> row{part};
      for (const auto& text : place_of(results, v)) row.push_back(text);
      for (const auto& text :
           {subject_name(results, s), std::string(kept ? "true" : "false"), shortest(words), shortest(words * seconds),
            shortest(words * seconds / tr), kept && tested ? shortest(distance.of_mean[v].item<double>()) : none,
            tested ? shortest(distance.p[v].item<double>()) : none,
            tested ? shortest(distance.q[v].item<double>()) : none, flag_of(results, s, v)})
        row.push_back(text);
      rows.push_back(row);
    }
}

void write_distance_table(const fs::path& folder, const ForecastResults& results) {
  const std::vector<std::string> columns{"part",
                                         "target",
                                         "hemisphere",
                                         "region",
                                         "subject",
                                         "kept",
                                         "distance_words",
                                         "distance_seconds",
                                         "distance_volumes",
                                         "distance_of_mean",
                                         "p_value",
                                         "q_value",
                                         "flag"};
  Rows rows;
  for (size_t i = 0; i < results.study.distances.size(); ++i)
    append_distances(results, results.study.distances[i], results.study.curves[i].part, rows);
  write_table(
      folder, "distance", columns, rows,
      picked(columns, {{"kept", about("Whether the target passes --mask; others have no distance")},
                       {"distance_words", about("d*: where the forecast score peaks; mean over subjects of theirs")},
                       {"distance_seconds", about("d* times the mean time from word to word")},
                       {"distance_volumes", about("The same in volumes")},
                       {"distance_of_mean", about("Where the mean of the subjects' forecast scores peaks")},
                       {"p_value", about("As in forecast.tsv, at the tested distance")},
                       {"q_value", about(q_text)},
                       {"flag", about("ok, constant, nan or infinite: whether the target could be scored")}}));
}

void write_depth_table(const fs::path& folder, const ForecastResults& results) {
  const std::vector<std::string> columns{"target", "hemisphere", "region", "subject", "depth", "depth_of_mean"};
  const auto found = with_mean(results.study.depth.by_subject);
  Rows rows;
  for (int64_t v = 0; v < results.targets(); ++v)
    for (int64_t s = 0; s < found.size(0); ++s) {
      auto row = place_of(results, v);
      row.push_back(subject_name(results, s));
      row.push_back(shortest(found[s][v].item<double>()));
      row.push_back(holds_tests(results, s) ? shortest(results.study.depth.of_mean[v].item<double>()) : none);
      rows.push_back(row);
    }
  auto descriptions = picked(
      columns, {{"depth", about("k*: layer, from 0, whose forecast score at the tested distance is largest; mean over "
                                "subjects of theirs")},
                {"depth_of_mean", about("The same for the mean of the subjects' scores")}});
  for (size_t l = 0; l < results.data.layer_names.size(); ++l)
    descriptions["depth"]["Levels"][std::to_string(l)] = results.data.layer_names[l];
  write_table(folder, "depth", columns, rows, descriptions);
}

void write_control_table(const fs::path& folder, const ForecastResults& results) {
  const std::vector<std::string> columns{"control",       "target",     "subject", "forecast_score",
                                         "control_score", "difference", "p_value", "q_value"};
  const auto& curve = results.study.curves.front();
  const auto scores = with_mean(curve.forecast()[tested_place(results, curve)]);
  Rows rows;
  for (const auto& control : results.study.controls) {
    const auto others = with_mean(control.scores);
    for (int64_t v = 0; v < results.targets(); ++v)
      for (int64_t s = 0; s < scores.size(0); ++s) {
        const double a = scores[s][v].item<double>(), b = others[s][v].item<double>();
        const bool tested = holds_tests(results, s);
        rows.push_back({control.control, results.data.target_names[static_cast<size_t>(v)], subject_name(results, s),
                        shortest(a), shortest(b), shortest(a - b),
                        tested ? shortest(control.p[v].item<double>()) : none,
                        tested ? shortest(control.q[v].item<double>()) : none});
      }
  }
  write_table(folder, "controls", columns, rows,
              picked(columns, {{"control", about("Which windows stand in the place of those ahead")},
                               {"forecast_score", about("At the tested distance")},
                               {"control_score", about("The same with the control's windows")},
                               {"difference", about("forecast_score - control_score")},
                               {"p_value", about("One-sided p that the difference is above 0: signed-rank test over "
                                                 "subjects; n/a with one")},
                               {"q_value", about(q_text)}}));
}

void write_place_table(const fs::path& folder, const std::string& name, const std::vector<PlaceTest>& tests,
                       const char* what, const char* test_text) {
  const std::vector<std::string> columns{"first",      "second",  "first_mean", "second_mean",
                                         "difference", "p_value", "q_value"};
  Rows rows;
  for (const auto& test : tests)
    rows.push_back({test.first, test.second, shortest(test.first_mean), shortest(test.second_mean),
                    shortest(test.first_mean - test.second_mean), shortest(test.p), shortest(test.q)});
  write_table(folder, name, columns, rows,
              picked(columns, {{"first", about("What is compared")},
                               {"second", about("With what")},
                               {"first_mean", about(what)},
                               {"second_mean", about(what)},
                               {"difference", about("first_mean - second_mean")},
                               {"p_value", about(test_text)},
                               {"q_value", about("The same, corrected over the rows of this table")}}));
}

void write_place_tables(const fs::path& folder, const ForecastResults& results) {
  write_place_table(folder, "hemispheres", results.study.hemispheres,
                    "Mean over subjects and targets of the forecast score at the tested distance",
                    "Two-sided signed-rank test over subjects of left against right");
  write_place_table(folder, "regions", results.study.regions,
                    "Mean over subjects of d* in words, over the region's targets that pass --mask",
                    "Two-sided rank-sum test of the subjects' means");
}

std::string fixed(double value, int digits) { return std::isnan(value) ? none : fmt::format("{:.{}f}", value, digits); }

}  // namespace

int64_t tested_place(const ForecastResults& results, const ForecastCurve& curve) {
  return std::find(curve.distances.begin(), curve.distances.end(), results.options.distance) - curve.distances.begin();
}

void write_forecast_tables(const fs::path& folder, const ForecastResults& results) {
  for (const char* name : {"depth", "controls", "hemispheres", "regions"})  // of an earlier run with other options
    for (const char* ending : {".tsv", ".json"}) fs::remove(folder / (std::string(name) + ending));
  write_npy(folder / "forecast.npy", results.study.curves.front().forecast().to(at::kFloat));
  write_distance_table(folder, results);
  if (results.study.depth.of_mean.defined()) write_depth_table(folder, results);
  if (!results.study.controls.empty()) write_control_table(folder, results);
  if (!results.data.input.places.empty()) write_place_tables(folder, results);
  write_scores_table(folder, results);
}

std::string forecast_text(const ForecastResults& results) {
  constexpr int64_t shown = 20;
  const auto& curve = results.study.curves.front();
  const auto& distance = results.study.distances.front();
  const auto scores = at::nanmean(curve.forecast()[tested_place(results, curve)], 0);
  const auto words = at::nanmean(distance.by_subject, 0);
  std::string text = fmt::format("{:<20} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "target",
                                 fmt::format("F({})", results.options.distance), "q", "d* words", "seconds", "volumes");
  for (int64_t v = 0; v < std::min(shown, results.targets()); ++v) {
    const double d = distance.kept[v].item<bool>() ? words[v].item<double>() : nan;
    text += fmt::format("{:<20} {:>9} {:>9} {:>9} {:>9} {:>9}\n", results.data.target_names[static_cast<size_t>(v)],
                        fixed(scores[v].item<double>(), 4), fixed(distance.q[v].item<double>(), 4), fixed(d, 1),
                        fixed(d * results.study.seconds_per_word, 2),
                        fixed(d * results.study.seconds_per_word / results.data.input.timing.tr, 2));
  }
  if (results.targets() > shown) text += fmt::format("and {} more in distance.tsv\n", results.targets() - shown);
  return text;
}

}  // namespace arcuate
