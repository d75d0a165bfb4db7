#include "study/ceilings.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "brain/clean.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "stats/ceiling.h"
#include "stats/half_splits.h"
#include "study/study_names.h"
#include "study/study_needs.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr const char* other_subjects = "other_subjects";
constexpr const char* explained_text =
    "Share of a single repeat's variance that repeats have in common, corrected for their number (an R2, not an r)";
constexpr const char* halves_text =
    "Split-half reliability of the mean of the repeats (Spearman-Brown); its square root is the highest r to be "
    "expected";
constexpr const char* others_text =
    "r of a ridge regression from the mean of the other subjects' responses, on the folds of the brain scores";

int64_t single_subjects(const EncodingPlan& plan) {
  return std::ssize(plan.responses.subjects) - (plan.study.encode.mean_subject ? 1 : 0);
}

// Mean of the z-scored responses of all single subjects but one: rows x targets.
Tensor mean_of_others(const EncodingPlan& plan, int64_t subject) {
  Tensor sum;
  for (int64_t s = 0; s < single_subjects(plan); ++s) {
    if (s == subject) continue;
    const auto z = zscore(plan.responses.matrix.columns(plan.responses.columns_of(s)));
    sum = sum.defined() ? sum.add_(z) : z.clone();
  }
  return sum / static_cast<double>(single_subjects(plan) - 1);
}

// NaN where the subject's targets are flagged: … x targets.
Tensor hide_flagged(const Tensor& values, const EncodingPlan& plan, const RowRange& columns) {
  auto shown = values.to(at::kDouble).clone();
  for (int64_t v = 0; v < columns.size(); ++v)
    if (plan.responses.flags[static_cast<size_t>(columns.begin + v)] != Flag::ok)
      shown.select(-1, v).fill_(std::numeric_limits<double>::quiet_NaN());
  return shown;
}

void predict_from_others(const EncodingPlan& plan, int64_t subject, const Compute& compute, Hdf5Writer& file) {
  const auto& responses = plan.responses;
  const auto columns = responses.columns_of(subject);
  auto ridge = plan.study.encode.ridge;
  ridge.penalties = plan.study.ceiling.lambdas;
  ridge.components = plan.study.ceiling.components;
  const auto result =
      ridge_cross_validated({.bands = {mean_of_others(plan, subject)}, .responses = responses.matrix.slice(columns)},
                            plan.splits, ridge, compute);
  const auto y = responses.scored_columns(columns);
  const auto predictions = result.predictions.slice(0, responses.scored.begin, responses.scored.end);
  const auto write = [&](const char* name, const Tensor& values) {
    file.write(name, hide_flagged(values, plan, columns));
  };
  write("r", at::nan_to_num(pearson(y, predictions)));
  write("penalties", result.penalties);
  if (plan.study.ceiling.interval <= 0) return;
  const auto interval =
      correlation_interval(y, predictions, ceiling_bootstrap(plan.study, responses.scored_lengths()), compute.threads);
  write("low", interval.low);
  write("high", interval.high);
}

std::filesystem::path others_file(const EncodingPlan& plan, int64_t subject) {
  return plan.work / "ceiling" / other_subjects / (plan.responses.subjects[static_cast<size_t>(subject)] + ".h5");
}

Json unit_settings(const CeilingEntry& ceiling) {
  Json json{{"components", ceiling.components}, {"penalties", ceiling.lambdas}, {"interval", ceiling.interval}};
  if (ceiling.interval > 0) json["bootstrap"] = {ceiling.draws, ceiling.block};
  return json;
}

// Of all subjects, from the units; the mean subject has none.
Tensor from_units(const EncodingPlan& plan, const char* name) {
  std::vector<Tensor> rows;
  for (int64_t s = 0; s < single_subjects(plan); ++s) rows.push_back(Hdf5Reader(others_file(plan, s)).read(name));
  if (plan.study.encode.mean_subject)
    rows.push_back(at::full_like(rows.front(), std::numeric_limits<double>::quiet_NaN()));
  return at::stack(rows);
}

// Share of (fold, target) choices at either edge of the grid.
std::string edges_text(const EncodingPlan& plan) {
  const auto& grid = plan.study.ceiling.lambdas;
  double low = 0, high = 0, all = 0;
  for (int64_t s = 0; s < single_subjects(plan); ++s) {
    const auto chosen = Hdf5Reader(others_file(plan, s)).read("penalties");
    low += chosen.eq(grid.front()).sum().item<double>();
    high += chosen.eq(grid.back()).sum().item<double>();
    all += at::isfinite(chosen).sum().item<double>();
  }
  return fmt::format("{:.1f} % of its penalties are the smallest of the grid, {:.1f} % the largest", 100 * low / all,
                     100 * high / all);
}

}  // namespace

StackedRepeats stacked_repeats(const std::vector<std::vector<Tensor>>& heard, const std::vector<size_t>& stories) {
  StackedRepeats stacked{.count = std::ssize(heard[stories.front()])};
  for (const auto s : stories) {
    stacked.count = std::min(stacked.count, static_cast<int64_t>(heard[s].size()));
    stacked.lengths.push_back(heard[s].front().size(0));
  }
  if (stacked.count < 2) return stacked;
  std::vector<Tensor> repeats;
  for (size_t n = 0; n < static_cast<size_t>(stacked.count); ++n) {
    std::vector<Tensor> in_time;
    for (const auto s : stories) in_time.push_back(heard[s][n]);
    repeats.push_back(at::cat(in_time, 0));
  }
  stacked.values = at::stack(repeats);
  return stacked;
}

BlockBootstrap ceiling_bootstrap(const Study& study, const std::vector<int64_t>& story_lengths) {
  const auto& ceiling = study.ceiling;
  return {story_lengths,
          {.draws = ceiling.draws, .block = ceiling.block, .level = ceiling.interval, .seed = study.seed}};
}

std::vector<NamedCeiling> interval_ends(const std::string& name, const TargetIntervals& interval, double level) {
  const auto text = fmt::format("end of the {:g} % interval of {}, by a block bootstrap over time", 100 * level, name);
  return {{name + "_low", "Lower " + text, interval.low}, {name + "_high", "Upper " + text, interval.high}};
}

std::vector<NamedCeiling> ceilings_of_repeats(const Study& study, const StackedRepeats& repeats,
                                              const ResponsePlace& place) {
  std::vector<NamedCeiling> found;
  if (!repeats.values.defined()) return found;
  const auto covariances = repeat_covariances(repeats.values);
  const auto add = [&](const char* name, const char* description,
                       const std::function<Tensor(const Tensor&)>& statistic) {
    found.push_back({name, description, statistic(covariances)});
    if (study.ceiling.interval <= 0 || !place.intervals) return;
    const auto interval =
        repeats_interval(repeats.values, statistic, ceiling_bootstrap(study, repeats.lengths), place.threads);
    for (auto& end : interval_ends(name, interval, study.ceiling.interval)) found.push_back(std::move(end));
  };
  add("cc_max", "", ceiling_of_covariances);
  if (study.ceiling.has(CeilingKind::explainable_variance))
    add("explainable_variance", explained_text, explainable_variance);
  if (study.ceiling.has(CeilingKind::split_half)) {
    const auto splits = half_splits(repeats.count, study.ceiling.splits, study.seed);
    add("split_half", halves_text, [splits](const Tensor& c) { return split_half_reliability(c, splits); });
  }
  return found;
}

std::vector<Unit> ceiling_units(const EncodingPlan& plan) {
  std::vector<Unit> units;
  if (!plan.study.ceiling.has(CeilingKind::other_subjects)) return units;
  if (single_subjects(plan) < 2)
    bad_usage("'ceiling.kinds' names other_subjects, which needs at least two subjects; the study has one");
  for (int64_t s = 0; s < single_subjects(plan); ++s) {
    auto& unit = units.emplace_back();
    const auto& name = plan.responses.subjects[static_cast<size_t>(s)];
    unit.id = fmt::format("ceiling/{}/{}", other_subjects, name);
    unit.stage = "ceiling";
    unit.format = "arcuate ceiling 1";
    unit.depends_on = {{"kind", "ceiling"},
                       {"shared", encoding_identity(plan)},
                       {"settings", unit_settings(plan.study.ceiling)},
                       {"subject", s}};
    unit.output = others_file(plan, s);
    unit.needs = encoding_needs(plan, {plan.responses.target_count()}, plan.responses.target_count(), 1);
    unit.write = [&plan, s](const Compute& compute, Hdf5Writer& file) { predict_from_others(plan, s, compute, file); };
  }
  return units;
}

std::vector<NamedCeiling> all_ceilings(const EncodingPlan& plan) {
  auto all = plan.responses.ceilings;
  if (!plan.study.ceiling.has(CeilingKind::other_subjects)) return all;
  all.push_back({other_subjects, others_text, from_units(plan, "r")});
  const double level = plan.study.ceiling.interval;
  if (level <= 0) return all;
  const TargetIntervals interval{from_units(plan, "low"), from_units(plan, "high")};
  for (auto& end : interval_ends(other_subjects, interval, level)) all.push_back(std::move(end));
  return all;
}

std::vector<std::string> ceiling_paragraphs(const EncodingPlan& plan, const std::vector<NamedCeiling>& ceilings) {
  const auto& entry = plan.study.ceiling;
  std::vector<std::string> paragraphs;
  for (const auto& ceiling : ceilings) {
    if (ceiling.name.ends_with("_low") || ceiling.name.ends_with("_high")) continue;
    auto text = fmt::format("Ceiling {}, mean over subjects and targets: {:.3f}. {}.", ceiling.name,
                            at::nanmean(ceiling.values).item<double>(), ceiling.description);
    if (ceiling.name == other_subjects) {
      if (entry.components > 0) text += fmt::format(" Of the responses, {} principal components.", entry.components);
      text += " " + edges_text(plan) + ".";
    }
    paragraphs.push_back(text);
  }
  if (entry.interval > 0)
    paragraphs.push_back(
        fmt::format("Intervals of ceilings hold {:g} % of {} draws of blocks of {} volumes: they are about these "
                    "subjects and repeats, at other moments of the stories.",
                    100 * entry.interval, entry.draws, entry.block));
  return paragraphs;
}

}  // namespace arcuate
