// A study written back as TOML, with every default filled in.
#include <toml++/toml.h>

#include <memory>
#include <sstream>

#include "study/analysis.h"
#include "study/judged_sections.h"
#include "study/study.h"
#include "study/study_names.h"

namespace arcuate {
namespace {

template <class T>
toml::array array_of(const std::vector<T>& values) {
  toml::array array;
  for (const auto& value : values) array.push_back(value);
  return array;
}

toml::table context_table(const ContextOptions& context) {
  toml::table table;
  if (context.kind == ContextKind::fixed)
    table.insert("words", context.words);
  else if (context.kind == ContextKind::centred)
    table.insert("centred", context.words);
  else if (context.kind == ContextKind::tokens)
    table = toml::table{{"tokens", context.tokens}, {"wrap", context.wrap}};
  else
    table = toml::table{{"grow_to", context.words}, {"keep", context.keep}};
  table.is_inline(true);
  return table;
}

toml::table model_table(const ModelEntry& m) {
  toml::table table{{"name", m.name},
                    {"path", m.given_path},
                    {"layers", m.layers},
                    {"part", name_of(m.part, model_parts)},
                    {"sound_window", m.sound_window},
                    {"untrained_seeds", array_of(m.untrained_seeds)},
                    {"untrained_layers", m.untrained_layers},
                    {"pooling", name_of(m.pooling, poolings)}};
  if (m.parameters > 0) table.insert("parameters", m.parameters);
  if (m.part == ModelPart::decoder) {
    table.insert("language", m.language);
    return table;
  }
  table.insert("sound_stride", m.sound_stride);
  table.insert("start_token", name_of(m.start_token, start_tokens));
  table.insert("untokenized", name_of(m.untokenized, untokenized_rules));
  if (m.context.kind == ContextKind::full)
    table.insert("context", "full");
  else
    table.insert("context", context_table(m.context));
  return table;
}

toml::table align_table(const AlignEntry& a) {
  return toml::table{{"method", name_of(a.options.method, methods)},
                     {"lobes", a.options.lobes},
                     {"cutoff", a.options.cutoff},
                     {"normalize", a.options.normalize},
                     {"delays", array_of(a.delays)},
                     {"trim", toml::array{a.trim_start, a.trim_end}},
                     {"offset", a.offset},
                     {"highpass", a.highpass},
                     {"zscore", a.zscore}};
}

toml::table clean_table(const CleanOptions& c) {
  toml::table table{{"smooth", c.smooth}, {"detrend", detrend_text(c.detrend)}, {"confounds", array_of(c.confounds)}};
  if (c.drop == drop_unsteady)
    table.insert("drop", "auto");
  else
    table.insert("drop", c.drop);
  return table;
}

toml::table encode_table(const EncodeEntry& e) {
  return toml::table{{"penalties", e.penalties},
                     {"penalty_unit", name_of(e.penalty_unit, penalty_units)},
                     {"folds", e.folds},
                     {"test", array_of(e.test)},
                     {"test_trim", toml::array{e.test_trim_start, e.test_trim_end}},
                     {"inner", e.inner},
                     {"inner_folds", e.inner_folds},
                     {"gap", e.gap},
                     {"columns", e.columns},
                     {"mean_subject", e.mean_subject},
                     {"select", name_of(e.ridge.select, selections)},
                     {"penalty_mode", name_of(e.ridge.penalty_mode, penalty_modes)},
                     {"intercept", e.ridge.intercept},
                     {"standardize", name_of(e.ridge.standardize, standardizations)},
                     {"form", name_of(e.ridge.form, forms)}};
}

// Settings are flat or nested objects of texts, numbers, booleans and lists of them.
std::unique_ptr<toml::node> node_of(const Json& json);

toml::table table_of(const Json& json) {
  toml::table table;
  for (const auto& [key, value] : json.items()) table.insert(key, *node_of(value));
  return table;
}

std::unique_ptr<toml::node> node_of(const Json& json) {
  if (json.is_object()) return std::make_unique<toml::table>(table_of(json));
  if (json.is_boolean()) return std::make_unique<toml::value<bool>>(json.get<bool>());
  if (json.is_number_integer()) return std::make_unique<toml::value<int64_t>>(json.get<int64_t>());
  if (json.is_number()) return std::make_unique<toml::value<double>>(json.get<double>());
  if (json.is_string()) return std::make_unique<toml::value<std::string>>(json.get<std::string>());
  auto array = std::make_unique<toml::array>();
  for (const auto& item : json) array->push_back(*node_of(item));
  return array;
}

toml::array analysis_tables(const Study& study) {
  toml::array tables;
  for (const auto& entry : study.analyses) {
    auto table = table_of(entry.analysis->settings());
    table.insert("kind", entry.kind);
    table.insert("name", entry.name);
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

static toml::table dataset_table(const Study& s) {
  const auto& d = s.dataset;
  toml::table table{{"layout", d.layout},
                    {"root", s.given_root},
                    {"subjects", array_of(d.subjects)},
                    {"stories", array_of(d.stories)},
                    {"roi_radius", d.roi_radius},
                    {"derivative", d.derivative},
                    {"space", d.space},
                    {"parcellation", d.parcellation},
                    {"region_distance", d.region_distance}};
  table.insert("regions", array_of(d.atlas.regions));
  table.insert("split", d.atlas.split);
  table.insert("split_axis", name_of(d.atlas.axis, axes));
  table.insert("average", name_of(d.atlas.average, target_means));
  if (!s.given_atlas.empty()) table.insert("atlas", array_of(s.given_atlas));
  if (!s.given_names.empty()) table.insert("atlas_names", s.given_names);
  if (!s.given_tasks.empty()) table.insert("tasks", s.given_tasks);
  if (!s.given_exclusions.empty()) table.insert("exclusions", s.given_exclusions);
  if (!s.given_mask.empty()) table.insert("mask", array_of(s.given_mask));
  if (!s.given_surfaces.empty()) table.insert("surfaces", s.given_surfaces);
  return table;
}

static toml::table resolved_table(const Study& s) {
  toml::array models, features;
  for (const auto& model : s.models) models.push_back(model_table(model));
  for (const auto& f : s.features) {
    features.push_back(toml::table{{"name", f.name},
                                   {"kind", f.kind},
                                   {"width", f.width},
                                   {"seeds", array_of(f.seeds)},
                                   {"step", f.step},
                                   {"tier", f.tier}});
    if (!f.given_path.empty()) features.back().as_table()->insert("path", f.given_path);
    if (f.parameters > 0) features.back().as_table()->insert("parameters", f.parameters);
  }
  toml::table table{
      {"schema_version", 1},
      {"name", s.name},
      {"seed", static_cast<int64_t>(s.seed)},
      {"precision", name_of(s.precision, precisions)},
      {"dataset", dataset_table(s)},
      {"story", toml::table{{"tier", s.story.tier},
                            {"lowercase", s.story.lowercase},
                            {"untimed", name_of(s.story.untimed, untimed_rules)},
                            {"word_time", name_of(s.story.word_time, word_times)}}},
      {"align", align_table(s.align)},
      {"clean", clean_table(s.dataset.clean)},
      {"encode", encode_table(s.encode)},
      {"controls", toml::table{{"spaces", array_of(s.controls.spaces)}, {"scales", array_of(s.controls.scales)}}},
      {"score", toml::table{{"cc_floor", s.score.cc_floor}}},
      {"maps", toml::table{{"depths", array_of(s.maps.depths)}, {"pycortex", s.maps.pycortex}}},
      {"ceiling", table_of(settings_of(s.ceiling))},
      {"localiser", table_of(settings_of(s.localiser))},
      {"permutation",
       toml::table{{"count", s.permutation.count}, {"min_shift", s.min_shift()}, {"refit", s.permutation.refit}}}};
  if (!s.recipe.empty()) table.insert("recipe", s.recipe);
  if (!models.empty()) table.insert("model", models);
  if (!features.empty()) table.insert("feature", features);
  if (!s.analyses.empty()) table.insert("analysis", analysis_tables(s));
  return table;
}

std::string resolved_toml(const Study& study) {
  std::ostringstream text;
  text << toml::toml_formatter(resolved_table(study)) << '\n';
  return text.str();
}

Json resolved_json(const Study& study) {
  std::ostringstream text;
  text << toml::json_formatter(resolved_table(study));
  return parse_json(text.str(), "the resolved study");
}

}  // namespace arcuate
