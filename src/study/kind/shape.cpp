// Analysis "shape": whether the brain scores of models go with the shape of their states (Li 2024).
#include <ATen/ATen.h>

#include <algorithm>

#include "core/tensor.h"
#include "core/text.h"
#include "study/analysis.h"
#include "study/shape_report.h"
#include "study/shape_settings.h"
#include "study/shape_units.h"

namespace arcuate {
namespace {

const LayerSummary& summary_of(const Summary& summary, const FeatureSpace& space, const std::string& layer) {
  for (const auto& own : summary.layers)
    if (own.space == &space && own.layer == layer) return own;
  fail(Fault::failed, "no score of {}, layer {}", space.id, layer);
}

// What finish() has in hand.
struct Evaluated {
  const AnalysisInput& input;
  const Summary& summary;
  const ShapeWork& work;
};

// Mean over subjects of the mean score of the place's targets.
double score_of(const Evaluated& all, const at::Tensor& r, const ShapePlace& place) {
  double sum = 0;
  for (const int64_t subject : all.work.subjects()) {
    const auto columns =
        index_tensor(good_targets(all.input, place, subject)) + subject * all.input.plan.responses.target_count();
    sum += at::nanmean(r.index_select(0, columns)).item<double>();
  }
  return sum / static_cast<double>(all.work.subjects().size());
}

// The layer with the best mean inner score: chosen on training rows.
std::string best_layer(const Evaluated& all, const FeatureSpace& space) {
  std::vector<double> scores;
  for (const auto& layer : space.layer_names) {
    const auto& inner = summary_of(all.summary, space, layer).inner;
    scores.push_back(at::nanmean(inner.index_select(1, index_tensor(all.work.subjects()))).item<double>());
  }
  return space.layer_names[static_cast<size_t>(to_tensor(scores).argmax().item<int64_t>())];
}

void add_rows(const Evaluated& all, const FeatureSpace& space, ShapeLayers layers, std::vector<ShapeRow>& rows) {
  const auto features = all.work.features(space);
  const auto best = best_layer(all, space);
  const auto& places = all.work.places();
  std::vector<double> means(places.size(), 0);
  for (size_t l = 0; l < space.layer_names.size(); ++l) {
    const auto& name = space.layer_names[l];
    const auto r = all_r(summary_of(all.summary, space, name));
    for (size_t p = 0; p < places.size(); ++p) {
      const bool used = layers == ShapeLayers::all || (layers == ShapeLayers::headline && name == best);
      const double score = score_of(all, r, places[p]);
      rows.push_back({.space = &space,
                      .layer = name,
                      .place = p,
                      .used = used,
                      .score = score,
                      .features = to_vector(features[static_cast<int64_t>(l)][static_cast<int64_t>(p)])});
      means[p] += score / static_cast<double>(space.layer_names.size());
    }
  }
  if (layers != ShapeLayers::mean) return;
  for (size_t p = 0; p < places.size(); ++p)
    rows.push_back({.space = &space,
                    .layer = "mean",
                    .place = p,
                    .score = means[p],
                    .features = to_vector(features.mean(0)[static_cast<int64_t>(p)])});
}

std::vector<ShapeCloud> clouds_of(const AnalysisInput& input, const ShapeWork& work) {
  std::vector<ShapeCloud> clouds;
  const auto& subjects = work.subjects();
  const auto recorded = work.recordings();
  for (size_t i = 0; i < recorded.size(); ++i)
    clouds.push_back({.place = work.places()[i / subjects.size()],
                      .subject = input.plan.responses.subjects[static_cast<size_t>(subjects[i % subjects.size()])],
                      .barcode = recorded[i]});
  for (const auto* space : work.spaces()) {
    const auto barcodes = work.layers(*space);
    for (size_t l = 0; l < barcodes.size(); ++l)
      clouds.push_back({.space = space, .layer = space->layer_names[l], .barcode = barcodes[l]});
  }
  return clouds;
}

class ShapeAnalysis : public Analysis {
 public:
  explicit ShapeAnalysis(StudySection& section) : settings_(read_shape_settings(section)) {}

  Json settings() const override { return shape_settings(settings_); }

  void check(const Study& study, Problems& problems) const override {
    if (settings_.subjects == ShapeSubjects::mean && !study.encode.mean_subject)
      problems.add(
          "an analysis of the kind shape takes the mean subject, but 'encode.mean_subject' is false: set "
          "'analysis.subjects' to \"each\"");
    std::vector<std::string> known;
    for (const auto& model : study.models) known.push_back(model.name);
    for (const auto& feature : study.features) known.push_back(feature.name);
    if (settings_.takes_all_spaces()) return;
    for (const auto& name : settings_.spaces)
      if (std::find(known.begin(), known.end(), name) == known.end())
        problems.add("'analysis.spaces' names '{}', which is no model and no feature{}", name, suggestion(name, known));
  }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    const ShapeWork work(input, settings_);
    work.check_places();
    check_shape_rows(shape_data(table_of(input, work, planned_rows(work))), settings_.explain, input.name);
    return work.units();
  }

  PageSection finish(const AnalysisInput& input, const Summary& summary, const AnalysisOutput& output) const override {
    const ShapeWork work(input, settings_);
    ShapeReport report{.name = input.name,
                       .clouds = clouds_of(input, work),
                       .left_out = work.left_out(),
                       .cloud_text = cloud_text(settings_)};
    std::vector<ShapeRow> rows;
    for (const auto* space : work.spaces()) add_rows({input, summary, work}, *space, settings_.layers, rows);
    report.table = table_of(input, work, std::move(rows));
    output.table("barcodes", shape_barcode_table(report.clouds), "Barcodes: one row per cloud and dimension");
    output.table("features", shape_feature_table(report.table),
                 "Brain scores and features of shape: one row per feature space, layer and place");
    explain_rows(input, output, report);
    output.table("cells", cell_table(report.story, report.results), "Regressions: one row per cell");
    output.table("regression", regression_table(report.story, report.results),
                 "Regressions: one row per cell and term");
    return shape_section(report, output);
  }

 private:
  // The rows of the regressions, without scores and features.
  std::vector<ShapeRow> planned_rows(const ShapeWork& work) const {
    std::vector<ShapeRow> rows;
    for (const auto* space : work.spaces())
      for (size_t l = 0; l < (settings_.layers == ShapeLayers::all ? space->layer_names.size() : 1); ++l)
        for (size_t p = 0; p < work.places().size(); ++p)
          rows.push_back({.space = space, .layer = space->layer_names[l], .place = p});
    return rows;
  }

  ShapeTable table_of(const AnalysisInput& input, const ShapeWork& work, std::vector<ShapeRow> rows) const {
    auto cells = settings_.cells;
    if (input.dataset.places.empty()) std::erase(cells, "hemisphere");
    return {.rows = std::move(rows),
            .places = work.places(),
            .features = settings_.features,
            .cells = std::move(cells),
            .groups = settings_.groups};
  }

  void explain_rows(const AnalysisInput& input, const AnalysisOutput& output, ShapeReport& report) const {
    const auto data = shape_data(report.table);
    report.story = {.response = "the brain score",
                    .groups = settings_.groups == ShapeGroups::model ? "model" : "space",
                    .cells = data.cells,
                    .predictors = settings_.features,
                    .options = settings_.explain,
                    .simulated = output.simulated()};
    const auto where = fmt::format(
        "in the analysis '{}', whose rows are in '{}': change analysis.features or analysis.regions and run "
        "again; finished units are kept",
        input.name, output.file("features", ".tsv").string());
    report.results = within(where, [&] { return explain(data, settings_.explain, {}); });
  }

  ShapeSettings settings_;
};

}  // namespace

extern const AnalysisKind shape_kind{
    "shape", "whether brain scores go with the shape of a model's states",
    [](StudySection& section) -> std::unique_ptr<const Analysis> { return std::make_unique<ShapeAnalysis>(section); }};

}  // namespace arcuate
