#include "study/study.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "study/study_names.h"

namespace arcuate {
namespace {

// Where a value was written.
std::string place(const toml::node& node) {
  return node.source().begin.line > 0 ? fmt::format("line {}", node.source().begin.line) : "--set";
}

// One table of the file: reads keys into fields, remembers them, and reports what is unknown or of the wrong kind.
class Section {
 public:
  Section(const toml::table& table, std::string name, Problems& problems, const fs::path& folder)
      : table_(table), name_(std::move(name)), problems_(problems), folder_(folder) {}

  Section(const Section&) = delete;  // it would report its unknown keys twice
  Section& operator=(const Section&) = delete;
  ~Section() {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        problems_.add("{}: unknown key '{}{}'{}", place(node), name_, std::string(key.str()),
                      suggestion(key.str(), std::vector<std::string>(known_.begin(), known_.end())));
  }

  const toml::node* find(const char* key) {
    known_.insert(key);
    return table_.get(key);
  }

  void read(const char* key, std::string& field) {
    if (const auto* node = find(key)) {
      if (const auto value = node->value<std::string>(); value && node->is_string())
        field = *value;
      else if (node->is_integer())
        field = std::to_string(*node->value<int64_t>());
      else
        wrong(key, *node, "text");
    }
  }
  void read(const char* key, bool& field) {
    read_as(key, field, "true or false", [](const toml::node& n) { return n.is_boolean(); });
  }
  void read(const char* key, int64_t& field) {
    read_as(key, field, fmt::format("a whole number of at most {}", largest_count), is_count);
  }
  void read(const char* key, uint64_t& field) {  // a seed: any bits will do
    auto value = static_cast<int64_t>(field);
    read_as(key, value, "a whole number", [](const toml::node& n) { return n.is_integer(); });
    field = static_cast<uint64_t>(value);
  }
  void read(const char* key, int& field) {
    int64_t value = field;
    read(key, value);
    field = static_cast<int>(value);
  }
  void read(const char* key, double& field) {
    read_as(key, field, "a finite number",
            [](const toml::node& n) { return n.is_number() && std::isfinite(n.value<double>().value_or(INFINITY)); });
  }
  void read(const char* key, fs::path& field, std::string& given) {
    read(key, given);
    if (table_.contains(key)) field = resolve(given, key);
  }
  // A list, or one value that stands for a list of one.
  template <class T>
  void read(const char* key, std::vector<T>& field) {
    const auto* node = find(key);
    if (!node) return;
    field.clear();
    if (const auto* array = node->as_array()) {
      for (const auto& item : *array) add_item(key, item, field);
    } else {
      add_item(key, *node, field);
    }
  }
  template <class Enum>
  void read_choice(const char* key, Enum& field, std::initializer_list<std::pair<const char*, Enum>> choices) {
    const auto* node = find(key);
    if (!node) return;
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      names.emplace_back(name);
      if (node->value<std::string>() == name) {
        field = value;
        return;
      }
    }
    wrong(key, *node, "one of " + join(names, ", "));
  }

  void wrong(const char* key, const toml::node& node, const std::string& expected) {
    problems_.add("{}: '{}{}' must be {}", place(node), name_, key, expected);
  }
  Section inner(const toml::table& table, const std::string& name) { return Section(table, name, problems_, folder_); }
  Problems& problems() { return problems_; }

 private:
  // Counts of rows, folds, words and draws: sums and products of two such numbers do not overflow.
  static constexpr int64_t largest_count = 1'000'000'000;
  static bool is_count(const toml::node& node) {
    const auto value = node.value_or(largest_count + 1);
    return node.is_integer() && value >= -largest_count && value <= largest_count;
  }

  template <class T, class Fits>
  void read_as(const char* key, T& field, const std::string& expected, Fits fits) {
    const auto* node = find(key);
    if (!node) return;
    const auto value = node->value<T>();
    if (value && fits(*node))
      field = *value;
    else
      wrong(key, *node, expected);
  }
  template <class T>
  void add_item(const char* key, const toml::node& node, std::vector<T>& field) {
    if (const auto value = node.value<T>(); value && node.is_string() == std::is_same_v<T, std::string>)
      field.push_back(*value);
    else
      wrong(key, node, std::is_same_v<T, std::string> ? "a list of names" : "a list of numbers");
  }

  // "${NAME}" and "${NAME:-default}" from the environment; relative paths from the study's folder.
  fs::path resolve(std::string text, const char* key) {
    for (size_t open = text.find("${"); open != text.npos; open = text.find("${", open)) {
      const size_t close = text.find('}', open);
      if (close == text.npos) break;
      const auto inside = text.substr(open + 2, close - open - 2);
      const size_t bar = inside.find(":-");
      const char* value = std::getenv(inside.substr(0, bar).c_str());
      if (!value && bar == inside.npos) {
        problems_.add("'{}{}': the environment variable {} is not set", name_, key, inside);
        return {};
      }
      const std::string put = value ? std::string(value) : inside.substr(bar + 2);
      text.replace(open, close - open + 1, put);
      open += put.size();  // what a variable holds stands for itself
    }
    const fs::path path(text);
    return path.is_relative() && !folder_.empty() ? (folder_ / path).lexically_normal() : path;
  }

  const toml::table& table_;
  std::string name_;
  Problems& problems_;
  const fs::path& folder_;
  std::set<std::string> known_;
};

void read_context(Section& section, ContextOptions& context) {
  const auto* node = section.find("context");
  if (!node) return;
  if (const auto* table = node->as_table()) {
    auto inner = section.inner(*table, "context.");
    if (table->contains("words")) {
      context.kind = ContextKind::fixed;
      inner.read("words", context.words);
    } else {
      context.kind = ContextKind::grow;
      inner.read("grow_to", context.words);
      inner.read("keep", context.keep);
    }
    if (context.words < 1 || (context.kind == ContextKind::grow && (context.keep < 1 || context.keep > context.words)))
      section.wrong("context", *node, "windows of at least one word, keep not larger than grow_to");
  } else if (node->value<std::string>() == "full") {
    context.kind = ContextKind::full;
  } else {
    section.wrong("context", *node, "{ words = N }, { grow_to = N, keep = M } or \"full\"");
  }
}

void read_model(Section& section, ModelEntry& model) {
  section.read("name", model.name);
  section.read("path", model.path, model.given_path);
  section.read("layers", model.layers);
  section.read("untrained_seeds", model.untrained_seeds);
  section.read("untrained_layers", model.untrained_layers);
  section.read_choice("start_token", model.start_token, start_tokens);
  read_context(section, model.context);
  if (model.path.empty()) section.problems().add("a [[model]] needs a path");
  if (model.name.empty()) model.name = model.path.filename().string();
}

void read_feature(Section& section, FeatureEntry& feature) {
  section.read("kind", feature.kind);
  section.read("name", feature.name);
  section.read("path", feature.path, feature.given_path);
  section.read("width", feature.width);
  section.read("seeds", feature.seeds);
  if (feature.kind != "word_rate" && feature.kind != "random" && feature.kind != "file")
    section.problems().add("a [[feature]] has the kind '{}'; known: word_rate, random, file", feature.kind);
  if ((feature.kind == "file") != !feature.given_path.empty())
    section.problems().add("a [[feature]] of the kind file needs a path, and no other kind has one");
  if (feature.width < 1) section.problems().add("a [[feature]] has the width {}", feature.width);
  if (feature.name.empty()) feature.name = feature.kind;
}

template <class Entry, class Read>
void read_list(Section& root, const char* key, std::vector<Entry>& entries, Read read) {
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
void read_table(Section& root, const char* key, Read read) {
  const auto* node = root.find(key);
  if (!node) return;
  const auto* table = node->as_table();
  if (!table) return root.wrong(key, *node, fmt::format("a table, [{}]", key));
  auto section = root.inner(*table, std::string(key) + ".");
  read(section);
}

constexpr int64_t longest_delay = 100'000;  // TRs: longer than any recording

void read_align(Section& s, AlignEntry& align) {
  s.read_choice("method", align.options.method, methods);
  s.read("lobes", align.options.lobes);
  s.read("cutoff", align.options.cutoff);
  s.read("normalize", align.options.normalize);
  s.read("delays", align.delays);
  std::vector<int64_t> trim{align.trim_start, align.trim_end};
  s.read("trim", trim);
  if (trim.size() != 2 || trim[0] < 0 || trim[1] < 0)
    s.problems().add("'align.trim' must be two numbers of rows, [start, end]");
  else
    align.trim_start = trim[0], align.trim_end = trim[1];
  s.read("offset", align.offset);
  s.read("highpass", align.highpass);
  s.read("zscore", align.zscore);
  if (align.highpass < 0) s.problems().add("'align.highpass' must be 0 (none) or a positive number of seconds");
  if (align.delays.empty()) s.problems().add("'align.delays' must hold at least one delay");
  for (int64_t delay : align.delays)
    if (delay < -longest_delay || delay > longest_delay)
      s.problems().add("'align.delays' holds {}; a delay has at most {} TRs", delay, longest_delay);
  if (align.options.lobes < 1 || !(align.options.cutoff > 0))
    s.problems().add("'align.lobes' and 'align.cutoff' must be positive");
}

void read_encode(Section& s, EncodeEntry& encode) {
  s.read("penalties", encode.penalties);
  s.read("folds", encode.folds);
  s.read("inner_folds", encode.inner_folds);
  s.read("gap", encode.gap);
  s.read("mean_subject", encode.mean_subject);
  s.read_choice("select", encode.ridge.select, selections);
  s.read_choice("penalty_mode", encode.ridge.penalty_mode, penalty_modes);
  s.read("intercept", encode.ridge.intercept);
  s.read_choice("standardize", encode.ridge.standardize, standardizations);
  s.read_choice("form", encode.ridge.form, forms);
  if (encode.folds != "story" && to_integer(encode.folds).value_or(0) < 2)
    s.problems().add("'encode.folds' must be a number of folds (at least 2) or \"story\"");
  if (encode.inner_folds < 2 || encode.gap < 0)
    s.problems().add("'encode.inner_folds' must be at least 2 and 'encode.gap' not negative");
}

Study read_root(const toml::table& table, const fs::path& folder, Problems& problems) {
  Study study;
  Section root(table, "", problems, folder);
  int64_t schema = 1;
  root.read("schema_version", schema);
  if (schema != 1) problems.add("schema_version is {}; this program knows 1", schema);
  root.read("name", study.name);
  root.read("seed", study.seed);
  root.read_choice("precision", study.precision, precisions);
  read_table(root, "dataset", [&](Section& s) {
    s.read("layout", study.dataset.layout);
    s.read("root", study.dataset.root, study.given_root);
    s.read("subjects", study.dataset.subjects);
    s.read("stories", study.dataset.stories);
    s.read("roi_radius", study.dataset.roi_radius);
  });
  read_table(root, "story", [&](Section& s) {
    s.read("tier", study.story.tier);
    s.read("lowercase", study.story.lowercase);
    s.read_choice("untimed", study.story.untimed, untimed_rules);
    s.read_choice("word_time", study.story.word_time, word_times);
  });
  read_list(root, "model", study.models, read_model);
  read_list(root, "feature", study.features, read_feature);
  read_table(root, "align", [&](Section& s) { read_align(s, study.align); });
  read_table(root, "encode", [&](Section& s) { read_encode(s, study.encode); });
  read_table(root, "controls", [&](Section& s) {
    s.read("spaces", study.controls.spaces);
    s.read("scales", study.controls.scales);
  });
  read_table(root, "permutation", [&](Section& s) {
    s.read("count", study.permutation.count);
    s.read("min_shift", study.permutation.min_shift);
    s.read("refit", study.permutation.refit);
  });
  return study;
}

void check(const Study& study, Problems& problems) {
  std::set<std::string> names;
  std::vector<std::string> features;
  for (const auto& model : study.models)
    if (!names.insert(model.name).second) problems.add("two feature spaces are called '{}'", model.name);
  for (const auto& feature : study.features) {
    features.push_back(feature.name);
    if (!names.insert(feature.name).second) problems.add("two feature spaces are called '{}'", feature.name);
  }
  for (const auto& name : study.controls.spaces)
    if (std::find(features.begin(), features.end(), name) == features.end())
      problems.add("'controls.spaces' names '{}', which is no [[feature]]{}", name, suggestion(name, features));
  for (double scale : study.controls.scales)
    if (!(scale > 0)) problems.add("'controls.scales' must be positive numbers");
  if (study.permutation.count < 1 || study.permutation.min_shift < 0)
    problems.add("'permutation.count' must be at least 1 and 'permutation.min_shift' not negative");
  if (names.empty()) problems.add("a study needs at least one [[model]] or [[feature]]");
  if (study.dataset.root.empty()) problems.add("'dataset.root' is missing");
}

// Puts "a.b.0.c=value" into the table; the value is TOML, or text when it is not valid TOML.
void apply_setting(toml::table& table, const std::string& setting) {
  const size_t equal = setting.find('=');
  if (equal == setting.npos || equal == 0) bad_usage("--set '{}': key.path=value expected", setting);
  const auto path = split_fields(std::string_view(setting).substr(0, equal), '.');
  const std::string text = setting.substr(equal + 1);
  toml::table value;
  try {
    value = toml::parse("value = " + text);
  } catch (const toml::parse_error&) {
    value.insert_or_assign("value", text);
  }
  toml::node* node = &table;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (auto* array = node->as_array()) {
      const auto index = to_integer(path[i]);
      if (!index || *index < 0 || *index >= static_cast<long long>(array->size()))
        bad_usage("--set '{}': '{}' is not one of the {} entries (0, 1, …)", setting, path[i], array->size());
      node = array->get(static_cast<size_t>(*index));
    } else if (auto* inner = node->as_table()) {
      if (!inner->contains(path[i])) inner->insert_or_assign(path[i], toml::table{});
      node = inner->get(path[i]);
    } else {
      bad_usage("--set '{}': '{}' is not a table", setting, path[i - 1]);
    }
  }
  auto* last = node->as_table();
  if (!last) bad_usage("--set '{}': '{}' is not in a table", setting, path.back());
  last->insert_or_assign(path.back(), *value.get("value"));
}

}  // namespace

int64_t Study::min_shift() const {
  if (permutation.min_shift > 0) return permutation.min_shift;
  int64_t longest = 0;
  for (int64_t delay : align.delays) longest = std::max(longest, std::abs(delay));
  return longest + 10;
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
  Study study = read_root(table, folder, problems);
  check(study, problems);
  problems.raise();
  study.encode.ridge.penalties = parse_penalties(study.encode.penalties);
  study.encode.ridge.type = study.precision;
  return study;
}

Study read_study(const fs::path& path, const std::vector<std::string>& settings) {
  return parse_study(MappedFile(path).bytes(), path.string(), path.parent_path(), settings);
}

}  // namespace arcuate
