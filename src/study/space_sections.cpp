#include "study/space_sections.h"

#include <toml++/toml.h>

#include <algorithm>

#include "core/text.h"
#include "study/feature_kinds.h"
#include "study/study_names.h"

namespace arcuate {

static void read_context(StudySection& section, ContextOptions& context) {
  const auto* node = section.find("context");
  if (!node) return;
  if (const auto* table = node->as_table()) {
    auto inner = section.inner(*table, "context.");
    if (inner.contains("words")) {
      context.kind = ContextKind::fixed;
      inner.read("words", context.words);
    } else if (inner.contains("centred")) {
      context.kind = ContextKind::centred;
      inner.read("centred", context.words);
    } else if (inner.contains("tokens")) {
      context.kind = ContextKind::tokens;
      inner.read("tokens", context.tokens);
      inner.read("wrap", context.wrap);
    } else {
      context.kind = ContextKind::grow;
      inner.read("grow_to", context.words);
      inner.read("keep", context.keep);
    }
    if (context.words < 1 || context.tokens < 1 ||
        (context.kind == ContextKind::grow && (context.keep < 1 || context.keep > context.words)))
      section.wrong("context", *node, "windows of at least one word or token, keep not larger than grow_to");
  } else if (node->value<std::string>() == "full") {
    context.kind = ContextKind::full;
  } else {
    section.wrong("context", *node,
                  "{ words = N }, { tokens = N }, { centred = N }, { grow_to = N, keep = M } or \"full\"");
  }
}

// A decoder reads the words of a window of sound; a window has no stride, and no other rule says what it reads.
static void read_part(StudySection& section, ModelEntry& model) {
  constexpr double heard_at_once = 30;  // seconds, by Whisper
  section.read_choice("part", model.part, model_parts);
  section.read("language", model.language);
  const bool decoder = model.part == ModelPart::decoder;
  if (!decoder && section.contains("language"))
    section.problem("language", " is about a model with part = \"decoder\"");
  if (!decoder) return;
  if (!section.contains("sound_window")) model.sound_window = heard_at_once;
  for (const char* key : {"context", "sound_stride", "start_token", "untokenized"})
    if (section.contains(key)) section.problem(key, " is not about a decoder: it reads the words of its sound_window");
}

void read_model(StudySection& section, ModelEntry& model) {
  section.read("name", model.name);
  section.read("path", model.path, model.given_path);
  section.read("layers", model.layers);
  section.read("untrained_seeds", model.untrained_seeds);
  section.read("untrained_layers", model.untrained_layers);
  section.read("parameters", model.parameters);
  if (model.parameters < 0) section.wrong("parameters", "a positive number");
  section.read_choice("start_token", model.start_token, start_tokens);
  section.read_choice("pooling", model.pooling, poolings);
  section.read_choice("untokenized", model.untokenized, untokenized_rules);
  section.read("sound_window", model.sound_window);
  section.read("sound_stride", model.sound_stride);
  read_part(section, model);
  if (!(model.sound_stride >= 0.001 && model.sound_stride <= model.sound_window && model.sound_window <= 100000))
    section.wrong("sound_stride", "seconds from 0.001 to sound_window");
  read_context(section, model.context);
  if (model.path.empty()) section.problems().add("a [[model]] needs a path");
  if (model.name.empty()) model.name = model.path.filename().string();
}

static void check_feature_kind(StudySection& section, const FeatureEntry& feature) {
  const auto kinds = feature_kinds();
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) { return feature.kind == known.name; });
  if (kind == kinds.end()) {
    std::vector<std::string> names;
    for (const auto& known : kinds) names.emplace_back(known.name);
    section.problems().add("a [[feature]] has the kind '{}'; known: {}{}", feature.kind, join(names, ", "),
                           suggestion(feature.kind, names));
    return;
  }
  const bool has_path = !feature.given_path.empty(), needs_path = kind->path != FeatureKind::Path::none;
  if (needs_path && !has_path) section.problems().add("a [[feature]] of the kind {} needs a path", feature.kind);
  if (!needs_path && has_path) section.problems().add("a [[feature]] of the kind {} has no path", feature.kind);
}

void read_feature(StudySection& section, FeatureEntry& feature) {
  section.read("kind", feature.kind);
  section.read("name", feature.name);
  section.read("path", feature.path, feature.given_path);
  section.read("width", feature.width);
  section.read("seeds", feature.seeds);
  section.read("step", feature.step);
  section.read("tier", feature.tier);
  check_feature_kind(section, feature);
  if (!(feature.step >= 0.001 && feature.step <= 60)) section.wrong("step", "seconds from 0.001 to 60");
  if (feature.width < 1) section.wrong("width", "at least 1");
  if (feature.name.empty()) feature.name = feature.kind;
  section.read("parameters", feature.parameters);
  if (feature.parameters < 0) section.wrong("parameters", "a positive number");
}

}  // namespace arcuate
