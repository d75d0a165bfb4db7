#include "study/shape_report.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/barcode.h"
#include "topology/diagram_distance.h"

namespace arcuate {
namespace {

const std::vector<TableColumn> space_columns{{"space", "Feature space; n/a for a recording"},
                                             {"training", "trained, untrained, or n/a for what has no model"},
                                             {"seed", "Seed of an untrained twin or of random features"},
                                             {"layer", "Layer of the space; mean: of all its layers"}};
const std::vector<TableColumn> location_columns{{"region", "Region, or the target where targets lie on no surface"},
                                                {"hemisphere", "L, R or n/a"}};

std::vector<std::string> space_fields(const FeatureSpace* space, const std::string& layer) {
  if (!space) return {"n/a", "n/a", "n/a", "n/a"};
  return {space->name, training_name(space->training), space->seed ? std::to_string(*space->seed) : "n/a", layer};
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

struct Longest {
  Bar bar{NAN, NAN};
  double second = NAN;
};

Longest longest_bars(Diagram diagram) {
  std::sort(diagram.begin(), diagram.end(), [](const Bar& a, const Bar& b) { return a.lifetime() > b.lifetime(); });
  Longest longest;
  if (!diagram.empty()) longest.bar = diagram[0];
  if (diagram.size() > 1) longest.second = diagram[1].lifetime();
  return longest;
}

// The recording with the longest loop, or null when none has any.
const ShapeCloud* most_looped(const ShapeReport& report) {
  const ShapeCloud* found = nullptr;
  double longest = 0;
  for (const auto& cloud : report.clouds)
    if (const double own = longest_bars(cloud.barcode[1]).bar.lifetime(); !cloud.space && own > longest) {
      found = &cloud;
      longest = own;
    }
  return found;
}

// The layer whose loops are nearest by W_2, or null without layers.
const ShapeCloud* nearest_layer(const ShapeReport& report, const ShapeCloud& recording) {
  const ShapeCloud* found = nullptr;
  double smallest = INFINITY;
  for (const auto& cloud : report.clouds)
    if (cloud.space)
      if (const double own = diagram_distance(recording.barcode[1], cloud.barcode[1]); own < smallest) {
        found = &cloud;
        smallest = own;
      }
  return found;
}

Barcode chart_of(const ShapeCloud& cloud, const std::string& title, bool simulated) {
  Barcode chart{.title = title, .x_label = "distance of points", .simulated = simulated};
  for (size_t k = 0; k < cloud.barcode.size(); ++k)
    for (const auto& bar : cloud.barcode[k]) chart.bars.push_back({static_cast<int>(k), bar.birth, bar.death});
  return chart;
}

std::string cloud_name(const ShapeCloud& cloud) {
  if (cloud.space) return fmt::format("{}, layer {}", cloud.space->id, cloud.layer);
  return place_name(cloud.place) + (cloud.subject == "mean" ? "" : ", subject " + cloud.subject);
}

std::string loop_text(const ShapeCloud& recording) {
  const auto longest = longest_bars(recording.barcode[1]);
  return fmt::format("The longest loop of a recording is in {}: its H1 bar is {:.3f} long{}.", cloud_name(recording),
                     longest.bar.lifetime(),
                     std::isnan(longest.second)
                         ? ", the only one"
                         : fmt::format(", {:.1f} times the second", longest.bar.lifetime() / longest.second));
}

void add_barcodes(const ShapeReport& report, const AnalysisOutput& output, PageSection& section) {
  const auto* recording = most_looped(report);
  if (!recording) {
    section.paragraphs.emplace_back("No cloud of a recording has a loop.");
    return;
  }
  section.paragraphs.push_back(loop_text(*recording));
  const auto add = [&](const char* name, const ShapeCloud& cloud, const std::string& caption) {
    const auto chart = chart_of(cloud, cloud_name(cloud), output.simulated());
    section.figures.push_back(output.figure(name, render_barcode(chart), chart_data(chart), caption));
  };
  add("recording", *recording, "Barcode of the recording with the longest loop (H1 bar).");
  if (const auto* layer = nearest_layer(report, *recording))
    add("layer", *layer, "Barcode of the layer whose H1 diagram is nearest to it (W of degree 2).");
}

std::string found_text(const ShapeReport& report) {
  const auto& results = report.results;
  const auto count = [&](auto holds) { return std::count_if(results.begin(), results.end(), holds); };
  const auto valid = count([](const CellResult& r) { return r.valid; });
  std::string reliable;
  for (size_t j = 0; j < report.table.features.size(); ++j)
    reliable += fmt::format("{}{} in {}", j > 0 ? ", " : "", report.table.features[j],
                            count([j](const CellResult& r) { return r.features[j].reliable; }));
  return fmt::format(
      "{} of {} {} valid, which is to say that features of shape predict the brain scores of models that were held "
      "out, "
      "better than the mean of the others does. Reliable: {} of {} cells.{}",
      valid, cells_text(report.story.cells), valid == 1 ? "is" : "are", reliable, results.size(),
      valid == 0 ? " So nothing was found that holds for models left out; that is no proof that there is nothing."
                 : "");
}

}  // namespace

TidyTable shape_feature_table(const ShapeTable& table) {
  TidyTable tidy{.columns = space_columns};
  tidy.columns.push_back({"group", "What is held out, shuffled and resampled as one"});
  append(tidy.columns, location_columns);
  append(tidy.columns, {{"in_regression", "Whether the row is one of the regressions'"},
                        {"score", "Brain score: mean held-out r over the place's scored targets"}});
  for (const auto& name : table.features)
    tidy.columns.push_back({name, "Feature of the recording's and the layer's diagrams: measure and dimension"});
  for (const auto& row : table.rows) {
    const auto& place = table.places[row.place];
    auto fields = space_fields(row.space, row.layer);
    append(fields, {shape_group(*row.space, table.groups), place.region, place.hemisphere, row.used ? "true" : "false",
                    shortest(row.score)});
    for (const double value : row.features) fields.push_back(shortest(value));
    tidy.rows.push_back(std::move(fields));
  }
  return tidy;
}

TidyTable shape_barcode_table(const std::vector<ShapeCloud>& clouds) {
  TidyTable tidy{.columns = space_columns};
  append(tidy.columns, location_columns);
  append(tidy.columns, {{"subject", "Subject of a recording"},
                        {"dimension", "Of homology: 0 clusters, 1 loops, 2 hollows"},
                        {"bars", "Bars that end"},
                        {"total", "Sum of their lifetimes"},
                        {"entropy", "Persistence entropy, bits"},
                        {"longest", "Longest lifetime"},
                        {"second", "Second longest"},
                        {"birth", "Birth of the longest bar"},
                        {"death", "Its death"}});
  for (const auto& cloud : clouds)
    for (size_t k = 0; k < cloud.barcode.size(); ++k) {
      const auto numbers = diagram_features(cloud.barcode[k]);
      const auto longest = longest_bars(cloud.barcode[k]);
      auto fields = space_fields(cloud.space, cloud.layer);
      append(fields, {cloud.space ? "n/a" : cloud.place.region, cloud.space ? "n/a" : cloud.place.hemisphere,
                      cloud.space ? "n/a" : cloud.subject, std::to_string(k), std::to_string(numbers.points),
                      shortest(numbers.total), shortest(numbers.entropy), shortest(longest.bar.lifetime()),
                      shortest(longest.second), shortest(longest.bar.birth), shortest(longest.bar.death)});
      tidy.rows.push_back(std::move(fields));
    }
  return tidy;
}

PageSection shape_section(const ShapeReport& report, const AnalysisOutput& output) {
  PageSection section{.heading = analysis_heading("Shape", "shape", report.name)};
  section.paragraphs = {
      fmt::format("{} How the barcode of a layer differs from that of a recording ({}) is held against its brain "
                  "score, layer by layer or model by model.",
                  report.cloud_text, join(report.table.features, ", ")),
      found_text(report)};
  if (!report.left_out.empty())
    section.paragraphs.push_back("Without a cloud, and so left out: " + join(report.left_out, "; ") + ".");
  const auto add = [&](const auto& name, const auto& svg, const auto& data, const auto& caption) {
    return output.figure(name, svg, data, caption);
  };
  const auto parts = explain_sections(report.story, report.results, add);
  section.figures = parts.front().figures;
  add_barcodes(report, output, section);
  for (const auto& part : parts) {
    append(section.paragraphs, part.paragraphs);
    append(section.tables, part.tables);
  }
  return section;
}

}  // namespace arcuate
