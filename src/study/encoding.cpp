#include "study/encoding.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "stats/permutation.h"
#include "study/design.h"
#include "study/encoding_scores.h"
#include "study/extraction.h"
#include "study/study_needs.h"

namespace arcuate {

using at::Tensor;

namespace {

Json sound_starts(const EncodingPlan& plan) {
  Json starts = Json::array();
  for (const auto& story : plan.stories) starts.push_back(story.stimulus->sound_start);
  return starts;
}

// What a space without a model depends on.
Json feature_identity(const EncodingPlan& plan, const FeatureSpace& space) {
  const auto& entry = *space.feature;
  const auto& kind = feature_kind(entry.kind);
  Json identity{space.id, entry.kind, entry.width, entry.step, entry.tier};
  if (entry.kind == "random")  // the names of stories are in their seeds
    for (const auto& story : plan.stories) identity.push_back(story.stimulus->name);
  std::set<std::filesystem::path> files;
  for (const auto& story : plan.stories)
    for (const auto& file : kind.files(entry, *story.stimulus))
      if (files.insert(file).second) identity.push_back(sha256_file(file));
  if (kind.moments == FeatureKind::Moments::sound) identity.push_back(sound_starts(plan));
  return identity;
}

bool is_control(const EncodingPlan& plan, const FeatureSpace& space) {
  const auto& names = plan.study.controls.spaces;
  return std::find(names.begin(), names.end(), space.name) != names.end();
}

std::vector<Fold> outer_folds(const Study& study, const Responses& responses) {
  const auto& e = study.encode;
  const auto rows = all_rows(responses.matrix.rows());
  if (e.test.empty())
    return e.folds == "story" ? leave_one_story_out(rows, responses.stories)
                              : contiguous_folds(rows, responses.stories, *to_integer(e.folds), e.gap);
  const auto first = rows.begin() + responses.scored.begin;
  return {{.train = {rows.begin(), first}, .test = {first, rows.end()}}};
}

}  // namespace

Json encoding_identity(const EncodingPlan& plan) {
  const auto& s = plan.study;
  std::vector<double> times;
  for (const auto& story : plan.stories) {
    times.insert(times.end(), story.times.begin(), story.times.end());
    times.insert(times.end(),
                 {story.stimulus->tr, story.stimulus->first_volume, static_cast<double>(story.stimulus->lead)});
  }
  // These tables in full: whatever is in them can change a score.
  Study settings;
  settings.seed = s.seed;
  settings.precision = s.precision;
  settings.align = s.align;
  settings.encode = s.encode;
  settings.encode.columns = 0;  // changes no score
  settings.controls = s.controls;
  settings.permutation = s.permutation;
  return {{"settings", resolved_json(settings)},
          {"responses", plan.responses.hash},
          {"times", times},
          {"targets", plan.responses.targets.size()}};
}

EncodingPlan plan_encoding(const Study& study, const Responses& responses, const std::vector<TimedStory>& stories,
                           const std::vector<FeatureSpace>& spaces, const std::filesystem::path& work) {
  EncodingPlan plan{.study = study, .responses = responses, .stories = stories, .work = work};
  const auto& e = study.encode;
  const bool by_story = e.folds == "story";
  const auto tested = e.test.empty() ? size_t{1} : responses.scored_stories().size();
  const bool enough = by_story && responses.stories.size() > tested + 1;  // inner folds by story, with two or more left
  const auto outer = outer_folds(study, responses);
  for (const auto& fold : outer)
    plan.splits.push_back({fold, inner_folds(fold.train, responses.stories, e.inner_rule, enough, plan.splits.size())});
  plan.shifts = circular_shifts(responses.scored_lengths(),
                                {.count = study.permutation.count, .min_shift = study.min_shift(), .seed = study.seed});
  plan.columns = encode_columns(e.columns);
  std::vector<Tensor> controls;
  for (const auto& space : spaces)
    if (is_control(plan, space)) controls.push_back(space_design(plan, space, "0"));
  if (!controls.empty()) plan.control_design = at::cat(controls, 1);
  return plan;
}

int64_t encode_columns(int64_t most) { return std::max(most / targets_of_a_part, int64_t{1}) * targets_of_a_part; }

std::filesystem::path encoding_file(const std::filesystem::path& work, const std::string& space_id,
                                    const std::string& layer) {
  return work / "encode" / space_id / ("layer-" + layer + ".h5");
}

std::string encoding_id(const std::string& space_id, const std::string& layer) {
  return "encode/" + space_id + "/layer-" + layer;
}

std::vector<Unit> encoding_units(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces) {
  std::vector<Unit> units;
  const Json shared = encoding_identity(plan);
  Json control_identity = Json::array();
  for (const auto& space : spaces)
    if (is_control(plan, space)) control_identity.push_back(feature_identity(plan, space));
  const auto add = [&](const std::string& id, const std::string& layer, const Json& features) -> Unit& {
    auto& unit = units.emplace_back();
    unit.id = encoding_id(id, layer);
    unit.stage = "encode";
    unit.format = "arcuate encoding 1";
    unit.depends_on = {{"kind", "encode"},
                       {"shared", shared},
                       {"controls", control_identity},
                       {"features", features},
                       {"layer", layer}};
    unit.output = encoding_file(plan.work, id, layer);
    return unit;
  };
  const int64_t controls_width =
      plan.control_design.defined() ? plan.control_design.size(1) / std::ssize(plan.study.align.delays) : 0;
  if (plan.control_design.defined()) {
    auto& unit = add(controls_id, "0", control_identity);
    unit.needs = encoding_needs(plan, {controls_width}, plan.columns);
    unit.write = [&plan](const Compute& compute, Hdf5Writer& file) {
      score_space(plan, {plan.control_design}, compute, file);
    };
  }
  for (const auto& space : spaces) {
    Json features{{"id", space.id}};
    if (space.feature) features["feature"] = feature_identity(plan, space);
    if (space.hears) features["sound_starts"] = sound_starts(plan);
    const bool against_controls = plan.control_design.defined() && !is_control(plan, space);
    std::vector<int64_t> widths{feature_width(space, plan.stories)};
    if (against_controls) widths.insert(widths.begin(), controls_width);
    const auto needs = encoding_needs(plan, widths, plan.columns);
    for (const auto& layer : space.layer_names) {
      auto& unit = add(space.id, layer, features);
      unit.inputs = extraction_ids(space, plan.stories);
      unit.needs = needs;
      if (against_controls) unit.inputs.push_back(encoding_id(controls_id, "0"));
      unit.write = [&plan, &space, layer, against_controls](const Compute& compute, Hdf5Writer& file) {
        const auto design = space_design(plan, space, layer);
        score_space(plan,
                    against_controls ? std::vector<Tensor>{plan.control_design, design} : std::vector<Tensor>{design},
                    compute, file);
      };
    }
  }
  return units;
}

EncodingScores read_encoding(const std::filesystem::path& path) {
  const Hdf5Reader file(path);
  const auto optional = [&](const char* name) { return file.contains(name) ? file.read(name) : Tensor(); };
  return {.r = file.read("r"),
          .r2 = file.read("r2"),
          .p = file.read("p"),
          .penalties = file.read("penalties"),
          .inner_scores = file.read("inner_scores"),
          .story_r = optional("story_r"),
          .subject_null = file.read("subject_null"),
          .increment = optional("increment"),
          .increment_p = optional("increment_p"),
          .increment_null = optional("increment_null")};
}

EncodingScores read_encoding(const std::filesystem::path& path, const RowRange& columns) {
  const Hdf5Reader file(path);
  const auto of = [&](const char* name) {
    return file.contains(name) ? file.read_columns(name, columns.begin, columns.end) : Tensor();
  };
  return {.r = of("r"),
          .r2 = of("r2"),
          .p = of("p"),
          .penalties = of("penalties"),
          .inner_scores = of("inner_scores"),
          .story_r = of("story_r"),
          .subject_null = {},
          .increment = of("increment"),
          .increment_p = of("increment_p"),
          .increment_null = {}};
}

Tensor read_predictions(const std::filesystem::path& path, int64_t first, int64_t count) {
  return Hdf5Reader(path).read_columns("predictions", first, first + count);
}

}  // namespace arcuate
