#include "study/study.h"

#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "study/analysis.h"
#include "study/judged_sections.h"
#include "study/recipes.h"
#include "study/section.h"
#include "study/space_sections.h"
#include "study/study_names.h"
#include "study/study_setting.h"

namespace arcuate {
namespace {

void read_analysis(StudySection& section, AnalysisEntry& entry) {
  section.read("kind", entry.kind);
  section.read("name", entry.name);
  if (entry.name.empty()) entry.name = entry.kind;
  std::vector<std::string> names;
  for (const auto* kind : analysis_kinds()) {
    names.emplace_back(kind->name);
    if (entry.kind == kind->name) entry.analysis = kind->read(section);
  }
  if (entry.analysis) return;
  section.ignore_unknown();
  section.problems().add("an [[analysis]] has the kind '{}'{}", entry.kind, suggestion(entry.kind, names));
}

template <class Entry, class Read>
void read_list(StudySection& root, const char* key, std::vector<Entry>& entries, Read read) {
  const auto* node = root.find(key);
  if (!node) return;
  const auto* array = node->as_array();
  if (!array || !array->is_array_of_tables())
    return root.wrong(key, *node, fmt::format("a list of tables, [[{}]]", key));
  for (const auto& item : *array) {
    Entry entry;
    auto section = root.inner(*item.as_table(), std::string(key) + ".");
    read(section, entry);
    entries.push_back(std::move(entry));
  }
}

template <class Read>
void read_table(StudySection& root, const char* key, Read read) {
  const auto* node = root.find(key);
  if (!node) return;
  const auto* table = node->as_table();
  if (!table) return root.wrong(key, *node, fmt::format("a table, [{}]", key));
  auto section = root.inner(*table, std::string(key) + ".");
  read(section);
}

constexpr int64_t longest_delay = 100'000;  // TRs: longer than any recording
constexpr double widest_smoothing = 100;    // mm

void read_trim(StudySection& s, const char* key, int64_t& start, int64_t& end) {
  std::vector<int64_t> trim{start, end};
  s.read(key, trim);
  if (trim.size() != 2 || trim[0] < 0 || trim[1] < 0) return s.wrong(key, "two numbers of rows, [start, end]");
  start = trim[0], end = trim[1];
}

void read_align(StudySection& s, AlignEntry& align) {
  s.read_choice("method", align.options.method, methods);
  s.read("lobes", align.options.lobes);
  s.read("cutoff", align.options.cutoff);
  s.read("normalize", align.options.normalize);
  s.read("delays", align.delays);
  read_trim(s, "trim", align.trim_start, align.trim_end);
  s.read("offset", align.offset);
  s.read("highpass", align.highpass);
  s.read("zscore", align.zscore);
  if (align.highpass < 0) s.wrong("highpass", "0 (none) or a positive number of seconds");
  if (align.delays.empty()) s.problem("delays", " must hold at least one delay");
  for (int64_t delay : align.delays)
    if (delay < -longest_delay || delay > longest_delay)
      s.problem("delays", fmt::format(" holds {}; a delay has at most {} TRs", delay, longest_delay));
  if (align.options.lobes < 1) s.wrong("lobes", "at least 1");
  if (!(align.options.cutoff > 0)) s.wrong("cutoff", "a positive number");
}

void read_clean(StudySection& s, CleanOptions& clean) {
  std::string drop = "0", detrend = "none";
  s.read("drop", drop);
  s.read("smooth", clean.smooth);
  s.read("detrend", detrend);
  s.read("confounds", clean.confounds);
  const auto volumes = drop == "auto" ? drop_unsteady : to_integer(drop).value_or(-2);
  if (volumes < drop_unsteady || (volumes == drop_unsteady && drop != "auto"))
    s.wrong("drop", fmt::format("a number of volumes or \"auto\", found '{}'", drop));
  else
    clean.drop = volumes;
  if (!(clean.smooth >= 0 && clean.smooth <= widest_smoothing))
    s.wrong("smooth", fmt::format("0 (none) to {} mm", widest_smoothing));
  try {
    clean.detrend = parse_detrend(detrend);
  } catch (const Error& error) {
    s.problem("detrend", fmt::format(": {}", error.what()));
  }
}

void read_encode(StudySection& s, EncodeEntry& encode) {
  s.read("penalties", encode.penalties);
  s.read_choice("penalty_unit", encode.penalty_unit, penalty_units);
  s.read("folds", encode.folds);
  s.read("test", encode.test);
  read_trim(s, "test_trim", encode.test_trim_start, encode.test_trim_end);
  s.read("inner", encode.inner);
  s.read("inner_folds", encode.inner_folds);
  s.read("gap", encode.gap);
  s.read("columns", encode.columns);
  s.read("mean_subject", encode.mean_subject);
  s.read_choice("select", encode.ridge.select, selections);
  s.read_choice("penalty_mode", encode.ridge.penalty_mode, penalty_modes);
  s.read("intercept", encode.ridge.intercept);
  s.read_choice("standardize", encode.ridge.standardize, standardizations);
  s.read_choice("form", encode.ridge.form, forms);
  if (encode.folds != "story" && to_integer(encode.folds).value_or(0) < 2)
    s.wrong("folds", "a number of folds (at least 2) or \"story\"");
  if (encode.columns < 1) s.wrong("columns", "at least 1");
  if (encode.inner_folds < 2) s.wrong("inner_folds", "at least 2");
  if (encode.gap < 0) s.wrong("gap", "a number of rows, not negative");
}

void read_atlas(StudySection& s, Study& study) {
  auto& atlas = study.dataset.atlas;
  s.read("atlas", atlas.files, study.given_atlas);
  s.read("atlas_names", atlas.names, study.given_names);
  s.read("regions", atlas.regions);
  s.read("split", atlas.split);
  s.read_choice("split_axis", atlas.axis, axes);
  s.read_choice("average", atlas.average, target_means);
  if (atlas.split < 0) s.wrong("split", "a number of targets, or 0");
}

void read_dataset_entry(StudySection& s, Study& study) {
  auto& dataset = study.dataset;
  s.read("layout", dataset.layout);
  s.read("root", dataset.root, study.given_root);
  s.read("subjects", dataset.subjects);
  s.read("stories", dataset.stories);
  s.read("roi_radius", dataset.roi_radius);
  s.read("derivative", dataset.derivative);
  s.read("space", dataset.space);
  s.read("tasks", dataset.tasks, study.given_tasks);
  s.read("exclusions", dataset.exclusions, study.given_exclusions);
  s.read("mask", dataset.mask, study.given_mask);
  s.read("surfaces", dataset.surfaces, study.given_surfaces);
  s.read("parcellation", dataset.parcellation);
  read_atlas(s, study);
  s.read("region_distance", dataset.region_distance);
  constexpr double farthest = 50;  // mm: farther than any place is from its region
  if (!(dataset.region_distance > 0 && dataset.region_distance <= farthest))
    s.wrong("region_distance", fmt::format("a number of mm above 0, at most {}", farthest));
}

void read_maps(StudySection& s, MapsEntry& maps) {
  s.read("depths", maps.depths);
  s.read("pycortex", maps.pycortex);
  const bool good = std::all_of(maps.depths.begin(), maps.depths.end(), [](double d) { return d >= 0 && d <= 1; });
  if (maps.depths.empty() || !good) s.wrong("depths", "numbers from 0 (white surface) to 1 (pial surface)");
}

Study read_root(const toml::table& table, const fs::path& folder, Problems& problems) {
  Study study;
  StudySection root(table, "", problems, folder);
  int64_t schema = 1;
  root.read("schema_version", schema);
  if (schema != 1) problems.add("schema_version is {}; this program knows 1", schema);
  root.read("name", study.name);
  root.read("recipe", study.recipe);
  root.read("seed", study.seed);
  root.read_choice("precision", study.precision, precisions);
  read_table(root, "dataset", [&](StudySection& s) { read_dataset_entry(s, study); });
  read_table(root, "story", [&](StudySection& s) {
    s.read("tier", study.story.tier);
    s.read("lowercase", study.story.lowercase);
    s.read_choice("untimed", study.story.untimed, untimed_rules);
    s.read_choice("word_time", study.story.word_time, word_times);
  });
  read_list(root, "model", study.models, read_model);
  read_list(root, "feature", study.features, read_feature);
  read_table(root, "align", [&](StudySection& s) { read_align(s, study.align); });
  read_table(root, "clean", [&](StudySection& s) { read_clean(s, study.dataset.clean); });
  read_table(root, "encode", [&](StudySection& s) { read_encode(s, study.encode); });
  read_table(root, "controls", [&](StudySection& s) {
    s.read("spaces", study.controls.spaces);
    s.read("scales", study.controls.scales);
    const auto& scales = study.controls.scales;
    if (!std::all_of(scales.begin(), scales.end(), [](double scale) { return scale > 0; }))
      s.wrong("scales", "positive numbers");
  });
  read_table(root, "score", [&](StudySection& s) {
    s.read("cc_floor", study.score.cc_floor);
    if (!(study.score.cc_floor > 0)) s.wrong("cc_floor", "a positive number");
  });
  read_table(root, "maps", [&](StudySection& s) { read_maps(s, study.maps); });
  read_table(root, "ceiling", [&](StudySection& s) { read_ceiling(s, study.ceiling); });
  read_table(root, "localiser", [&](StudySection& s) { read_localiser(s, study.localiser); });
  read_table(root, "permutation", [&](StudySection& s) {
    s.read("count", study.permutation.count);
    s.read("min_shift", study.permutation.min_shift);
    s.read("refit", study.permutation.refit);
    if (study.permutation.count < 1) s.wrong("count", "at least 1");
    if (study.permutation.min_shift < 0) s.wrong("min_shift", "a number of rows, or 0");
  });
  read_list(root, "analysis", study.analyses, read_analysis);
  return study;
}

// A name is also one of a folder.
void check_folder_name(const std::string& name, const std::set<std::string>& reserved, Problems& problems) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos)
    problems.add("'{}' cannot be a name: it is empty, begins with a dot or holds '/'", name);
  if (reserved.contains(name)) problems.add("the name '{}' is taken; choose another", name);
}

void add_space_name(const std::string& name, std::set<std::string>& names, Problems& problems) {
  check_folder_name(name, {"controls"}, problems);
  if (!names.insert(name).second) problems.add("two feature spaces are called '{}'", name);
}

void check(const Study& study, Problems& problems) {
  std::set<std::string> names;
  std::vector<std::string> features;
  for (const auto& model : study.models) add_space_name(model.name, names, problems);
  for (const auto& feature : study.features) {
    features.push_back(feature.name);
    add_space_name(feature.name, names, problems);
  }
  for (const auto& name : study.controls.spaces)
    if (std::find(features.begin(), features.end(), name) == features.end())
      problems.add("'controls.spaces' names '{}', which is no [[feature]]{}", name, suggestion(name, features));
  check_judged(study, problems);
  if (study.permutation.refit && !study.encode.test.empty())
    problems.add("'permutation.refit' shifts the features of all stories and goes with folds, not with 'encode.test'");
  if (study.encode.test.empty() && study.encode.test_trim_start + study.encode.test_trim_end > 0)
    problems.add("'encode.test_trim' is of test stories, and 'encode.test' names none");
  if (names.empty()) problems.add("a study needs at least one [[model]] or [[feature]]");
  if (study.dataset.root.empty()) problems.add("'dataset.root' is missing");
  std::set<std::string> analyses;
  for (const auto& entry : study.analyses) {
    check_folder_name(entry.name, {"encode", "extract", "activations"}, problems);
    if (!analyses.insert(bids_label(entry.name)).second)
      problems.add("two analyses are called '{}'; give each a name of its own", entry.name);
    if (entry.analysis) entry.analysis->check(study, problems);
  }
}

}  // namespace

int64_t Study::min_shift() const {
  if (permutation.min_shift > 0) return permutation.min_shift;
  int64_t longest = 0;
  for (int64_t delay : align.delays) longest = std::max(longest, std::abs(delay));
  return longest + 10;
}

bool Study::is_test(const std::string& story_name) const {
  return std::find(encode.test.begin(), encode.test.end(), story_name) != encode.test.end();
}

AlignEntry Study::align_of(const std::string& story_name) const {
  auto own = align;
  if (!is_test(story_name)) return own;
  own.trim_start += encode.test_trim_start;
  own.trim_end += encode.test_trim_end;
  return own;
}

Study parse_study(std::string_view text, const std::string& source, const fs::path& folder,
                  const std::vector<std::string>& settings) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    bad_usage("'{}' is not valid TOML: line {}, column {}: {}", source, error.source().begin.line,
              error.source().begin.column, error.description());
  }
  for (const auto& setting : settings) apply_setting(table, setting);
  Problems problems(fmt::format("the study '{}' cannot be run", source), Fault::usage);
  apply_recipe(table, problems);
  Study study = read_root(table, folder, problems);
  check(study, problems);
  problems.raise();
  auto& encode = study.encode;
  encode.ridge.penalties = to_lambdas(parse_penalties(encode.penalties), encode.penalty_unit);
  auto& grid = study.ceiling.penalties;
  study.ceiling.lambdas =
      grid.empty() ? encode.ridge.penalties : to_lambdas(parse_penalties(grid), encode.penalty_unit);
  encode.inner_rule = within("'encode.inner'", [&] { return parse_inner_folds(encode.inner); });
  if (encode.inner_rule.rule == InnerRule::left_out || encode.inner_rule.rule == InnerRule::gcv)
    bad_usage(
        "'encode.inner': '{}' is wrong for recordings, whose neighbouring rows are alike; use auto, contiguous, "
        "time-series or bootstrap:BOOTS:LENGTH:HELD_OUT",
        encode.inner);
  encode.inner_rule.chunks.seed = study.seed;
  encode.inner_rule.blocks = encode.inner_folds;
  encode.inner_rule.gap = encode.gap;
  encode.ridge.type = study.precision;
  return study;
}

Study read_study(const fs::path& path, const std::vector<std::string>& settings) {
  return parse_study(MappedFile(path).bytes(), path.string(), path.parent_path(), settings);
}

std::vector<std::string> with_seed(std::vector<std::string> settings, int64_t seed) {
  if (seed != 0) settings.push_back(fmt::format("seed={}", seed));
  return settings;
}

}  // namespace arcuate
