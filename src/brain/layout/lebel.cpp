// ds003020 (LeBel et al. 2023): volumes of the cortex of each subject while listening to stories, preprocessed, in
// HDF5.
//   derivative/preprocessed_data/SUBJECT/STORY.hf5   "data" (volumes x voxels; of one file repeats x volumes x voxels),
//                                                    and "individual_repeats" (repeats x volumes x voxels) of the test
//                                                    story
//   derivative/TextGrids/STORY.TextGrid, derivative/respdict.json (volumes of each scan), stimuli/STORY.wav
//   derivative/pycortex-db/SUBJECT, derivative/freesurfer_subjdir/SUBJECT: where voxels lie (lebel_space.h)
// A scan has respdict volumes of 2 s; the first 10 and the last 10 are not stored. The sound began 10 s after volume 0
// of the grid that is left when 5 volumes are taken off the end, so that stored row j is centred at 2 (j + 10) - 9 s.
#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "brain/dataset.h"
#include "brain/lebel_space.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "io/json.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double tr = 2, first_centre = -9;                  // seconds
constexpr int64_t cut_at_start = 10, cut_at_both_ends = 20;  // volumes
constexpr const char* mean_name = "data";
constexpr const char* repeats_name = "individual_repeats";

fs::path recordings_of(const fs::path& root) { return root / "derivative" / "preprocessed_data"; }

fs::path recording_file(const fs::path& root, const std::string& subject, const std::string& story) {
  return recordings_of(root) / subject / (story + ".hf5");
}

std::vector<std::string> names_in(const fs::path& folder, const std::string& extension) {
  if (!fs::is_directory(folder))
    bad_input("there is no folder '{}': the layout lebel is that of OpenNeuro's ds003020", folder.string());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const bool wanted = extension.empty() ? entry.is_directory() : entry.path().extension() == extension;
    if (wanted && entry.path().filename().string().front() != '.')
      names.push_back((extension.empty() ? entry.path().filename() : entry.path().stem()).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Where a story's numbers lie in a file: repeats of their own, or one recording.
struct Stored {
  std::string dataset{};
  std::vector<int64_t> shape{};
  int64_t repeats() const { return shape.size() == 3 ? shape[0] : 1; }
  int64_t volumes() const { return shape[shape.size() - 2]; }
  int64_t voxels() const { return shape.back(); }
};

Stored stored_in(const fs::path& path) {
  const Hdf5Reader file(path);
  const auto* name = file.contains(repeats_name) ? repeats_name : mean_name;
  Stored stored{name, file.shape(name)};
  const auto rank = stored.shape.size();
  if (rank != 3 && (rank != 2 || name == repeats_name))
    bad_input("'{}': '{}' has {} dimensions; volumes x voxels, or repeats x volumes x voxels, expected", path.string(),
              name, rank);
  return stored;
}

at::Tensor read_repeat(const fs::path& path, const Stored& stored, int64_t repeat) {
  const Hdf5Reader file(path);
  const auto& name = stored.dataset;
  return (stored.shape.size() == 3 ? file.read_entry(name, repeat) : file.read(name)).to(at::kDouble);
}

// Stories that every chosen subject has, with their words; what is not among them is told.
std::vector<std::string> complete_stories(const fs::path& root, const std::vector<std::string>& subjects,
                                          const std::vector<std::string>& asked, Dataset& dataset) {
  auto stories = names_in(root / "derivative" / "TextGrids", ".TextGrid");
  const bool all = asked.size() == 1 && asked[0] == "all";
  stories = chosen_names(asked, stories, "story");
  std::vector<std::string> complete;
  Problems problems("stories that were asked for are not recorded");
  for (const auto& story : stories) {
    std::vector<std::string> without;
    for (const auto& subject : subjects)
      if (!fs::exists(recording_file(root, subject, story))) without.push_back(subject);
    if (without.empty()) {
      complete.push_back(story);
    } else {
      dataset.notes.push_back(fmt::format("story {} is left out: not recorded of {}", story, join(without, ", ")));
      if (!all) problems.add("{}: not of {}", story, join(without, ", "));
    }
  }
  problems.raise();
  return complete;
}

void read_story(const DatasetOptions& options, const Json& scans, const std::string& story, Dataset& dataset,
                Problems& problems) {
  const auto index = dataset.stories.size();
  const auto sound = options.root / "stimuli" / (story + ".wav");
  Stimulus stimulus{.name = story,
                    .words = options.root / "derivative" / "TextGrids" / (story + ".TextGrid"),
                    .sound = fs::exists(sound) ? sound : fs::path(),
                    .tr = tr,
                    .first_volume = first_centre,
                    .lead = cut_at_start};
  const auto path = (options.root / "derivative" / "respdict.json").string();
  stimulus.volumes = json_value<int64_t>(scans, story.c_str(), path) - cut_at_both_ends;
  for (size_t s = 0; s < dataset.subjects.size(); ++s) {
    const auto file = recording_file(options.root, dataset.subjects[s], story);
    const auto stored = stored_in(file);
    dataset.inputs.push_back(file);
    const int64_t voxels = std::ssize(dataset.targets);
    if (stored.volumes() != stimulus.volumes)
      problems.add("'{}' has {} volumes; respdict.json has {} of the scan, of which {} are stored", file.string(),
                   stored.volumes(), stimulus.volumes + cut_at_both_ends, stimulus.volumes);
    else if (voxels > 0 && stored.voxels() != voxels)
      problems.add("'{}' has {} voxels, {} expected", file.string(), stored.voxels(), voxels);
    if (!problems.empty()) continue;
    for (int64_t v = voxels; v < stored.voxels(); ++v) dataset.targets.push_back(fmt::format("voxel{}", v));
    for (int64_t repeat = 0; repeat < stored.repeats(); ++repeat) {
      const auto read = [file, stored, repeat] { return read_repeat(file, stored, repeat); };
      add_recording(dataset, options,
                    {.subject = s, .story = index, .repeat = repeat, .responses = read(), .read = read});
    }
  }
  dataset.inputs.push_back(stimulus.words);
  dataset.stories.push_back(std::move(stimulus));
}

// Voxels of subjects cannot be matched: each has a mask of its own.
void check_voxels(const fs::path& root, const std::vector<std::string>& subjects, const std::string& story) {
  std::map<int64_t, std::string> by_count;
  for (const auto& subject : subjects)
    by_count.emplace(stored_in(recording_file(root, subject, story)).voxels(), subject);
  if (by_count.size() < 2) return;
  std::vector<std::string> counts;
  for (const auto& [voxels, subject] : by_count) counts.push_back(fmt::format("{} {}", subject, voxels));
  bad_usage("subjects have voxels of their own ({}); study one at a time: dataset.subjects = [\"{}\"]",
            join(counts, ", "), subjects.front());
}

Dataset read(const DatasetOptions& options) {
  Dataset dataset;
  dataset.subjects = chosen_names(options.subjects, names_in(recordings_of(options.root), ""), "subject");
  const auto stories = complete_stories(options.root, dataset.subjects, options.stories, dataset);
  if (stories.empty()) bad_input("no story has been recorded of all of {}", join(dataset.subjects, ", "));
  check_voxels(options.root, dataset.subjects, stories.front());
  const auto scans = options.root / "derivative" / "respdict.json";
  const Json volumes = read_json(scans);
  dataset.inputs.push_back(scans);
  Problems problems("the recordings do not fit together");
  for (const auto& story : stories) read_story(options, volumes, story, dataset, problems);
  problems.raise();
  add_lebel_space(options, dataset);
  return dataset;
}

}  // namespace

extern const Layout lebel_layout;
const Layout lebel_layout{"lebel", "ds003020 (LeBel et al. 2023): voxels of one subject in many stories", read};

}  // namespace arcuate
