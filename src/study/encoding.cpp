#include "study/encoding.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "core/error.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "stats/permutation.h"
#include "stats/swap.h"
#include "study/design.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr const char* controls_id = "controls";

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

// Number of each subject's good targets: S.
Tensor good_targets(const Responses& responses) {
  auto counts = at::zeros({static_cast<int64_t>(responses.subjects.size())}, at::kDouble);
  for (size_t c = 0; c < responses.flags.size(); ++c)
    if (responses.flags[c] == Flag::ok)
      counts.data_ptr<double>()[static_cast<int64_t>(c) / responses.target_count()] += 1;
  return counts;
}

// Sums over the good targets of each subject among the columns first, first + 1, …: … x columns -> … x S.
Tensor subject_sums(const Tensor& values, const Responses& responses, int64_t first) {
  const int64_t targets = responses.target_count(), columns = values.size(-1);
  auto membership = at::zeros({columns, static_cast<int64_t>(responses.subjects.size())}, at::kDouble);
  for (int64_t c = 0; c < columns; ++c)
    if (responses.flags[static_cast<size_t>(first + c)] == Flag::ok)
      membership.data_ptr<double>()[c * membership.size(1) + (first + c) / targets] = 1;
  return at::matmul(at::nan_to_num(values.to(at::kDouble)), membership);
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

// Columns of the responses in blocks that fit the processor's cache.
std::vector<RowRange> column_blocks(int64_t columns) {
  constexpr int64_t width = 1024;
  std::vector<RowRange> blocks;
  for (int64_t first = 0; first < columns; first += width) blocks.push_back({first, std::min(first + width, columns)});
  return blocks;
}

// What remains of a null distribution that is too large to keep: p of every column, and the null of each subject's
// mean.
struct NullSummary {
  Tensor p{};             // C
  Tensor subject_null{};  // draws x S
};

// null_of(block) gives draws x columns of the block.
NullSummary summarize_null(const EncodingPlan& plan, const Tensor& observed, const Compute& compute,
                           const std::function<Tensor(const RowRange&)>& null_of) {
  const auto& responses = plan.responses;
  const auto blocks = column_blocks(observed.size(0));
  std::vector<Tensor> p(blocks.size()), sums(blocks.size());
  parallel_for(static_cast<int64_t>(blocks.size()), compute.threads, [&](int64_t b) {
    stop_if_interrupted();
    const auto& block = blocks[static_cast<size_t>(b)];
    const auto null = null_of(block);
    p[static_cast<size_t>(b)] = permutation_p(observed.slice(0, block.begin, block.end), null);
    sums[static_cast<size_t>(b)] = subject_sums(null, responses, block.begin);
  });
  auto total = sums.front();
  for (size_t b = 1; b < sums.size(); ++b) total = total + sums[b];
  return {at::cat(p), total / good_targets(responses)};
}

void write_alone(const EncodingPlan& plan, const Tensor& design, const RidgeResult& result, const Compute& compute,
                 Hdf5Writer& file) {
  const auto& y = plan.responses.matrix;
  const auto r = scored_r(y, result.predictions);
  const Tensor refitted = plan.study.permutation.refit ? refit_null(plan, design, compute) : Tensor();
  const auto null = summarize_null(plan, r, compute, [&](const RowRange& block) {
    const auto own = [&](const Tensor& columns) { return columns.slice(1, block.begin, block.end); };
    return refitted.defined() ? own(refitted)
                              : at::nan_to_num(shift_null(own(y), own(result.predictions),
                                                          plan.responses.story_lengths(), plan.shifts));
  });
  const auto write = [&](const char* name, const Tensor& values) {
    file.write(name, hide_bad(values, plan.responses));
  };
  write("r", r);
  write("r2", r_squared(y, result.predictions));
  write("p", null.p);
  write("penalties", result.penalties);
  write("inner_scores", result.inner_scores);
  file.write("predictions", result.predictions.to(at::kFloat));
  file.write("subject_null", null.subject_null);
}

// The joint model against the controls alone, on the same held-out rows.
void write_increment(const EncodingPlan& plan, const RidgeResult& joint, const Compute& compute, Hdf5Writer& file) {
  const auto& y = plan.responses.matrix;
  const auto controls = encoding_file(plan.work, controls_id, "0");
  const auto alone = read_predictions(controls);
  const auto increment = scored_r(y, joint.predictions) - at::nan_to_num(read_encoding(controls).r);
  const SwapOptions swaps{
      .count = plan.study.permutation.count, .block = plan.study.min_shift(), .seed = plan.study.seed};
  const auto null = summarize_null(plan, increment, compute, [&](const RowRange& block) {
    const auto own = [&](const Tensor& columns) { return columns.slice(1, block.begin, block.end); };
    return swap_null(own(y), own(joint.predictions), own(alone), plan.responses.story_lengths(), swaps);
  });
  file.write("increment", hide_bad(increment, plan.responses));
  file.write("increment_p", hide_bad(null.p, plan.responses));
  file.write("increment_null", null.subject_null);
}

void score_space(const EncodingPlan& plan, const std::vector<Tensor>& bands, const Compute& compute, Hdf5Writer& file) {
  const auto results = fit(plan, bands, compute);
  write_alone(plan, bands.back(), results[0], compute, file);
  if (results.size() > 1) write_increment(plan, results[1], compute, file);
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

// What a space without a model depends on.
Json feature_identity(const EncodingPlan& plan, const FeatureSpace& space) {
  Json identity{space.id, space.feature->kind, space.feature->width};
  if (space.feature->kind == "file")
    for (const auto& story : plan.stories)
      identity.push_back(sha256_file(feature_file(*space.feature, story.stimulus->name)));
  return identity;
}

bool is_control(const EncodingPlan& plan, const FeatureSpace& space) {
  const auto& names = plan.study.controls.spaces;
  return std::find(names.begin(), names.end(), space.name) != names.end();
}

}  // namespace

Tensor subject_means(const Tensor& values, const Responses& responses) {
  return subject_sums(values, responses, 0) / good_targets(responses);
}

EncodingPlan plan_encoding(const Study& study, const Responses& responses, const std::vector<TimedStory>& stories,
                           const std::vector<FeatureSpace>& spaces, const std::filesystem::path& work) {
  EncodingPlan plan{.study = study, .responses = responses, .stories = stories, .work = work};
  const auto rows = all_rows(responses.matrix.size(0));
  const auto& e = study.encode;
  const bool by_story = e.folds == "story";
  const bool enough = by_story && responses.stories.size() > 2;  // inner folds by story too, when at least two are left
  const auto outer = by_story ? leave_one_story_out(rows, responses.stories)
                              : contiguous_folds(rows, responses.stories, *to_integer(e.folds), e.gap);
  for (const auto& fold : outer)
    plan.splits.push_back({fold, inner_folds(fold.train, responses.stories, e.inner_rule, enough, plan.splits.size())});
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
    if (is_control(plan, space)) control_identity.push_back(feature_identity(plan, space));
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
    if (space.feature) features["feature"] = feature_identity(plan, space);
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
          .subject_null = file.read("subject_null"),
          .increment = optional("increment"),
          .increment_p = optional("increment_p"),
          .increment_null = optional("increment_null")};
}

Tensor read_predictions(const std::filesystem::path& path) { return Hdf5Reader(path).read("predictions"); }

}  // namespace arcuate
