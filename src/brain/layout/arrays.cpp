// Any recordings as plain arrays, named by tables in the dataset's root:
//   stories.tsv     story, words (a file), tr, first_volume (seconds), lead (volumes cut before the first row; may be
//   absent) recordings.tsv  subject, story, responses (a .npy file, volumes x targets) targets.tsv     target (a name a
//   column of the arrays; the file may be absent) dataset_description.json may say "Simulated": true.
// Paths are relative to the root.
#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "brain/dataset.h"
#include "core/error.h"
#include "core/tensor.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> distinct(const Table& table, const std::string& name) {
  std::vector<std::string> values;
  const size_t column = table.column(name);
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (std::find(values.begin(), values.end(), table.text(row, column)) == values.end())
      values.push_back(table.text(row, column));
  return values;
}

Stimulus read_stimulus(const Table& table, size_t row, const fs::path& root) {
  Stimulus stimulus{.name = table.text(row, table.column("story")),
                    .words = root / table.text(row, table.column("words")),
                    .tr = table.number(row, table.column("tr")),
                    .first_volume = table.number(row, table.column("first_volume"))};
  const auto lead = std::find(table.columns.begin(), table.columns.end(), "lead");
  if (lead != table.columns.end()) stimulus.lead = static_cast<int64_t>(table.number(row, table.column("lead")));
  if (!(stimulus.tr > 0) || stimulus.lead < 0)
    bad_input("{}:{}: tr must be positive and lead not negative, found {} and {}", table.source, table.lines[row],
              stimulus.tr, stimulus.lead);
  return stimulus;
}

std::vector<std::string> target_names(const fs::path& root, int64_t count, Dataset& dataset) {
  std::vector<std::string> names;
  if (!fs::exists(root / "targets.tsv")) {
    for (int64_t v = 0; v < count; ++v) names.push_back(fmt::format("target{}", v));
    return names;
  }
  dataset.inputs.push_back(root / "targets.tsv");
  const auto table = read_table(root / "targets.tsv");
  for (size_t row = 0; row < table.rows.size(); ++row) names.push_back(table.text(row, table.column("target")));
  if (static_cast<int64_t>(names.size()) != count)
    bad_input("'{}' names {} targets, the responses have {} columns", table.source, names.size(), count);
  return names;
}

void read_recordings(const Table& table, const fs::path& root, Dataset& dataset) {
  std::map<std::string, size_t> subjects, stories;
  for (size_t s = 0; s < dataset.subjects.size(); ++s) subjects[dataset.subjects[s]] = s;
  for (size_t s = 0; s < dataset.stories.size(); ++s) stories[dataset.stories[s].name] = s;
  Problems problems("the recordings do not fit together");
  int64_t targets = -1;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto subject = subjects.find(table.text(row, table.column("subject"))),
               story = stories.find(table.text(row, table.column("story")));
    if (subject == subjects.end() || story == stories.end()) continue;  // not asked for
    const auto twice = std::any_of(dataset.recordings.begin(), dataset.recordings.end(), [&](const Recording& r) {
      return r.subject == subject->second && r.story == story->second;
    });
    if (twice)
      problems.add("{}:{}: a second recording of subject {} and story {}", table.source, table.lines[row],
                   subject->first, story->first);
    const auto path = root / table.text(row, table.column("responses"));
    const auto responses = read_npy(path).to(at::kDouble);
    auto& volumes = dataset.stories[story->second].volumes;
    if (volumes == 0 && responses.dim() == 2) volumes = responses.size(0);
    if (responses.dim() == 2 && targets < 0) targets = responses.size(1);
    if (responses.dim() != 2 || responses.size(0) != volumes || responses.size(1) != targets)
      problems.add("'{}' is {}, {} volumes x {} targets expected", path.string(), shape_text(responses), volumes,
                   targets);
    dataset.recordings.push_back({subject->second, story->second, responses});
    dataset.inputs.push_back(path);
  }
  problems.raise();
  dataset.targets = target_names(root, std::max<int64_t>(targets, 0), dataset);
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
  if (fs::exists(description))
    dataset.simulated = json_value_or<bool>(read_json(description), "Simulated", false, description.string());
  read_recordings(recordings, options.root, dataset);
  return dataset;
}

}  // namespace

extern const Layout arrays_layout;
const Layout arrays_layout{"arrays", "any recordings as .npy arrays, named by tables", read};

}  // namespace arcuate
