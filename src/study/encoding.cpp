#include "study/encoding.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/text.h"
#include "encode/delays.h"
#include "io/hdf5.h"
#include "stats/permutation.h"
#include "stats/swap.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr const char* controls_id = "controls";

// Word values of one story -> cleaned, delayed design rows of that story.
Tensor story_design(const Tensor& values, const TimedStory& story, const AlignEntry& options) {
  const Stimulus& stimulus = *story.stimulus;
  std::vector<double> volumes;
  for (int64_t i = 0; i < stimulus.lead + stimulus.volumes; ++i)
    volumes.push_back(stimulus.first_volume + stimulus.tr * static_cast<double>(i));
  const auto aligned = align(values, story.times, volumes, stimulus.tr, options.options);
  const std::vector<RowRange> whole{{0, aligned.size(0)}};
  // Volumes before the first stored row still feed the delays: the listener heard those words.
  return clean_story(delayed(aligned, options.delays, whole).slice(0, stimulus.lead), options, stimulus.tr);
}

template <class ValuesOf>
Tensor design_of(const EncodingPlan& plan, ValuesOf values_of) {
  std::vector<Tensor> rows;
  for (const auto& story : plan.stories) rows.push_back(story_design(values_of(story), story, plan.study.align));
  return at::cat(rows, 0);
}

Tensor space_design(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer) {
  return design_of(plan, [&](const TimedStory& story) {
    if (!space.model) return feature_values(space, story, plan.study.seed);
    return Hdf5Reader(activation_file(plan.work, space, story.stimulus->name)).read("layer/" + layer).to(at::kDouble);
  });
}

// The models of one space: alone, and together with the controls. The scale of the control band is told relative to the
// bands' sizes, so that at 1 both carry the same total variance when features are standardised.
std::vector<RidgeModel> models_of(const EncodingPlan& plan, const std::vector<Tensor>& bands) {
  if (bands.size() == 1) return {{.scales = {{1.0}}}};
  const double even = static_cast<double>(bands[1].size(1)) / static_cast<double>(bands[0].size(1));
  std::vector<RidgeModel> models{{.scales = {{0.0, 1.0}}}, {.scales = {}}};
  for (double scale : plan.study.controls.scales) models[1].scales.push_back({scale * even, 1.0});
  return models;
}

std::vector<RidgeResult> fit(const EncodingPlan& plan, const std::vector<Tensor>& bands, const Compute& compute) {
  return ridge_cross_validated({.bands = bands, .responses = plan.responses.matrix}, models_of(plan, bands),
                               plan.splits, plan.study.encode.ridge, compute);
}

// Columns that are flagged get no number anywhere.
Tensor hide_bad(const Tensor& values, const Responses& responses) {
  auto shown = values.clone();
  for (size_t c = 0; c < responses.flags.size(); ++c)
    if (responses.flags[c] != Flag::ok)
      shown.select(-1, static_cast<int64_t>(c)).fill_(std::numeric_limits<double>::quiet_NaN());
  return shown;
}

// A prediction without variance predicts nothing: its r is 0, not absent, so that means over targets are fair.
Tensor scored_r(const Tensor& responses, const Tensor& predictions) {
  return at::nan_to_num(pearson(responses, predictions));
}

// r of every draw when the space's rows are shifted and everything is fitted anew.
Tensor refit_null(const EncodingPlan& plan, const Tensor& design, const Compute& compute) {
  const auto lengths = plan.responses.story_lengths();
  std::vector<Tensor> draws;
  for (const auto& shift : plan.shifts) {
    stop_if_interrupted();
    draws.push_back(
        scored_r(plan.responses.matrix, fit(plan, {shifted(design, lengths, shift)}, compute).front().predictions));
  }
  return at::stack(draws);
}

void write_alone(const EncodingPlan& plan, const Tensor& design, const RidgeResult& result, const Compute& compute,
                 Hdf5Writer& file) {
  const auto& y = plan.responses.matrix;
  const auto r = scored_r(y, result.predictions);
  const auto null =
      plan.study.permutation.refit
          ? refit_null(plan, design, compute)
          : at::nan_to_num(shift_null(y, result.predictions, plan.responses.story_lengths(), plan.shifts));
  const auto write = [&](const char* name, const Tensor& values) {
    file.write(name, hide_bad(values, plan.responses));
  };
  write("r", r);
  write("r2", r_squared(y, result.predictions));
  write("p", permutation_p(r, null));
  write("penalties", result.penalties);
  write("inner_scores", result.inner_scores);
  file.write("predictions", result.predictions.to(at::kFloat));
  file.write("subject_null", subject_means(null, plan.responses));
}

// The joint model against the controls alone, on the same held-out rows.
void write_increment(const EncodingPlan& plan, const RidgeResult& joint, Hdf5Writer& file) {
  const auto& y = plan.responses.matrix;
  const auto controls = read_encoding(encoding_file(plan.work, controls_id, "0"));
  const auto increment = scored_r(y, joint.predictions) - at::nan_to_num(controls.r);
  const auto null =
      swap_null(y, joint.predictions, controls.predictions, plan.responses.story_lengths(),
                {.count = plan.study.permutation.count, .block = plan.study.min_shift(), .seed = plan.study.seed});
  file.write("increment", hide_bad(increment, plan.responses));
  file.write("increment_p", hide_bad(permutation_p(increment, null), plan.responses));
  file.write("increment_null", subject_means(null, plan.responses));
}

void score_space(const EncodingPlan& plan, const std::vector<Tensor>& bands, const Compute& compute, Hdf5Writer& file) {
  const auto results = fit(plan, bands, compute);
  write_alone(plan, bands.back(), results[0], compute, file);
  if (results.size() > 1) write_increment(plan, results[1], file);
}

Json plan_identity(const EncodingPlan& plan) {
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
  settings.controls = s.controls;
  settings.permutation = s.permutation;
  return {{"settings", resolved_toml(settings)},
          {"responses", plan.responses.hash},
          {"times", times},
          {"targets", plan.responses.targets.size()}};
}

bool is_control(const EncodingPlan& plan, const FeatureSpace& space) {
  const auto& names = plan.study.controls.spaces;
  return std::find(names.begin(), names.end(), space.name) != names.end();
}

}  // namespace

Tensor subject_means(const Tensor& values, const Responses& responses) {
  const auto subjects = static_cast<int64_t>(responses.subjects.size()), targets = responses.target_count();
  auto good = at::zeros({subjects * targets}, at::kDouble);
  for (size_t c = 0; c < responses.flags.size(); ++c)
    good[static_cast<int64_t>(c)] = responses.flags[c] == Flag::ok ? 1.0 : 0.0;
  auto shape = values.sizes().vec();
  shape.back() = subjects;
  shape.push_back(targets);
  return (at::nan_to_num(values) * good).view(shape).sum(-1) / good.view({subjects, targets}).sum(-1);
}

EncodingPlan plan_encoding(const Study& study, const Responses& responses, const std::vector<TimedStory>& stories,
                           const std::vector<FeatureSpace>& spaces, const std::filesystem::path& work) {
  EncodingPlan plan{.study = study, .responses = responses, .stories = stories, .work = work};
  const auto rows = all_rows(responses.matrix.size(0));
  const auto& e = study.encode;
  if (e.folds == "story") {
    for (const auto& fold : leave_one_story_out(rows, responses.stories)) {
      const bool enough = responses.stories.size() > 2;  // inner folds by story too, when at least two are left
      plan.splits.push_back({fold, enough ? leave_one_story_out(fold.train, responses.stories)
                                          : contiguous_folds(fold.train, responses.stories, e.inner_folds, e.gap)});
    }
  } else {
    plan.splits = nested_splits(contiguous_folds(rows, responses.stories, *to_integer(e.folds), e.gap),
                                responses.stories, e.inner_folds, e.gap);
  }
  plan.shifts = circular_shifts(responses.story_lengths(),
                                {.count = study.permutation.count, .min_shift = study.min_shift(), .seed = study.seed});
  std::vector<Tensor> controls;
  for (const auto& space : spaces)
    if (is_control(plan, space)) controls.push_back(space_design(plan, space, "0"));
  if (!controls.empty()) plan.control_design = at::cat(controls, 1);
  return plan;
}

std::filesystem::path encoding_file(const std::filesystem::path& work, const std::string& space_id,
                                    const std::string& layer) {
  return work / "encode" / space_id / ("layer-" + layer + ".h5");
}

std::vector<Unit> encoding_units(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces,
                                 const std::vector<Unit>& extractions) {
  std::vector<Unit> units;
  const Json shared = plan_identity(plan);
  Json control_identity = Json::array();
  for (const auto& space : spaces)
    if (is_control(plan, space)) control_identity.push_back({space.id, space.feature->kind, space.feature->width});
  const auto add = [&](const std::string& id, const std::string& layer, const Json& features, auto make) {
    const Json depends{{"kind", "encode"},
                       {"shared", shared},
                       {"controls", control_identity},
                       {"features", features},
                       {"layer", layer}};
    units.push_back({.id = "encode/" + id + "/layer-" + layer,
                     .key = unit_key(depends),
                     .output = encoding_file(plan.work, id, layer),
                     .make = [make](const Unit& unit, const Compute& compute) {
                       Hdf5Writer file(unit.output);
                       file.attribute("format", std::string("arcuate encoding 1"));
                       file.attribute("key", unit.key);
                       make(compute, file);
                       file.finish();
                     }});
  };
  if (plan.control_design.defined())
    add(controls_id, "0", control_identity,
        [&plan](const Compute& compute, Hdf5Writer& file) { score_space(plan, {plan.control_design}, compute, file); });
  for (const auto& space : spaces) {
    Json features{{"id", space.id}};
    if (space.feature) features["feature"] = {space.feature->kind, space.feature->width};
    for (const auto& unit : extractions)
      if (unit.id.starts_with("extract/" + space.id + "/")) features["states"].push_back(unit.key);
    for (const auto& layer : space.layer_names)
      add(space.id, layer, features, [&plan, &space, layer](const Compute& compute, Hdf5Writer& file) {
        const auto design = space_design(plan, space, layer);
        const bool against_controls = plan.control_design.defined() && !is_control(plan, space);
        score_space(plan,
                    against_controls ? std::vector<Tensor>{plan.control_design, design} : std::vector<Tensor>{design},
                    compute, file);
      });
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
          .predictions = file.read("predictions"),
          .subject_null = file.read("subject_null"),
          .increment = optional("increment"),
          .increment_p = optional("increment_p"),
          .increment_null = optional("increment_null")};
}

}  // namespace arcuate
