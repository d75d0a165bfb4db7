// Any recordings as plain arrays, named by tables in the dataset's root:
//   stories.tsv     story, words (a file), tr, first_volume (seconds); may have lead (volumes cut before the first
//                   row), sound (the recording) and sound_start (time of its first sample on the clock of the words)
//   recordings.tsv  subject, story, responses (volumes x targets: .npy, or .gii with one array a volume); may have
//                   repeat (a number: the same story heard again), hemisphere (L, R: one file each, side by side) and
//                   confounds (a table with a row a volume)
//   targets.tsv     target (a name a column of the arrays); may have hemisphere, vertex and region (of a surface) and
//                   use (0: left out, such as the medial wall); the file may be absent
//   surfaces/       the surfaces of both hemispheres; may be absent
// dataset_description.json may say "Simulated": true. Paths are relative to the root.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "brain/dataset.h"
#include "brain/layout_parts.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/gifti.h"
#include "io/gifti_series.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

std::optional<size_t> optional_column(const Table& table, std::string_view name) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  if (found == table.columns.end()) return {};
  return static_cast<size_t>(found - table.columns.begin());
}

std::vector<std::string> distinct(const Table& table, const std::string& name) {
  std::vector<std::string> values;
  const size_t column = table.column(name);
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (std::find(values.begin(), values.end(), table.text(row, column)) == values.end())
      values.push_back(table.text(row, column));
  return values;
}

constexpr int64_t most = 1'000'000'000;  // volumes, vertices, repeats: more than there are

int64_t whole_number(const Table& table, size_t row, size_t column) {
  const auto value = to_integer(table.text(row, column));
  if (!value || *value < 0 || *value > most)
    bad_input("{}:{}: column '{}' needs a whole number from 0 to {}, found '{}'", table.source, table.lines[row],
              table.columns[column], most, table.text(row, column));
  return *value;
}

bool is_missing(const std::string& text) { return text.empty() || text == "n/a"; }

Stimulus read_stimulus(const Table& table, size_t row, const fs::path& root) {
  Stimulus stimulus{.name = table.text(row, table.column("story")),
                    .words = root / table.text(row, table.column("words")),
                    .tr = table.number(row, table.column("tr")),
                    .first_volume = table.number(row, table.column("first_volume"))};
  if (const auto sound = optional_column(table, "sound"); sound && !is_missing(table.text(row, *sound)))
    stimulus.sound = root / table.text(row, *sound);
  if (const auto start = optional_column(table, "sound_start")) stimulus.sound_start = table.number(row, *start);
  if (const auto lead = optional_column(table, "lead")) stimulus.lead = whole_number(table, row, *lead);
  if (!(stimulus.tr > 0) || !std::isfinite(stimulus.tr))
    bad_input("{}:{}: tr must be positive, found {}", table.source, table.lines[row], stimulus.tr);
  if (!std::isfinite(stimulus.sound_start))
    bad_input("{}:{}: sound_start must be a number of seconds, found {}", table.source, table.lines[row],
              stimulus.sound_start);
  if (!std::isfinite(stimulus.first_volume))
    bad_input("{}:{}: first_volume must be a number of seconds, found {}", table.source, table.lines[row],
              stimulus.first_volume);
  return stimulus;
}

// Columns of the arrays that take part, by targets.tsv.
struct Columns {
  int64_t count = -1;           // columns an array must have; -1: any number, all alike
  std::vector<int64_t> used{};  // empty: all
};

std::string read_hemisphere(const Table& table, size_t row, size_t column) {
  const auto hemisphere = table.text(row, column);
  if (hemisphere != "L" && hemisphere != "R")
    bad_input("{}:{}: hemisphere must be L or R, found '{}'", table.source, table.lines[row], hemisphere);
  return hemisphere;
}

TargetPlace read_place(const Table& table, size_t row) {
  const auto hemisphere = read_hemisphere(table, row, table.column("hemisphere"));
  const auto region = optional_column(table, "region");
  return {hemisphere, whole_number(table, row, table.column("vertex")), region ? table.text(row, *region) : ""};
}

Columns read_targets(const fs::path& root, Dataset& dataset) {
  const auto path = root / "targets.tsv";
  if (!fs::exists(path)) return {};
  dataset.inputs.push_back(path);
  const auto table = read_table(path);
  const auto use = optional_column(table, "use");
  const bool on_surface = optional_column(table, "vertex").has_value();
  Columns columns{.count = static_cast<int64_t>(table.rows.size())};
  for (size_t row = 0; row < table.rows.size(); ++row) {
    if (use && whole_number(table, row, *use) == 0) continue;
    columns.used.push_back(static_cast<int64_t>(row));
    dataset.targets.push_back(table.text(row, table.column("target")));
    if (on_surface) dataset.places.push_back(read_place(table, row));
  }
  if (columns.used.empty()) bad_input("'{}' leaves no target to use", table.source);
  return columns;
}

at::Tensor read_responses(const fs::path& path) {
  if (is_gifti_name(path)) return read_gifti_series(path);
  if (path.extension() == ".npy") return read_npy(path);
  bad_input("'{}': recordings are .npy or .gii files", path.string());
}

using RecordingKey = std::tuple<size_t, size_t, int64_t>;  // subject, story, repeat
// Files of one recording: one, or one a hemisphere in the order L, R.
struct RecordingFiles {
  std::map<std::string, fs::path> sides{};  // hemisphere (empty: none) -> file
  fs::path confounds{};
};

std::map<RecordingKey, RecordingFiles> recording_files(const Table& table, const fs::path& root,
                                                       const Dataset& dataset) {
  std::map<std::string, size_t> subjects, stories;
  for (size_t s = 0; s < dataset.subjects.size(); ++s) subjects[dataset.subjects[s]] = s;
  for (size_t s = 0; s < dataset.stories.size(); ++s) stories[dataset.stories[s].name] = s;
  const auto repeat = optional_column(table, "repeat"), hemisphere = optional_column(table, "hemisphere"),
             confounds = optional_column(table, "confounds");
  std::map<RecordingKey, RecordingFiles> files;
  Problems problems("the recordings do not fit together");
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto subject = subjects.find(table.text(row, table.column("subject"))),
               story = stories.find(table.text(row, table.column("story")));
    if (subject == subjects.end() || story == stories.end()) continue;  // not asked for
    const RecordingKey key{subject->second, story->second, repeat ? whole_number(table, row, *repeat) : 0};
    const auto side = hemisphere ? read_hemisphere(table, row, *hemisphere) : "";
    const auto path = root / table.text(row, table.column("responses"));
    if (confounds && !is_missing(table.text(row, *confounds)))
      files[key].confounds = root / table.text(row, *confounds);
    if (!files[key].sides.emplace(side, path).second)
      problems.add(
          "{}:{}: a second recording of subject {} and story {}{}; repeats are told apart by a column 'repeat'",
          table.source, table.lines[row], subject->first, story->first, side.empty() ? "" : ", hemisphere " + side);
  }
  problems.raise();
  return files;
}

// Hemispheres side by side, as stored.
std::vector<at::Tensor> read_sides(const RecordingFiles& files) {
  std::vector<at::Tensor> sides;
  for (const auto& [side, path] : files.sides) sides.push_back(read_responses(path));
  return sides;
}

at::Tensor used_columns(const std::vector<at::Tensor>& sides, const std::vector<int64_t>& used) {
  const auto responses = sides.size() == 1 ? sides.front() : at::cat(sides, 1);
  return (used.empty() ? responses : responses.index_select(1, index_tensor(used))).to(at::kDouble);
}

void read_recordings(const Table& table, const DatasetOptions& options, Columns columns, Dataset& dataset) {
  Problems problems("the recordings do not fit together");
  const auto listed = recording_files(table, options.root, dataset);
  const std::vector<std::pair<RecordingKey, RecordingFiles>> recordings(listed.begin(), listed.end());
  const auto add = [&](const RecordingKey& key, const RecordingFiles& files, const std::vector<at::Tensor>& sides) {
    const auto [subject, story, repeat] = key;
    auto& volumes = dataset.stories[story].volumes;
    int64_t width = 0;
    size_t side = 0;
    for (const auto& [name, path] : files.sides) {
      const auto& own = sides[side++];
      dataset.inputs.push_back(path);
      if (volumes == 0 && own.dim() == 2) volumes = own.size(0);
      if (own.dim() != 2 || own.size(0) != volumes)
        problems.add("'{}' is {}, {} volumes x targets expected", path.string(), shape_text(own), volumes);
      else
        width += own.size(1);
    }
    if (!problems.empty()) return;  // shapes are told first, all of them
    if (columns.count < 0) columns.count = width;
    if (width != columns.count)
      problems.add("'{}' (and its other hemisphere, if any) has {} columns, {} targets expected",
                   files.sides.begin()->second.string(), width, columns.count);
    else
      add_recording(dataset, options,
                    {.subject = subject,
                     .story = story,
                     .repeat = repeat,
                     .responses = used_columns(sides, columns.used),
                     .read = [files, used = columns.used] { return used_columns(read_sides(files), used); },
                     .confound_file = {.path = files.confounds, .rows = volumes}});
  };
  const auto recording = [&](int64_t i) -> const auto& { return recordings[static_cast<size_t>(i)]; };
  read_ahead(
      std::ssize(recordings), options, [&](int64_t i) { return read_sides(recording(i).second); },
      [&](int64_t i, const std::vector<at::Tensor>& sides) { add(recording(i).first, recording(i).second, sides); });
  problems.raise();
  if (dataset.targets.empty())
    for (int64_t v = 0; v < columns.count; ++v) dataset.targets.push_back(fmt::format("target{}", v));
}

Dataset read(const DatasetOptions& options) {
  Dataset dataset;
  const auto stories = read_table(options.root / "stories.tsv"),
             recordings = read_table(options.root / "recordings.tsv");
  dataset.inputs = {options.root / "stories.tsv", options.root / "recordings.tsv"};
  dataset.subjects = chosen_names(options.subjects, distinct(recordings, "subject"), "subject");
  const auto chosen = chosen_names(options.stories, distinct(stories, "story"), "story");
  for (size_t row = 0; row < stories.rows.size(); ++row) {
    const auto stimulus = read_stimulus(stories, row, options.root);
    if (std::find(chosen.begin(), chosen.end(), stimulus.name) == chosen.end()) continue;
    dataset.stories.push_back(stimulus);
    dataset.inputs.push_back(stimulus.words);
  }
  const auto description = options.root / "dataset_description.json";
  if (fs::exists(description)) {
    dataset.inputs.push_back(description);
    dataset.simulated = json_value_or<bool>(read_json(description), "Simulated", false, description.string());
  }
  const auto columns = read_targets(options.root, dataset);
  read_recordings(recordings, options, columns, dataset);
  if (const auto surfaces = options.root / "surfaces"; options.surfaces.empty() && fs::is_directory(surfaces)) {
    dataset.surfaces = find_cortex(surfaces, options.parcellation);
    dataset.inputs.push_back(surfaces);
  }
  return dataset;
}

}  // namespace

extern const Layout arrays_layout;
const Layout arrays_layout{"arrays", "any recordings as .npy or GIfTI arrays, named by tables", read};

}  // namespace arcuate
