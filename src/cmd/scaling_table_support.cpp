#include "cmd/scaling_table_support.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "cmd/where_support.h"
#include "core/error.h"
#include "core/text.h"
#include "io/json.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Role {
  const char* what = "";    // in messages
  const char* option = "";  // that names the column
  std::string given{};
  std::vector<std::string> usual{};
  bool required = false;
};

struct Roles {
  Role score, size, model, family, subject, story, layer, layers, depth, choice;
};

Roles roles_of(const ScoreColumns& c) {
  return {.score = {"the score", "--score", c.score, {"score", "r", "single_subject_r", "mean_r"}, true},
          .size = {"the size",
                   "--size",
                   c.size,
                   {"size", "parameters", "n_parameters", "parameters_millions", "training_rows", "training_trs"},
                   true},
          .model = {"the model", "--model", c.model, {"model", "space", "name", "model_name"}, false},
          .family = {"the family", "--family", c.family, {"family"}, false},
          .subject = {"the subject", "--subject", c.subject, {"subject"}, false},
          .story = {"the story", "--story", c.story, {"story"}, false},
          .layer = {"the layer", "--layer", c.layer, {"layer"}, false},
          .layers = {"the number of layers", "--layers", c.layers, {"layers", "n_layers"}, false},
          .depth = {"the depth", "--depth", c.depth, {"depth"}, false},
          .choice = {"the score that chooses layers", "--choose-by", c.choice, {}, false}};
}

bool has_column(const Table& table, const std::string& name) {
  return std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
}

// A score table and, row by row, the row of the table of models that belongs to it.
struct Joined {
  const Table& scores;
  const Table* models = nullptr;
  std::map<std::string, size_t> row_of_model{};
  std::optional<size_t> model_column{};
};

// Where a role's values are: in the score table, in the table of models, or nowhere.
struct Source {
  const Table* table = nullptr;
  size_t column = 0;
};

Source find_source(const Joined& joined, const Role& role) {
  const auto names = role.given.empty() ? role.usual : std::vector<std::string>{role.given};
  for (const auto& name : names) {
    if (has_column(joined.scores, name)) return {&joined.scores, joined.scores.column(name)};
    if (joined.models && has_column(*joined.models, name)) return {joined.models, joined.models->column(name)};
  }
  if (!role.given.empty()) {
    auto known = joined.scores.columns;
    if (joined.models) known.insert(known.end(), joined.models->columns.begin(), joined.models->columns.end());
    bad_input("'{}' has no column '{}', which {} names{}", joined.scores.source, role.given, role.option,
              suggestion(role.given, known));
  }
  if (role.required)
    bad_input("'{}' has no column for {} ({}); name it with {}; its columns: {}", joined.scores.source, role.what,
              join(role.usual, ", "), role.option, join(joined.scores.columns, ", "));
  return {};
}

// The field of a row, "" where there is none.
std::string text_of(const Joined& joined, const Source& source, size_t row) {
  if (!source.table) return "";
  if (source.table == &joined.scores) return joined.scores.text(row, source.column);
  const auto found = joined.row_of_model.find(joined.scores.text(row, *joined.model_column));
  return found == joined.row_of_model.end() ? "n/a" : joined.models->text(found->second, source.column);
}

std::map<std::string, size_t> index_models(const Table& models, const Role& role) {
  const Joined alone{.scores = models};
  Role required = role;
  required.required = true;
  const auto source = find_source(alone, required);
  std::map<std::string, size_t> rows;
  Problems problems(fmt::format("'{}' must have one row a model", models.source));
  for (size_t row = 0; row < models.rows.size(); ++row)
    if (!rows.emplace(models.text(row, source.column), row).second)
      problems.add("line {}: '{}' again", models.lines[row], models.text(row, source.column));
  problems.raise();
  return rows;
}

Joined join_models(const Table& scores, const Table* models, const Roles& roles) {
  Joined joined{.scores = scores, .models = models};
  if (!models) return joined;
  Role model = roles.model;
  model.required = true;
  const auto source = find_source({.scores = scores}, model);
  joined.model_column = source.column;
  Role own = roles.model;  // the table of models may call it otherwise
  if (!has_column(*models, own.given)) own.given.clear();
  joined.row_of_model = index_models(*models, own);
  return joined;
}

std::vector<size_t> kept_rows(const Joined& joined, const std::vector<RowCondition>& conditions) {
  std::vector<Source> sources;
  for (const auto& c : conditions)
    sources.push_back(find_source(joined, {"the condition", "--where", c.column, {}, true}));
  std::vector<size_t> rows;
  for (size_t row = 0; row < joined.scores.rows.size(); ++row) {
    bool keep = true;
    for (size_t i = 0; i < conditions.size(); ++i)
      keep = keep && (text_of(joined, sources[i], row) == conditions[i].value) == conditions[i].equal;
    if (keep) rows.push_back(row);
  }
  return rows;
}

// Reads numbers and collects what is none; a field that is absent is NaN.
struct Numbers {
  Problems& problems;
  double read(const Joined& joined, const Source& source, size_t row, const Role& role) const {
    const auto text = text_of(joined, source, row);
    if (!source.table || text == "n/a") return nan;
    const auto value = to_double(trim(text));
    if (!value)
      problems.add("'{}', line {}: {} is '{}'", joined.scores.source, joined.scores.lines[row], role.what, text);
    return value.value_or(nan);
  }
};

// What stands in a row besides the record: how many layers the model has.
struct Row {
  ScoreRecord record{};
  double layers = nan;
};

bool is_untrained(const Joined& joined, const Source& training, size_t row) {
  return training.table && text_of(joined, training, row) == "untrained";
}

void read_rows(const Joined& joined, const Roles& roles, const std::vector<RowCondition>& conditions,
               std::vector<Row>& rows, Problems& problems) {
  const auto source = [&](const Role& role) { return find_source(joined, role); };
  const auto score = source(roles.score), size = source(roles.size), model = source(roles.model);
  const auto family = source(roles.family), subject = source(roles.subject), story = source(roles.story);
  const auto layer = source(roles.layer), layers = source(roles.layers), depth = source(roles.depth);
  const auto choice = source(roles.choice), training = source({"training", "", "", {"training"}, false});
  const Numbers numbers{problems};
  std::set<std::string> without_size;
  for (const size_t row : kept_rows(joined, conditions)) {
    const auto text = [&](const Source& s) {
      const auto found = text_of(joined, s, row);
      return found == "n/a" ? std::string() : found;
    };
    Row read{.record = {.model = text(model),
                        .family = text(family),
                        .subject = text(subject),
                        .story = text(story),
                        .layer = text(layer)}};
    auto& r = read.record;
    r.size = numbers.read(joined, size, row, roles.size);
    r.score = numbers.read(joined, score, row, roles.score);
    r.depth = numbers.read(joined, depth, row, roles.depth);
    r.choice = numbers.read(joined, choice, row, roles.choice);
    read.layers = numbers.read(joined, layers, row, roles.layers);
    if (!(r.size > 0) && without_size.insert(r.model).second)
      problems.add("'{}', line {}: {} of {} is {}; leave its rows out with --where, or give it one",
                   joined.scores.source, joined.scores.lines[row], roles.size.what,
                   r.model.empty() ? "the row" : "'" + r.model + "'", text(size).empty() ? "not known" : text(size));
    if (is_untrained(joined, training, row)) {
      r.model += " untrained";
      r.family = r.family.empty() ? "untrained" : r.family + " untrained";
    }
    rows.push_back(std::move(read));
  }
}

// The mean of all subjects, which `run` adds as one more, is no subject beside others.
void leave_out_mean_subject(std::vector<Row>& rows, std::vector<std::string>& notes) {
  const auto is_mean = [](const Row& row) { return row.record.subject == "mean"; };
  const auto found = std::count_if(rows.begin(), rows.end(), is_mean);
  if (found == 0 || found == static_cast<int64_t>(rows.size())) return;
  std::erase_if(rows, is_mean);
  notes.push_back(
      fmt::format("{} rows of the subject 'mean' are left out: it is the mean of the other subjects", found));
}

// layer / number of layers, where no column says it. "final" stands behind the last layer.
void add_depths(std::vector<Row>& rows, std::vector<std::string>& notes) {
  std::map<std::string, double> largest;
  for (const auto& row : rows)
    if (const auto number = to_double(row.record.layer)) {
      auto& most = largest.try_emplace(row.record.model, 0).first->second;
      most = std::max(most, *number);
    }
  bool assumed = false;
  std::set<std::string> named;
  for (auto& [record, layers] : rows) {
    if (record.layer.empty() || !std::isnan(record.depth)) continue;
    const auto number = record.layer == "final" ? std::optional(1.0) : to_double(record.layer);
    if (!number) {
      named.insert(record.layer);
      continue;
    }
    const double all = std::isnan(layers) ? largest[record.model] : layers;
    assumed = assumed || std::isnan(layers);
    record.depth = record.layer == "final" ? 1 : all > 0 ? *number / all : 0;
  }
  if (assumed) notes.emplace_back("No column says how many layers a model has: the largest layer number is taken");
  if (!named.empty())
    notes.push_back(
        fmt::format("{} layers are no numbers ('{}'), so that they have no depth", named.size(), *named.begin()));
}

// Without families: trained models and their untrained twins, or each model by itself where one has several sizes.
void add_families(std::vector<Row>& rows) {
  const bool untrained =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.record.family == "untrained"; });
  std::map<std::string, std::set<double>> sizes;
  for (const auto& row : rows) {
    if (!row.record.family.empty() && row.record.family != "untrained") return;
    sizes[row.record.model].insert(row.record.size);
  }
  const bool several = std::any_of(sizes.begin(), sizes.end(), [](const auto& item) { return item.second.size() > 1; });
  for (auto& row : rows) {
    if (several && sizes.size() > 1)
      row.record.family = row.record.model;
    else if (untrained && row.record.family.empty())
      row.record.family = "trained";
  }
}

bool says_simulated(const fs::path& table) {
  const auto sidecar = fs::path(table).replace_extension(".json");
  if (!fs::is_regular_file(sidecar)) return false;
  const auto json = read_json(sidecar);
  return json.is_object() && json.contains("Simulated") && json["Simulated"] == Json(true);
}

}  // namespace

ReadScores read_scores(const ScoreTables& tables) {
  const auto roles = roles_of(tables.columns);
  const auto conditions = parse_where(tables.where, ConditionSigns::both);
  std::optional<Table> models;
  if (!tables.models.empty()) models = read_table(tables.models);
  ReadScores read;
  std::vector<Row> rows;
  Problems problems("the scores cannot be used as they are");
  for (const auto& file : tables.files) {
    const auto scores = read_table(file);
    const auto joined = join_models(scores, models ? &*models : nullptr, roles);
    read_rows(joined, roles, conditions, rows, problems);
    const auto name = [&](const Role& role) {
      const auto source = find_source(joined, role);
      return source.table->columns[source.column];
    };
    if (read.score_name.empty()) read.score_name = name(roles.score), read.size_name = name(roles.size);
    read.simulated = read.simulated || says_simulated(file);
  }
  problems.raise();
  if (rows.empty()) bad_input("no row is left{}", conditions.empty() ? "" : "; no row meets all conditions of --where");
  leave_out_mean_subject(rows, read.notes);
  add_depths(rows, read.notes);
  add_families(rows);
  for (auto& row : rows) {
    read.has_layers = read.has_layers || !row.record.layer.empty();
    read.records.push_back(std::move(row.record));
  }
  return read;
}

}  // namespace arcuate
