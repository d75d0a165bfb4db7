// Analysis "stack": layers and feature spaces mixed for each target (Lin, Naselaris, Kay & Wehbe 2024; Antonello,
// Vaidya & Huth 2023).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/score.h"
#include "encode/stacking.h"
#include "io/hdf5.h"
#include "stats/permutation.h"
#include "stats/swap.h"
#include "study/analysis.h"
#include "study/design.h"
#include "study/extraction.h"
#include "study/stack_needs.h"
#include "study/stack_report.h"
#include "study/study_names.h"
#include "study/study_needs.h"

namespace arcuate {
namespace {

enum class Who { each, mean };
const Names<Who> subjects_names{{"each", Who::each}, {"mean", Who::mean}};
const std::vector<std::string> every{"all"};

// Subjects and targets that are stacked, as columns of the responses: subject-major.
struct Columns {
  std::vector<std::string> subjects{};
  std::vector<int64_t> targets{}, columns{};
  int64_t subject_count() const { return static_cast<int64_t>(subjects.size()); }
};

// They as a matrix of their own.
class ChosenColumns : public ResponseSource {
 public:
  ChosenColumns(const ResponseMatrix& matrix, const std::vector<int64_t>& columns)
      : matrix_(matrix), columns_(index_tensor(columns)) {}
  int64_t rows() const override { return matrix_.rows(); }
  int64_t targets() const override { return columns_.numel(); }
  at::Tensor read(const RowRange& range) const override {
    return matrix_.columns(columns_.slice(0, range.begin, range.end));
  }

 private:
  const ResponseMatrix& matrix_;
  const at::Tensor columns_;
};

// Fills a unit's file: models block by block as they come, scores when all columns are there.
class StackWriter {
 public:
  StackWriter(const EncodingPlan& plan, const Columns& chosen, const ResponseMatrix& responses, Hdf5Writer& file)
      : plan_(plan),
        chosen_(chosen),
        responses_(responses),
        file_(file),
        null_(at::zeros({plan.study.permutation.count, chosen.subject_count()}, at::kDouble)) {}

  void add(const RowRange& columns, const StackingResult& result, const Compute& compute) {
    const auto hidden = [&](const at::Tensor& values) { return hide_bad(values, columns); };
    write_stacked_models({.weights = hidden(result.weights.transpose(1, 2)),
                          .single = at::nan_to_num(hidden(result.single), -1).to(at::kLong),
                          .model_r = hidden(at::nan_to_num(result.model_r))},
                         columns, responses_.targets(), file_);
    off_minimum_ = std::max(off_minimum_, result.gap.max().item<double>());
    score(columns, result, compute);
  }

  void finish() {
    const int64_t subjects = chosen_.subject_count();
    const auto by_subject = [&](const std::vector<at::Tensor>& parts) { return at::cat(parts).view({subjects, -1}); };
    const auto r = by_subject(r_);
    write_stack_scores({.r = r,
                        .r_single = by_subject(r_single_),
                        .r_p = by_subject(r_p_),
                        .gain_p = by_subject(gain_p_),
                        .gain_null = null_ / at::isfinite(r).sum(1),
                        .off_minimum = off_minimum_},
                       file_);
  }

 private:
  // NaN where flagged: … x b.
  at::Tensor hide_bad(const at::Tensor& values, const RowRange& columns) const {
    auto shown = values.to(at::kDouble).clone();
    for (int64_t c = columns.begin; c < columns.end; ++c)
      if (plan_.responses.flags[static_cast<size_t>(chosen_.columns[static_cast<size_t>(c)])] != Flag::ok)
        shown.select(-1, c - columns.begin).fill_(std::numeric_limits<double>::quiet_NaN());
    return shown;
  }

  // The mixture against the best single model, on the same held-out rows. The parts whose null distributions are in
  // memory are the same ones however many columns come at once.
  void score(const RowRange& columns, const StackingResult& result, const Compute& compute) {
    const auto scored = [&](const at::Tensor& rows) {
      return rows.slice(0, plan_.responses.scored.begin, plan_.responses.scored.end);
    };
    const auto y = scored(responses_.columns(columns)), mixture = scored(result.predictions),
               single = scored(result.single_predictions);
    // A prediction that does not vary predicts nothing: 0, as in brain scores.
    r_.push_back(hide_bad(at::nan_to_num(pearson(y, mixture)), columns));
    r_single_.push_back(hide_bad(at::nan_to_num(pearson(y, single)), columns));
    const SwapOptions swaps{
        .count = plan_.study.permutation.count, .block = plan_.study.min_shift(), .seed = plan_.study.seed};
    const auto lengths = plan_.responses.scored_lengths();
    constexpr int64_t width = targets_of_a_part / 2;
    const int64_t count = (columns.size() + width - 1) / width;
    std::vector<at::Tensor> r_p(static_cast<size_t>(count)), p(r_p.size()), sums(r_p.size());
    parallel_for(count, compute.threads, [&](int64_t b) {
      stop_if_interrupted();
      const auto i = static_cast<size_t>(b);
      const int64_t first = b * width, end = std::min(first + width, columns.size());
      const auto own = [&](const at::Tensor& values) { return values.slice(-1, first, end); };
      const auto r = own(r_.back());
      r_p[i] = permutation_p(r, at::nan_to_num(shift_null(own(y), own(mixture), lengths, plan_.shifts)));
      const auto null = swap_null(own(y), own(mixture), own(single), lengths, swaps);
      p[i] = permutation_p(r - own(r_single_.back()), null);
      sums[i] = subject_sums(null, r, columns.begin + first);
    });
    r_p_.push_back(at::cat(r_p));
    gain_p_.push_back(at::cat(p));
    for (const auto& sum : sums) null_ += sum;
  }

  // Of the columns from `first` on that have a score: draws x S.
  at::Tensor subject_sums(const at::Tensor& null, const at::Tensor& r, int64_t first) const {
    const auto targets = std::ssize(chosen_.targets);
    auto sum = at::zeros_like(null_);
    for (int64_t c = 0; c < null.size(1); ++c)
      if (!std::isnan(r[c].item<double>())) sum.select(1, (first + c) / targets).add_(null.select(1, c));
    return sum;
  }

  const EncodingPlan& plan_;
  const Columns& chosen_;
  const ResponseMatrix& responses_;
  Hdf5Writer& file_;
  std::vector<at::Tensor> r_{}, r_single_{}, r_p_{}, gain_p_{};  // NaN where flagged
  at::Tensor null_{};                                            // draws x S: sums over targets
  double off_minimum_ = 0;
};

class StackAnalysis : public Analysis {
 public:
  explicit StackAnalysis(StudySection& section) {
    section.read("spaces", spaces_);
    section.read("layers", layers_);
    section.read("folds", folds_);
    section.read("regions", regions_);
    section.read_choice("subject", subject_, subjects_names);
    if (folds_ < 2) section.wrong("folds", "at least 2");
  }

  Json settings() const override {
    return {{"spaces", spaces_},
            {"layers", layers_},
            {"folds", folds_},
            {"regions", regions_},
            {"subject", name_of(subject_, subjects_names)}};
  }

  void check(const Study& study, Problems& problems) const override {
    if (subject_ == Who::mean && !study.encode.mean_subject)
      problems.add("'analysis.subject' = \"mean\" of the kind stack needs 'encode.mean_subject'");
    const bool sized = std::any_of(study.features.begin(), study.features.end(),
                                   [](const FeatureEntry& feature) { return feature.parameters > 0; });
    if (spaces_ == every && study.models.empty() && !sized)
      problems.add("an analysis of the kind stack needs a [[model]], or features that 'analysis.spaces' names");
    if (spaces_ == every) return;
    std::vector<std::string> known;
    for (const auto& model : study.models) known.push_back(model.name);
    for (const auto& feature : study.features)
      if (feature.kind != "random") known.push_back(feature.name);
    for (const auto& name : spaces_)
      if (std::find(known.begin(), known.end(), name) == known.end())
        problems.add("'analysis.spaces' names '{}', which is no [[model]] and no [[feature]] without seeds{}", name,
                     suggestion(name, known));
  }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    const auto designs = designs_of(input);
    if (designs.size() < 2)
      bad_usage("the analysis '{}' mixes at least two layers or feature spaces; 'spaces' and 'layers' leave {}",
                input.name, designs.size());
    const auto chosen = columns_of(input);
    Json depends = Json::array();
    std::vector<std::string> inputs;
    for (const auto& [space, layer] : designs) {
      depends.push_back(encoding_key(input, *space, layer));
      for (auto& id : extraction_ids(*space, input.plan.stories))
        if (std::find(inputs.begin(), inputs.end(), id) == inputs.end()) inputs.push_back(std::move(id));
    }
    const auto count = count_of(input, designs, chosen);
    return {analysis_unit(input,
                          {.place = "weights",
                           .settings = settings(),
                           .depends_on = depends,
                           .inputs = inputs,
                           .needs = stack_needs(input.plan, count, stack_width(input.plan, count))},
                          [this, &input, designs, chosen](const Compute& compute, Hdf5Writer& file) {
                            stack(input, designs, chosen, compute, file);
                          })};
  }

  PageSection finish(const AnalysisInput& input, const Summary&, const AnalysisOutput& output) const override {
    const auto chosen = columns_of(input);
    StackReport report{.name = input.name, .subjects = chosen.subjects};
    for (const auto& [space, layer] : designs_of(input)) {
      const auto number = to_integer(layer);
      report.models.push_back({space->id, layer, number ? static_cast<double>(*number) : std::nan("")});
    }
    for (const int64_t v : chosen.targets) {
      report.targets.push_back(input.dataset.targets[static_cast<size_t>(v)]);
      if (!input.dataset.places.empty()) report.places.push_back(input.dataset.places[static_cast<size_t>(v)]);
    }
    report.file = analysis_file(input, "weights");
    report.scores = read_stack_scores(Hdf5Reader(report.file));
    const auto summary = summarize_stack(report);
    output.table("scores", stack_score_table(report, summary), "The mixture of models against the best single one");
    output.table("weights", stack_weight_table(report, summary), "Weights of the mixture: one row per place and model");
    output.table("layers", stack_layer_table(report, summary),
                 "Weights by feature space: share, and centre over layers");
    return stack_section(
        report, summary,
        {.places = map_places(input), .chosen = chosen.targets, .targets = input.plan.responses.target_count()},
        output);
  }

 private:
  using Design = std::pair<const FeatureSpace*, std::string>;

  bool is_wanted(const FeatureSpace& space) const {
    if (space.training == Training::untrained || space.seed) return false;
    return spaces_ == every ? space.model || space.feature->parameters > 0
                            : std::find(spaces_.begin(), spaces_.end(), space.name) != spaces_.end();
  }

  std::vector<Design> designs_of(const AnalysisInput& input) const {
    std::vector<Design> designs;
    Problems problems(fmt::format("the analysis '{}' names layers that are not there", input.name), Fault::usage);
    for (const auto& space : input.spaces) {
      if (!is_wanted(space)) continue;
      const auto& names = space.layer_names;
      const bool whole = layers_ == every || !space.model;
      for (const auto& layer : whole ? names : layers_)
        if (std::find(names.begin(), names.end(), layer) == names.end())
          problems.add("{} has no layer {} in this study; it has {}", space.name, layer, join(names, ", "));
        else
          designs.emplace_back(&space, layer);
    }
    problems.raise();
    return designs;
  }

  Columns columns_of(const AnalysisInput& input) const {
    const auto& responses = input.plan.responses;
    const size_t mean = mean_subject_index(input.plan), all = responses.subjects.size();
    const size_t first = subject_ == Who::mean ? mean : 0, end = subject_ == Who::mean || mean == SIZE_MAX ? all : mean;
    Columns chosen{.targets = targets_in(input, regions_)};
    for (size_t s = first; s < end; ++s) {
      chosen.subjects.push_back(responses.subjects[s]);
      for (const int64_t v : chosen.targets)
        chosen.columns.push_back(static_cast<int64_t>(s) * responses.target_count() + v);
    }
    return chosen;
  }

  // Contiguous parts of each outer fold's training rows; penalties as everywhere in the study.
  std::vector<StackingSplit> splits_of(const EncodingPlan& plan) const {
    const auto& encode = plan.study.encode;
    std::vector<StackingSplit> splits;
    size_t drawn = plan.splits.size();  // after those of the outer folds
    for (const auto& whole : plan.splits) {
      StackingSplit split{.whole = whole};
      for (const auto& part : contiguous_folds(whole.outer.train, plan.responses.stories, folds_, encode.gap))
        split.parts.push_back(
            {part, inner_folds(part.train, plan.responses.stories, encode.inner_rule, false, drawn++)});
      splits.push_back(std::move(split));
    }
    return splits;
  }

  StackCount count_of(const AnalysisInput& input, const std::vector<Design>& designs, const Columns& chosen) const {
    StackCount count{.models = std::ssize(designs), .columns = std::ssize(chosen.columns), .parts = folds_};
    for (const auto& [space, layer] : designs)
      count.widest = std::max(count.widest, feature_width(*space, input.plan.stories));
    return count;
  }

  void stack(const AnalysisInput& input, const std::vector<Design>& designs, const Columns& chosen,
             const Compute& compute, Hdf5Writer& file) const {
    const auto& plan = input.plan;
    StackingProblem problem{
        .responses = ResponseMatrix(std::make_shared<ChosenColumns>(plan.responses.matrix, chosen.columns)),
        .splits = splits_of(plan)};
    for (const auto& [space, layer] : designs)
      problem.models.emplace_back([&plan, space, layer] { return space_design(plan, *space, layer); });
    StackWriter writer(plan, chosen, problem.responses, file);
    stack_blocks(
        problem, plan.study.encode.ridge,
        {.width = stack_width(plan, count_of(input, designs, chosen)),
         .take = [&](const RowRange& columns, const StackingResult& result) { writer.add(columns, result, compute); }},
        compute);
    writer.finish();
  }

  std::vector<std::string> spaces_ = every, layers_ = every, regions_{};
  int64_t folds_ = 5;
  Who subject_ = Who::each;
};

}  // namespace

extern const AnalysisKind stack_kind{
    "stack", "layers and feature spaces mixed for each target",
    [](StudySection& section) -> std::unique_ptr<const Analysis> { return std::make_unique<StackAnalysis>(section); }};

}  // namespace arcuate
