// Analysis "data_scaling": brain scores of models fitted to growing parts of the training data (Antonello, Vaidya &
// Huth 2023).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "core/text.h"
#include "encode/score.h"
#include "encode/subsets.h"
#include "io/hdf5.h"
#include "study/analysis.h"
#include "study/design.h"
#include "study/extraction.h"
#include "study/scaling_report.h"
#include "study/study_names.h"
#include "study/study_needs.h"

namespace arcuate {
namespace {

enum class Score { r, signed_square };
const Names<Score> scores{{"r", Score::r}, {"signed_square", Score::signed_square}};
const Names<Base> bases{{"fitted", Base::fitted}, {"smallest", Base::smallest}, {"mean", Base::mean}};
const std::vector<std::string> every{"all"};

// Of one subset and space, over all columns of single subjects.
struct Subset {
  int64_t units = 0, order = 0;
  double training_rows = 0;
  at::Tensor r{};  // C, NaN where flagged
};

std::vector<Fold> outer_folds(const EncodingPlan& plan) {
  std::vector<Fold> folds;
  for (const auto& split : plan.splits) folds.push_back(split.outer);
  return folds;
}

int64_t single_subjects(const EncodingPlan& plan) {
  return static_cast<int64_t>(plan.responses.subjects.size()) - (plan.study.encode.mean_subject ? 1 : 0);
}

void write_subsets(const std::vector<SubsetScore>& found, Hdf5Writer& file) {
  std::vector<int64_t> units, orders;
  std::vector<double> rows;
  std::vector<at::Tensor> r;
  for (const auto& subset : found) {
    units.push_back(subset.units);
    orders.push_back(subset.order);
    rows.push_back(subset.training_rows);
    r.push_back(subset.r);
  }
  file.write("units", index_tensor(units));
  file.write("order", index_tensor(orders));
  file.write("training_rows", to_tensor(rows));
  file.write("r", at::stack(r));
}

std::vector<Subset> read_subsets(const std::filesystem::path& path) {
  const Hdf5Reader file(path);
  const auto units = file.read("units"), order = file.read("order"), rows = file.read("training_rows"),
             r = file.read("r");
  std::vector<Subset> subsets;
  for (int64_t i = 0; i < units.size(0); ++i)
    subsets.push_back({units[i].item<int64_t>(), order[i].item<int64_t>(), rows[i].item<double>(), r[i]});
  return subsets;
}

class DataScalingAnalysis : public Analysis {
 public:
  explicit DataScalingAnalysis(StudySection& section) {
    section.read("spaces", spaces_);
    section.read("layer", layer_);
    section.read("counts", subsets_.counts);
    section.read("chunk", subsets_.chunk);
    section.read("orders", subsets_.orders);
    section.read("regions", regions_);
    section.read_choice("score", score_, scores);
    section.read_choice("base", options_.base, bases);
    section.read("draws", options_.bootstrap.draws);
    section.read("level", options_.bootstrap.level);
    section.read("seed", subsets_.seed);
    options_.bootstrap.seed = subsets_.seed;
    if (std::any_of(subsets_.counts.begin(), subsets_.counts.end(), [](int64_t count) { return count < 1; }))
      section.wrong("counts", "numbers of at least 1");
    if (subsets_.chunk < 0) section.wrong("chunk", "0 (whole stories) or a number of volumes");
    if (subsets_.orders < 1) section.wrong("orders", "at least 1");
    if (options_.bootstrap.draws < 0) section.wrong("draws", "0 (no such intervals) or more");
    if (!(options_.bootstrap.level >= 0.5 && options_.bootstrap.level < 1))
      section.wrong("level", "from 0.5 to below 1");
  }

  Json settings() const override {
    return {{"spaces", spaces_},
            {"layer", layer_},
            {"counts", subsets_.counts},
            {"chunk", subsets_.chunk},
            {"orders", subsets_.orders},
            {"regions", regions_},
            {"score", name_of(score_, scores)},
            {"base", name_of(options_.base, bases)},
            {"draws", options_.bootstrap.draws},
            {"level", options_.bootstrap.level},
            {"seed", subsets_.seed}};
  }

  void check(const Study& study, Problems& problems) const override {
    std::vector<std::string> known;
    for (const auto& model : study.models) known.push_back(model.name);
    for (const auto& feature : study.features)
      if (feature.kind != "random") known.push_back(feature.name);
    if (spaces_ == every) {
      if (study.models.empty())
        problems.add(
            "an analysis of the kind data_scaling needs a [[model]], or features that 'analysis.spaces' names");
      return;
    }
    for (const auto& name : spaces_)
      if (std::find(known.begin(), known.end(), name) == known.end())
        problems.add("'analysis.spaces' names '{}', which is no [[model]] and no [[feature]] without seeds{}", name,
                     suggestion(name, known));
  }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    targets_in(input, regions_);
    check_counts(input);
    std::vector<Unit> units;
    // What follows the scores is no part of them.
    const Json fitted{
        {"counts", subsets_.counts}, {"chunk", subsets_.chunk}, {"orders", subsets_.orders}, {"seed", subsets_.seed}};
    for (const auto& space : input.spaces) {
      if (!is_wanted(space)) continue;
      const auto layer = layer_of(space);
      units.push_back(analysis_unit(input,
                                    {.place = place_of(space),
                                     .settings = fitted,
                                     .depends_on = {encoding_key(input, space, layer)},
                                     .inputs = extraction_ids(space, input.plan.stories),
                                     .needs = needs_of(input, space)},
                                    [this, &input, &space, layer](const Compute& compute, Hdf5Writer& file) {
                                      write_subsets(score(input, space, layer, compute), file);
                                    }));
    }
    return units;
  }

  PageSection finish(const AnalysisInput& input, const Summary&, const AnalysisOutput& output) const override {
    ScalingReport law{.score_name = score_ == Score::r ? "brain score (r)" : "brain score (r|r|)",
                      .size_name = "training volumes",
                      .simulated = output.simulated(),
                      .options = options_};
    fit_report(law, records(input));
    output.table("subsets", subset_table(input), "Scores of all subsets: one row per space, order and size");
    output.table("points", points_table(law), "Points of the line: one row per space and amount of training data");
    output.table("fits", fits_table(law), "Lines: one row per space and subject");
    const auto add = [&](const std::string& name, const std::string& svg, const ChartData& data,
                         const std::string& caption) { return output.figure(name, svg, data, caption); };
    auto section = scaling_sections(law, add).front();
    section.heading = analysis_heading("Data scaling", "data_scaling", input.name);
    section.paragraphs = {what_was_done(input), in_words(law),
                          "Volumes follow each other in time, and larger parts hold the smaller ones: points are not "
                          "independent, so that the interval by t is too narrow. The bootstrap draws subjects."};
    return section;
  }

 private:
  bool is_wanted(const FeatureSpace& space) const {
    if (space.training == Training::untrained || space.seed) return false;
    return spaces_ == every ? space.training == Training::trained
                            : std::find(spaces_.begin(), spaces_.end(), space.name) != spaces_.end();
  }

  static std::string place_of(const FeatureSpace& space) { return "subsets-" + space.id; }

  // Two thirds of the way up, if the file names no layer.
  std::string layer_of(const FeatureSpace& space) const {
    const auto& names = space.layer_names;
    if (layer_.empty() || !space.model) return names[(2 * names.size() - 1) / 3];
    if (std::find(names.begin(), names.end(), layer_) == names.end())
      bad_usage("'analysis.layer' is {}, but {} has the layers {}", layer_, space.name, join(names, ", "));
    return layer_;
  }

  void check_counts(const AnalysisInput& input) const {
    for (const auto& fold : outer_folds(input.plan)) {
      const auto units = training_units(fold.train, input.plan.responses.stories, subsets_.chunk);
      const auto counts = within(fmt::format("in the analysis '{}'", input.name),
                                 [&] { return subset_counts(subsets_.counts, static_cast<int64_t>(units.size())); });
      if (counts.size() < 2)
        bad_usage(
            "the analysis '{}' needs subsets of at least two sizes, but training data are {} {}; set 'chunk' to "
            "a number of volumes, or 'counts' to several sizes",
            input.name, units.size(), subsets_.chunk > 0 ? "chunks" : "whole stories");
    }
  }

  // Predictions are scored in parts and not kept.
  UnitNeeds needs_of(const AnalysisInput& input, const FeatureSpace& space) const {
    const auto& plan = input.plan;
    auto needs = encoding_needs(plan, {feature_width(space, plan.stories)}, targets_of_a_part);
    const double columns = static_cast<double>(single_subjects(plan) * plan.responses.target_count());
    const auto units = training_units(outer_folds(plan).front().train, plan.responses.stories, subsets_.chunk).size();
    const auto counts = subset_counts(subsets_.counts, static_cast<int64_t>(units)).size();
    const double subsets = static_cast<double>(subsets_.orders) * static_cast<double>(counts);
    needs.disk = static_cast<int64_t>(subsets * columns * 8);
    needs.memory += 2 * needs.disk;  // r of all subsets
    needs.work *= subsets / 2;       // most hold a part of the rows
    return needs;
  }

  std::vector<SubsetScore> score(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer,
                                 const Compute& compute) const {
    const auto& plan = input.plan;
    auto options = subsets_;
    options.inner_folds = plan.study.encode.inner_folds;
    options.gap = plan.study.encode.gap;
    const int64_t columns = single_subjects(plan) * plan.responses.target_count();
    auto found = score_subsets(
        {.bands = {space_design(plan, space, layer)}, .responses = plan.responses.matrix.slice({0, columns})},
        outer_folds(plan), plan.responses.stories, options, plan.study.encode.ridge, compute);
    for (auto& subset : found)
      for (int64_t c = 0; c < columns; ++c)
        if (plan.responses.flags[static_cast<size_t>(c)] != Flag::ok) subset.r[c] = std::nan("");
    return found;
  }

  // Mean over the good targets of the chosen regions, one a single subject.
  std::vector<double> subject_scores(const AnalysisInput& input, const at::Tensor& r) const {
    const auto values = (score_ == Score::r ? r : signed_square(r)).view({-1, input.plan.responses.target_count()});
    return to_vector(at::nanmean(values.index_select(1, index_tensor(targets_in(input, regions_))), 1));
  }

  std::vector<ScoreRecord> records(const AnalysisInput& input) const {
    std::vector<ScoreRecord> all;
    for (const auto& space : input.spaces) {
      if (!is_wanted(space)) continue;
      for (const auto& subset : read_subsets(analysis_file(input, place_of(space)))) {
        const auto by_subject = subject_scores(input, subset.r);
        for (size_t s = 0; s < by_subject.size(); ++s)
          all.push_back({.model = space.id,
                         .family = space.id,
                         .subject = input.plan.responses.subjects[s],
                         .size = subset.training_rows,
                         .score = by_subject[s]});
      }
    }
    return all;
  }

  TidyTable subset_table(const AnalysisInput& input) const {
    TidyTable table{.columns = {{"space", "Feature space"},
                                {"layer", "Layer of it"},
                                {"order", "Random order in which the data grow, from 1"},
                                {"units", "Stories or chunks of training data"},
                                {"training_volumes", "Volumes of training data, mean over outer folds"},
                                {"subject", "Subject"},
                                {"score", "Mean over targets of r or r |r|, as the study file says"}}};
    for (const auto& space : input.spaces) {
      if (!is_wanted(space)) continue;
      for (const auto& subset : read_subsets(analysis_file(input, place_of(space)))) {
        const auto by_subject = subject_scores(input, subset.r);
        for (size_t s = 0; s < by_subject.size(); ++s)
          table.rows.push_back({space.id, layer_of(space), std::to_string(subset.order + 1),
                                std::to_string(subset.units), shortest(subset.training_rows),
                                input.plan.responses.subjects[s], shortest(by_subject[s])});
      }
    }
    return table;
  }

  std::string what_was_done(const AnalysisInput& input) const {
    std::vector<std::string> names;
    for (const auto& space : input.spaces)
      if (is_wanted(space)) names.push_back(space.model ? space.id + " (layer " + layer_of(space) + ")" : space.id);
    const auto unit = subsets_.chunk > 0 ? fmt::format("chunks of {} volumes", subsets_.chunk) : "whole stories";
    return fmt::format(
        "Models of {} are fitted to growing parts of each outer fold's training volumes, {} added in random order{}, "
        "and "
        "scored on the same test volumes. Each part chooses its penalties by contiguous blocks of its own. Scores are "
        "means over targets{} of single subjects; score = a + b log10(volumes) by least squares.",
        join(names, ", "), unit, subsets_.orders > 1 ? fmt::format(" ({} orders)", subsets_.orders) : "",
        regions_.empty() ? "" : " in " + join(regions_, ", "));
  }

  std::string in_words(const ScalingReport& law) const {
    const auto& fit = law.fits.front();
    const auto growth = fmt::format("ten times the data change the score by {:.4f}", fit.line.slope);
    if (std::isnan(fit.line.p)) return "From the smallest part to the largest, " + growth + ".";
    return fmt::format("Over {} points, {} (r of the line {:.3f}, p = {:.2g} by t). {}", fit.points, growth, fit.line.r,
                       fit.line.p,
                       fit.line.p < 0.05 && fit.line.slope > 0 ? "More data would probably still help."
                                                               : "That more data help was not found.");
  }

  std::vector<std::string> spaces_ = every, regions_{};
  std::string layer_{};
  SubsetOptions subsets_{};
  Score score_ = Score::r;
  ScalingOptions options_{};
};

}  // namespace

extern const AnalysisKind data_scaling_kind{"data_scaling", "brain scores against the amount of training data",
                                            [](StudySection& section) -> std::unique_ptr<const Analysis> {
                                              return std::make_unique<DataScalingAnalysis>(section);
                                            }};

}  // namespace arcuate
