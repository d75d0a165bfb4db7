// Analysis "stack": layers and feature spaces mixed for each target (Lin, Naselaris, Kay & Wehbe 2024; Antonello,
// Vaidya & Huth 2023).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

// NaN in the columns that are flagged: … x C.
at::Tensor hide_bad(const at::Tensor& values, const Columns& chosen, const Responses& responses) {
  auto shown = values.to(at::kDouble).clone();
  for (size_t i = 0; i < chosen.columns.size(); ++i)
    if (responses.flags[static_cast<size_t>(chosen.columns[i])] != Flag::ok)
      shown.select(-1, static_cast<int64_t>(i)).fill_(std::numeric_limits<double>::quiet_NaN());
  return shown;
}

struct Gain {
  at::Tensor r{}, r_single{}, r_p{}, p{};  // C, NaN where flagged
  at::Tensor null{};                       // draws x S
};

// The mixture against the best single model, on the same held-out rows; a block of columns at a time, whose null
// distribution fits the memory.
Gain score_gain(const EncodingPlan& plan, const Columns& chosen, const at::Tensor& y, const StackingResult& result,
                const Compute& compute) {
  const auto hidden = [&](const at::Tensor& values) { return hide_bad(values, chosen, plan.responses); };
  // A prediction that does not vary predicts nothing: 0, as in brain scores.
  Gain gain{.r = hidden(at::nan_to_num(pearson(y, result.predictions))),
            .r_single = hidden(at::nan_to_num(pearson(y, result.single_predictions)))};
  const SwapOptions swaps{
      .count = plan.study.permutation.count, .block = plan.study.min_shift(), .seed = plan.study.seed};
  const auto lengths = plan.responses.scored_lengths();
  const int64_t columns = y.size(1), targets = columns / chosen.subject_count();
  constexpr int64_t width = 1024;
  const int64_t blocks = (columns + width - 1) / width;
  const auto count = static_cast<size_t>(blocks);
  std::vector<at::Tensor> r_p(count), p(count), sums(count);
  parallel_for(blocks, compute.threads, [&](int64_t b) {
    stop_if_interrupted();
    const int64_t first = b * width, end = std::min(first + width, columns);
    const auto own = [&](const at::Tensor& values) { return values.slice(1, first, end); };
    r_p[static_cast<size_t>(b)] = permutation_p(
        gain.r.slice(0, first, end), at::nan_to_num(shift_null(own(y), own(result.predictions), lengths, plan.shifts)));
    const auto null = swap_null(own(y), own(result.predictions), own(result.single_predictions), lengths, swaps);
    p[static_cast<size_t>(b)] = permutation_p((gain.r - gain.r_single).slice(0, first, end), null);
    auto sum = at::zeros({null.size(0), chosen.subject_count()}, at::kDouble);
    for (int64_t c = first; c < end; ++c)
      if (!std::isnan(gain.r[c].item<double>())) sum.select(1, c / targets).add_(null.select(1, c - first));
    sums[static_cast<size_t>(b)] = sum;
  });
  gain.r_p = at::cat(r_p);
  gain.p = at::cat(p);
  gain.null = at::stack(sums).sum(0) / at::isfinite(gain.r).view({-1, targets}).sum(1);
  return gain;
}

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
    return {
        analysis_unit(input,
                      {.place = "weights",
                       .settings = settings(),
                       .depends_on = depends,
                       .inputs = inputs,
                       .needs = prediction_needs(input.plan, 2 * std::ssize(designs) + 2, std::ssize(chosen.columns))},
                      [this, &input, designs, chosen](const Compute& compute, Hdf5Writer& file) {
                        write_stack(stack(input, designs, chosen, compute), file);
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
    report.scores = read_stack(Hdf5Reader(analysis_file(input, "weights")));
    output.table("scores", stack_score_table(report), "The mixture of models against the best single one");
    output.table("weights", stack_weight_table(report), "Weights of the mixture: one row per place and model");
    output.table("layers", stack_layer_table(report), "Weights by feature space: share, and centre over layers");
    return stack_section(
        report, {.places = map_places(input), .chosen = chosen.targets, .targets = input.plan.responses.target_count()},
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

  StackScores stack(const AnalysisInput& input, const std::vector<Design>& designs, const Columns& chosen,
                    const Compute& compute) const {
    const auto& plan = input.plan;
    const auto y = plan.responses.matrix.columns(index_tensor(chosen.columns));
    StackingProblem problem{.responses = y};
    for (const auto& [space, layer] : designs) problem.models.push_back(space_design(plan, *space, layer));
    auto result = stack_models(problem, splits_of(plan), plan.study.encode.ridge, compute);
    const auto scored = [&](const at::Tensor& rows) {
      return rows.slice(0, plan.responses.scored.begin, plan.responses.scored.end);
    };
    result.predictions = scored(result.predictions);
    result.single_predictions = scored(result.single_predictions);
    const auto gain = score_gain(plan, chosen, scored(y), result, compute);
    const int64_t subjects = chosen.subject_count(), targets = static_cast<int64_t>(chosen.targets.size());
    const auto by_subject = [&](const at::Tensor& values) { return values.view({subjects, targets}); };
    const auto by_fold = [&](const at::Tensor& values) { return values.view({-1, subjects, targets}); };
    const auto hidden = [&](const at::Tensor& values) { return hide_bad(values, chosen, plan.responses); };
    const auto models = static_cast<int64_t>(designs.size());
    return {
        .r = by_subject(gain.r),
        .r_single = by_subject(gain.r_single),
        .r_p = by_subject(gain.r_p),
        .gain_p = by_subject(gain.p),
        .gain_null = gain.null,
        .weights =
            hidden(result.weights.transpose(1, 2)).transpose(1, 2).contiguous().view({-1, subjects, targets, models}),
        .single = by_fold(at::nan_to_num(hidden(result.single), -1).to(at::kLong)),
        .model_r = by_fold(hidden(at::nan_to_num(result.model_r))),
        .off_minimum = result.gap.max().item<double>()};
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
