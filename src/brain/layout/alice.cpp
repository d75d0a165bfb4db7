// Alice (Brennan et al. 2016): 6 regions of interest while listening to chapter 1 of Alice in Wonderland.
// Row i of a time course is volume 10 + i of the scan; volume v is centred at 2 v + 1 s on the TextGrid's clock.
#include <ATen/ATen.h>

#include <algorithm>

#include "brain/dataset.h"
#include "core/error.h"
#include "core/tensor.h"
#include "io/number_matrix.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr const char* regions[] = {"LATL", "RATL",  "LPTL",
                                   "LIPL", "LPreM", "LIFG"};  // columns, by the dataset's README
constexpr const char* transcript = "stimulus/DownTheRabbitHoleFinal_exp120_pad_1.TextGrid";
constexpr const char* suffix = "-timecourses.txt";
constexpr double tr = 2.0;
constexpr int64_t discarded = 10;  // volumes, by the dataset's README

std::vector<std::string> subjects_in(const fs::path& folder) {
  std::vector<std::string> subjects;
  if (!fs::is_directory(folder)) bad_input("there is no folder '{}'; roi_radius is 6mm or 10mm", folder.string());
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(suffix)) subjects.push_back(name.substr(0, name.size() - std::string(suffix).size()));
  }
  std::sort(subjects.begin(), subjects.end());
  return subjects;
}

Dataset read(const DatasetOptions& options) {
  const auto folder = options.root / options.roi_radius;
  Dataset dataset;
  dataset.subjects = chosen_names(options.subjects, subjects_in(folder), "subject");
  chosen_names(options.stories, {"alice"}, "story");
  dataset.targets.assign(std::begin(regions), std::end(regions));
  dataset.stories.push_back(
      {.name = "alice", .words = options.root / transcript, .tr = tr, .first_volume = tr / 2, .lead = discarded});
  Problems problems("the recordings do not fit together");
  for (size_t s = 0; s < dataset.subjects.size(); ++s) {
    const auto path = folder / (dataset.subjects[s] + suffix);
    const auto responses = read_number_matrix(path);
    auto& volumes = dataset.stories[0].volumes;
    if (volumes == 0) volumes = responses.size(0);
    if (responses.size(1) != static_cast<int64_t>(std::size(regions)) || responses.size(0) != volumes)
      problems.add("'{}' is {}, {} x {} expected", path.string(), shape_text(responses), volumes, std::size(regions));
    add_recording(dataset, options, {.subject = s, .story = 0, .responses = responses, .read = [path] {
                                       return read_number_matrix(path);
                                     }});
    dataset.inputs.push_back(path);
  }
  problems.raise();
  dataset.inputs.push_back(options.root / transcript);
  return dataset;
}

}  // namespace

extern const Layout alice_layout;
const Layout alice_layout{"alice", "Brennan et al. 2016: ROI time courses and the TextGrid of the story", read};

}  // namespace arcuate
