// Narratives (Nastase et al. 2021), as DataLad delivers its derivatives: cleaned responses of both hemispheres on
// fsaverage, Gentle's alignments of the words.
//   derivatives/DERIVATIVE/sub-S/func/sub-S_task-T[_run-N]_space-SPACE_hemi-H_desc-clean.func.gii
//   stimuli/gentle/STORY/align.csv, stimuli/STORY_audio.wav, participants.tsv
//   derivatives/freesurfer/SPACE/{surf,label}: surfaces and regions; may be absent, or be named by dataset.surfaces
// Volume i of a scan is centred at (i - onset) TR + TR / 2 on the clock of the sound; volumes before `onset` are left
// away. Which tasks take part, their onsets and the scans that do not are tables (assets/datasets).
#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "brain/bids_name.h"
#include "brain/dataset.h"
#include "brain/layout_parts.h"
#include "brain/place_targets.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double tr = 1.5;
constexpr std::array hemispheres{"L", "R"};
constexpr const char* usual_derivative = "afni-nosmooth";
constexpr const char* usual_space = "fsaverage6";
constexpr std::string_view tail = "_desc-clean.func.gii";  // and perhaps .gz

constexpr std::string_view shipped_tasks =
#include "generated/narratives_tasks.inc"
    ;
constexpr std::string_view shipped_exclusions =
#include "generated/narratives_exclusions.inc"
    ;

Table table_or(const fs::path& path, std::string_view shipped, const char* name) {
  return path.empty() ? parse_table(shipped, '\t', name) : read_table(path);
}

struct Task {
  int64_t onset = 0;  // volumes
  bool used = false, by_condition = false;
};

std::map<std::string, Task> read_tasks(const fs::path& path) {
  const auto table = table_or(path, shipped_tasks, "the program's narratives_tasks.tsv");
  const auto task = table.column("task"), onset = table.column("onset"), use = table.column("use"),
             stories = table.column("stories");
  std::map<std::string, Task> tasks;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    Task entry{.used = table.text(row, use) == "1", .by_condition = table.text(row, stories) == "condition"};
    const auto volumes = to_integer(table.text(row, onset));
    if (entry.used && (!volumes || *volumes < 0))
      bad_input("{}:{}: onset of {} needs a whole number of volumes, found '{}'", table.source, table.lines[row],
                table.text(row, task), table.text(row, onset));
    entry.onset = volumes.value_or(0);
    tasks[table.text(row, task)] = entry;
  }
  return tasks;
}

std::vector<std::string> read_exclusions(const fs::path& path) {
  const auto table = table_or(path, shipped_exclusions, "the program's narratives_exclusions.tsv");
  std::vector<std::string> scans;
  for (const auto& row : table.rows) scans.push_back(row[table.column("scan")]);
  return scans;
}

// "sub-001_task-pieman" is all runs of that task, and none of "piemanpni".
bool is_excluded(const std::string& scan, const std::vector<std::string>& exclusions) {
  return std::any_of(exclusions.begin(), exclusions.end(),
                     [&](const auto& name) { return scan == name || scan.starts_with(name + "_"); });
}

// Condition of a subject in a task, from the lists of participants.tsv.
class Conditions {
 public:
  explicit Conditions(const fs::path& root) : path_(root / "participants.tsv") {}

  const fs::path& path() const { return path_; }
  std::optional<std::string> of(const std::string& subject, const std::string& task) {
    if (!table_) table_ = read_table(path_);
    const auto id = table_->column("participant_id"), tasks = table_->column("task"),
               conditions = table_->column("condition");
    for (const auto& row : table_->rows) {
      if (row[id] != subject) continue;
      const auto names = split_fields(row[tasks], ','), own = split_fields(row[conditions], ',');
      for (size_t i = 0; i < std::min(names.size(), own.size()); ++i)
        if (trim(names[i]) == task && trim(own[i]) != "n/a") return std::string(trim(own[i]));
    }
    return {};
  }

 private:
  fs::path path_;
  std::optional<Table> table_{};
};

using Sides = std::map<std::string, fs::path>;  // hemisphere -> file

struct Scan {
  std::string subject{}, task{}, run{}, story{};
  int64_t onset = 0;
  Sides sides{};
};

// Files of the space asked for, by subject, task and run.
std::map<std::tuple<std::string, std::string, std::string>, Sides> find_files(const DatasetOptions& options) {
  const std::string derivative = options.derivative.empty() ? usual_derivative : options.derivative,
                    space = options.space.empty() ? usual_space : options.space;
  const auto folder = options.root / "derivatives" / derivative;
  if (!fs::is_directory(folder))
    bad_input(
        "there is no folder '{}'; the layout narratives reads derivatives/{} (dataset.derivative) as DataLad delivers "
        "it",
        folder.string(), derivative);
  std::map<std::tuple<std::string, std::string, std::string>, Sides> found;
  for (const auto& subject : fs::directory_iterator(folder)) {
    const auto functional = subject.path() / "func";
    if (!subject.path().filename().string().starts_with("sub-") || !fs::is_directory(functional)) continue;
    for (const auto& file : fs::directory_iterator(functional)) {
      // "…_hemi-L_desc-clean.func.gii": what stands last has no suffix, which BIDS would ask for.
      const auto file_name = file.path().filename().string();
      const auto end = file_name.find(tail);
      const auto name = end == file_name.npos ? std::nullopt : parse_bids_name(file_name.substr(0, end) + "_bold.gii");
      if (!name || name->of("task").empty() || name->of("hemi").empty() || name->of("space") != space) continue;
      found[{subject.path().filename().string(), name->of("task"), name->of("run")}][name->of("hemi")] = file.path();
    }
  }
  if (found.empty())
    bad_input("'{}' holds no sub-*/func/*_space-{}_hemi-*_desc-clean.func.gii (dataset.space)", folder.string(), space);
  return found;
}

std::vector<Scan> usable_scans(const DatasetOptions& options, Dataset& dataset, LeftOut& left_out) {
  const auto tasks = read_tasks(options.tasks);
  const auto exclusions = read_exclusions(options.exclusions);
  Conditions conditions(options.root);
  std::vector<Scan> scans;
  std::set<std::pair<std::string, std::string>> taken;
  for (const auto& [key, sides] : find_files(options)) {
    const auto& [subject, task, run] = key;
    const auto name = fmt::format("{}_task-{}{}", subject, task, run.empty() ? "" : "_run-" + run);
    const auto known = tasks.find(task);
    Scan scan{.subject = subject, .task = task, .run = run, .story = task, .sides = sides};
    if (known == tasks.end() || !known->second.used) {
      left_out.add(known == tasks.end() ? "tasks that no table knows" : "tasks that are not stories told in order",
                   name);
      continue;
    }
    scan.onset = known->second.onset;
    if (is_excluded(name, exclusions)) {
      left_out.add("scans of the list of exclusions", name);
    } else if (sides.size() != hemispheres.size()) {
      left_out.add("without both hemispheres", name);
    } else if (const auto condition = known->second.by_condition ? conditions.of(subject, task) : std::nullopt;
               known->second.by_condition && !condition) {
      left_out.add("without a condition in participants.tsv", name);
    } else if (!taken.insert({subject, task}).second) {
      left_out.add("later runs of the same story", name);
    } else {
      if (condition) scan.story += *condition;
      scans.push_back(std::move(scan));
    }
  }
  if (fs::exists(conditions.path())) dataset.inputs.push_back(conditions.path());
  return scans;
}

at::Tensor read_scan(const Sides& sides, int64_t onset) {
  const auto rows = read_hemispheres(sides);
  if (rows.size(0) <= onset)
    bad_input("'{}' has {} volumes, the sound begins after {}", sides.begin()->second.string(), rows.size(0), onset);
  return rows.slice(0, onset);
}

std::vector<std::string> distinct(const std::vector<Scan>& scans, std::string Scan::* part) {
  std::set<std::string> names;
  for (const auto& scan : scans) names.insert(scan.*part);
  return {names.begin(), names.end()};
}

void add_stories(const DatasetOptions& options, const std::vector<std::string>& stories, Dataset& dataset) {
  Problems problems("stories have no words");
  for (const auto& story : stories) {
    const auto words = options.root / "stimuli" / "gentle" / story / "align.csv",
               sound = options.root / "stimuli" / (story + "_audio.wav");
    if (!fs::exists(words)) problems.add("there is no '{}'", words.string());
    dataset.stories.push_back({.name = story,
                               .words = words,
                               .sound = fs::exists(sound) ? sound : fs::path(),
                               .tr = tr,
                               .first_volume = tr / 2});
    dataset.inputs.push_back(words);
  }
  problems.raise();
}

// One target a vertex, the left hemisphere first.
void add_targets(int64_t vertices, Dataset& dataset) {
  for (const char* side : hemispheres)
    for (int64_t vertex = 0; vertex < vertices / 2; ++vertex) {
      dataset.targets.push_back(fmt::format("{}{}", side, vertex));
      dataset.places.push_back({.hemisphere = side, .vertex = vertex});
    }
}

// FreeSurfer's folder of the space, where the dataset has it.
void add_usual_surfaces(const DatasetOptions& options, Dataset& dataset) {
  const std::string space = options.space.empty() ? usual_space : options.space;
  const auto usual = options.root / "derivatives" / "freesurfer" / space;
  if (options.surfaces.empty() && fs::exists(usual / "surf" / "lh.inflated"))
    place_on_surfaces(usual, options, dataset);
}

void read_recordings(const DatasetOptions& options, const std::vector<Scan>& scans, Dataset& dataset) {
  std::map<std::string, size_t> subject_of, story_of;
  for (size_t i = 0; i < dataset.subjects.size(); ++i) subject_of[dataset.subjects[i]] = i;
  for (size_t i = 0; i < dataset.stories.size(); ++i) story_of[dataset.stories[i].name] = i;
  std::vector<int64_t> volumes;
  Problems problems("the recordings do not fit together");
  std::vector<Scan> used;
  for (const auto& scan : scans)
    if (subject_of.contains(scan.subject) && story_of.contains(scan.story)) used.push_back(scan);
  const auto add = [&](const Scan& scan, at::Tensor responses) {
    for (const auto& [side, path] : scan.sides) dataset.inputs.push_back(path);
    if (dataset.targets.empty()) add_targets(responses.size(1), dataset);
    if (responses.size(1) != std::ssize(dataset.targets))
      problems.add("'{}' has {} vertices with the other hemisphere, {} expected", scan.sides.begin()->second.string(),
                   responses.size(1), dataset.targets.size());
    volumes.push_back(responses.size(0));
    add_recording(dataset, options,
                  {.subject = subject_of[scan.subject],
                   .story = story_of[scan.story],
                   .responses = std::move(responses),
                   .read = [sides = scan.sides, onset = scan.onset] { return read_scan(sides, onset); },
                   .confound_file = {.first = scan.onset}});
  };
  const auto scan_of = [&](int64_t i) -> const Scan& { return used[static_cast<size_t>(i)]; };
  read_ahead(
      std::ssize(used), options, [&](int64_t i) { return std::vector{read_scan(scan_of(i).sides, scan_of(i).onset)}; },
      [&](int64_t i, std::vector<at::Tensor> parts) { add(scan_of(i), std::move(parts.front())); });
  problems.raise();
  cut_to_shortest(dataset, volumes);
}

Dataset read(const DatasetOptions& options) {
  Dataset dataset;
  LeftOut left_out;
  const auto scans = usable_scans(options, dataset, left_out);
  const auto stories = chosen_names(options.stories, distinct(scans, &Scan::story), "story");
  const auto subjects = chosen_names(options.subjects, distinct(scans, &Scan::subject), "subject");
  std::set<std::pair<std::string, std::string>> heard;
  for (const auto& scan : scans) heard.insert({scan.subject, scan.story});
  dataset.subjects = who_heard_all(heard, subjects, stories, left_out);
  add_stories(options, stories, dataset);
  read_recordings(options, scans, dataset);
  add_usual_surfaces(options, dataset);
  left_out.tell(dataset);
  return dataset;
}

}  // namespace

extern const Layout narratives_layout;
const Layout narratives_layout{"narratives", "Nastase et al. 2021: cleaned responses on fsaverage, Gentle's alignments",
                               read};

}  // namespace arcuate
