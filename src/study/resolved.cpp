// A study written back as TOML, with every default filled in.
#include <toml++/toml.h>

#include <sstream>

#include "study/study.h"
#include "study/study_names.h"

namespace arcuate {
namespace {

template <class Enum>
std::string name_of(Enum value, std::initializer_list<std::pair<const char*, Enum>> choices) {
  for (const auto& [name, choice] : choices)
    if (choice == value) return name;
  return "";
}

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
  else
    table = toml::table{{"grow_to", context.words}, {"keep", context.keep}};
  table.is_inline(true);
  return table;
}

toml::table model_table(const ModelEntry& m) {
  toml::table table{{"name", m.name},
                    {"path", m.given_path},
                    {"layers", m.layers},
                    {"untrained_seeds", array_of(m.untrained_seeds)},
                    {"untrained_layers", m.untrained_layers},
                    {"start_token", name_of(m.start_token, start_tokens)}};
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

toml::table encode_table(const EncodeEntry& e) {
  return toml::table{{"penalties", e.penalties},
                     {"folds", e.folds},
                     {"inner_folds", e.inner_folds},
                     {"gap", e.gap},
                     {"mean_subject", e.mean_subject},
                     {"select", name_of(e.ridge.select, selections)},
                     {"penalty_mode", name_of(e.ridge.penalty_mode, penalty_modes)},
                     {"intercept", e.ridge.intercept},
                     {"standardize", name_of(e.ridge.standardize, standardizations)},
                     {"form", name_of(e.ridge.form, forms)}};
}

}  // namespace

std::string resolved_toml(const Study& s) {
  toml::array models, features;
  for (const auto& model : s.models) models.push_back(model_table(model));
  for (const auto& f : s.features) {
    features.push_back(
        toml::table{{"name", f.name}, {"kind", f.kind}, {"width", f.width}, {"seeds", array_of(f.seeds)}});
    if (f.kind == "file") features.back().as_table()->insert("path", f.given_path);
  }
  toml::table table{
      {"schema_version", 1},
      {"name", s.name},
      {"seed", static_cast<int64_t>(s.seed)},
      {"precision", name_of(s.precision, precisions)},
      {"dataset", toml::table{{"layout", s.dataset.layout},
                              {"root", s.given_root},
                              {"subjects", array_of(s.dataset.subjects)},
                              {"stories", array_of(s.dataset.stories)},
                              {"roi_radius", s.dataset.roi_radius}}},
      {"story", toml::table{{"tier", s.story.tier},
                            {"lowercase", s.story.lowercase},
                            {"untimed", name_of(s.story.untimed, untimed_rules)},
                            {"word_time", name_of(s.story.word_time, word_times)}}},
      {"align", align_table(s.align)},
      {"encode", encode_table(s.encode)},
      {"controls", toml::table{{"spaces", array_of(s.controls.spaces)}, {"scales", array_of(s.controls.scales)}}},
      {"permutation",
       toml::table{{"count", s.permutation.count}, {"min_shift", s.min_shift()}, {"refit", s.permutation.refit}}}};
  if (!models.empty()) table.insert("model", models);
  if (!features.empty()) table.insert("feature", features);
  std::ostringstream text;
  text << toml::toml_formatter(table) << '\n';
  return text.str();
}

}  // namespace arcuate
