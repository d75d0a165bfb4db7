// Analysis "scaling": the brain scores of a study's models against their size (Antonello, Vaidya & Huth 2023).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "core/text.h"
#include "encode/score.h"
#include "model/family.h"
#include "study/analysis.h"
#include "study/scaling_report.h"
#include "study/study_names.h"

namespace arcuate {
namespace {

enum class Score { r, signed_square };
const Names<Score> scores{{"r", Score::r}, {"signed_square", Score::signed_square}};
const Names<Base> bases{{"fitted", Base::fitted}, {"smallest", Base::smallest}, {"mean", Base::mean}};

// r of every column, with the layer chosen on training folds where there are several; undefined where only means over
// targets are known (untrained twins with several layers).
at::Tensor column_scores(const Summary& summary, const FeatureSpace& space) {
  for (const auto& headline : summary.by_target)
    if (headline.space == &space) return headline.r;
  for (const auto& layer : summary.layers)
    if (layer.space == &space && space.layer_names.size() == 1) return all_r(layer);
  return {};
}

std::string family_of(const FeatureSpace& space) { return space.model ? spec_of(space).family : "features"; }

class ScalingAnalysis : public Analysis {
 public:
  explicit ScalingAnalysis(StudySection& section) {
    section.read("spaces", spaces_);
    section.read("regions", regions_);
    section.read_choice("score", score_, scores);
    section.read_choice("base", options_.base, bases);
    section.read("draws", options_.bootstrap.draws);
    section.read("level", options_.bootstrap.level);
    section.read("seed", options_.bootstrap.seed);
    if (options_.bootstrap.draws < 0) section.wrong("draws", "0 (no such intervals) or more");
    if (!(options_.bootstrap.level >= 0.5 && options_.bootstrap.level < 1))
      section.wrong("level", "from 0.5 to below 1");
  }

  Json settings() const override {
    return {{"spaces", spaces_},
            {"regions", regions_},
            {"score", name_of(score_, scores)},
            {"base", name_of(options_.base, bases)},
            {"draws", options_.bootstrap.draws},
            {"level", options_.bootstrap.level},
            {"seed", options_.bootstrap.seed}};
  }

  void check(const Study& study, Problems& problems) const override {
    std::vector<std::string> sized, all;
    for (const auto& model : study.models) sized.push_back(model.name);
    for (const auto& feature : study.features) {
      all.push_back(feature.name);
      if (feature.parameters > 0) sized.push_back(feature.name);
    }
    if (spaces_ == std::vector<std::string>{"all"}) {
      if (sized.size() < 2)
        problems.add("an analysis of the kind scaling needs two models, or features with 'parameters'; found {}",
                     sized.size());
      return;
    }
    if (spaces_.size() < 2)
      problems.add("'analysis.spaces' of the kind scaling must hold two names or more, or \"all\"");
    for (const auto& name : spaces_)
      if (std::find(sized.begin(), sized.end(), name) == sized.end())
        problems.add("'analysis.spaces' names '{}', {}{}", name,
                     std::find(all.begin(), all.end(), name) == all.end() ? "which is no model and no feature"
                                                                          : "which has no 'parameters'",
                     suggestion(name, sized));
  }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    targets_in(input, regions_);
    return {};  // the scores are all it needs
  }

  PageSection finish(const AnalysisInput& input, const Summary& summary, const AnalysisOutput& output) const override {
    ScalingReport law{.score_name = score_ == Score::r ? "brain score (r)" : "brain score (r|r|)",
                      .size_name = "parameters",
                      .simulated = output.simulated(),
                      .options = options_};
    auto depth = law;
    fit_report(law, law_records(input, summary));
    output.table("points", points_table(law), "Points of the scaling law: one row per model");
    output.table("fits", fits_table(law), "Lines: one row per family and subject");
    const auto add = [&](const std::string& name, const std::string& svg, const ChartData& data,
                         const std::string& caption) { return output.figure(name, svg, data, caption); };
    auto section = joined(input, scaling_sections(law, add));
    fit_report(depth, layer_records(input, summary));
    if (has_layers_to_compare(depth)) {
      output.table("depth", depth_table(depth), "All layers: one row per model and layer");
      const auto layers = depth_section(depth, add);
      section.figures.insert(section.figures.end(), layers.figures.begin(), layers.figures.end());
    }
    return section;
  }

 private:
  bool is_wanted(const FeatureSpace& space) const {
    if (space.training == Training::untrained || std::isnan(space_size(space))) return false;
    return spaces_ == std::vector<std::string>{"all"} ||
           std::find(spaces_.begin(), spaces_.end(), space.name) != spaces_.end();
  }

  // Mean over the good targets of the chosen regions, one a single subject.
  std::vector<double> subject_scores(const AnalysisInput& input, const at::Tensor& r) const {
    const auto& responses = input.plan.responses;
    const int64_t targets = responses.target_count(), subjects = r.size(0) / targets;
    const auto values = (score_ == Score::r ? r : signed_square(r)).view({subjects, targets});
    const auto wanted = values.index_select(1, index_tensor(targets_in(input, regions_)));
    const auto counted = at::isfinite(wanted);
    const auto means = at::nan_to_num(wanted).sum(1) / counted.sum(1);
    auto all = to_vector(means);
    if (input.plan.study.encode.mean_subject) all.pop_back();
    return all;
  }

  void add_records(const AnalysisInput& input, const FeatureSpace& space, const at::Tensor& r, ScoreRecord record,
                   std::vector<ScoreRecord>& records) const {
    record.model = space.id;
    record.family = family_of(space);
    record.size = space_size(space);
    const auto by_subject = subject_scores(input, r);
    for (size_t s = 0; s < by_subject.size(); ++s) {
      record.subject = input.plan.responses.subjects[s];
      record.score = by_subject[s];
      records.push_back(record);
    }
  }

  std::vector<ScoreRecord> law_records(const AnalysisInput& input, const Summary& summary) const {
    std::vector<ScoreRecord> records;
    for (const auto& space : input.spaces)
      if (is_wanted(space)) add_records(input, space, column_scores(summary, space), {}, records);
    return records;
  }

  std::vector<ScoreRecord> layer_records(const AnalysisInput& input, const Summary& summary) const {
    std::vector<ScoreRecord> records;
    for (const auto& layer : summary.layers) {
      const auto number = to_integer(layer.layer);
      if (!is_wanted(*layer.space) || !number) continue;  // "final" is a norm, not a depth
      const auto depth = static_cast<double>(*number) / static_cast<double>(layer.space->layers.back());
      add_records(input, *layer.space, all_r(layer), {.layer = layer.layer, .depth = depth}, records);
    }
    return records;
  }

  PageSection joined(const AnalysisInput& input, const std::vector<PageSection>& parts) const {
    PageSection section{.heading = analysis_heading("Scaling", "scaling", input.name)};
    section.paragraphs.emplace_back(
        "Scores are means over single subjects; the layer of each target is chosen on training folds, so that larger "
        "models do not gain by having more layers to choose from.");
    if (!regions_.empty()) section.paragraphs.push_back("Targets in " + join(regions_, ", ") + " alone.");
    for (const auto& part : parts) {
      section.paragraphs.insert(section.paragraphs.end(), part.paragraphs.begin(), part.paragraphs.end());
      section.figures.insert(section.figures.end(), part.figures.begin(), part.figures.end());
      section.tables.insert(section.tables.end(), part.tables.begin(), part.tables.end());
    }
    return section;
  }

  std::vector<std::string> spaces_{"all"}, regions_{};
  Score score_ = Score::r;
  ScalingOptions options_{};
};

}  // namespace

extern const AnalysisKind scaling_kind{"scaling", "brain scores against the size of models",
                                       [](StudySection& section) -> std::unique_ptr<const Analysis> {
                                         return std::make_unique<ScalingAnalysis>(section);
                                       }};

}  // namespace arcuate
