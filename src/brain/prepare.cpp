#include "brain/prepare.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>

#include "brain/confounds.h"
#include "brain/cortex.h"
#include "brain/smooth.h"
#include "brain/target_mask.h"
#include "core/error.h"

namespace arcuate {

using at::Tensor;

namespace {

using Change = std::function<Tensor(const Tensor&)>;

std::string why_no_confounds(const std::string& layout) {
  if (layout == "arrays") return "recordings.tsv has no column 'confounds' that names one";
  if (layout == "bids") return "there is no *_desc-confounds_timeseries.tsv of the scan";
  return fmt::format("the layout {} has none", layout);
}

void need_confound_files(const Dataset& dataset, const DatasetOptions& options, const char* key) {
  Problems problems(fmt::format("{} needs the tables of confounds of all recordings", key));
  for (const auto& recording : dataset.recordings)
    if (recording.confound_file.path.empty())
      problems.add("subject {}, story {}: {}", dataset.subjects[recording.subject],
                   dataset.stories[recording.story].name, why_no_confounds(options.layout));
  problems.raise();
}

// Volumes of a recording that are to go; those that the layout left away count.
int64_t dropped(const Recording& recording, const CleanOptions& clean) {
  const auto first = clean.drop == drop_unsteady ? unsteady_volumes(recording.confound_file.path) : clean.drop;
  return std::max<int64_t>(first - recording.confound_file.first, 0);
}

void drop_volumes(Dataset& dataset, const DatasetOptions& options) {
  if (options.clean.drop == 0) return;
  if (options.clean.drop == drop_unsteady) need_confound_files(dataset, options, "clean.drop = \"auto\"");
  std::vector<int64_t> most(dataset.stories.size(), 0);
  for (const auto& recording : dataset.recordings)
    most[recording.story] = std::max(most[recording.story], dropped(recording, options.clean));
  for (size_t s = 0; s < most.size(); ++s) {
    auto& story = dataset.stories[s];
    if (most[s] >= story.volumes)
      bad_usage("clean.drop: {} volumes are to be dropped of story {}, which has {}", most[s], story.name,
                story.volumes);
    if (most[s] > 0) dataset.notes.push_back(fmt::format("story {}: the first {} volumes", story.name, most[s]));
    story.lead += most[s];
    story.volumes -= most[s];
  }
  for (auto& recording : dataset.recordings) {
    const int64_t first = most[recording.story];
    recording.confound_file.first += first;
    change_recording(dataset, recording,
                     [first](const Tensor& responses) { return responses.slice(0, first).clone(); });
  }
}

std::vector<int64_t> vertices_of(const Dataset& dataset, const std::string& side, std::vector<int64_t>& columns) {
  std::vector<int64_t> vertices;
  for (size_t v = 0; v < dataset.places.size(); ++v) {
    if (dataset.places[v].hemisphere != side) continue;
    vertices.push_back(dataset.places[v].vertex);
    columns.push_back(static_cast<int64_t>(v));
  }
  return vertices;
}

// Targets of one hemisphere.
struct Sheet {
  Mesh mesh{};
  std::vector<int64_t> vertices{}, columns{};
};

Sheet sheet_of(const Dataset& dataset, Hemisphere hemisphere) {
  Sheet sheet;
  sheet.vertices = vertices_of(dataset, letter(hemisphere), sheet.columns);
  if (sheet.vertices.empty()) return sheet;
  sheet.mesh = read_cortex(dataset.surfaces, hemisphere).middle;
  const auto last = *std::max_element(sheet.vertices.begin(), sheet.vertices.end());
  const int64_t known = sheet.mesh.points.defined() ? sheet.mesh.points.size(0) : 0;
  if (last >= known)
    bad_input("hemisphere {} has {} vertices on a surface halfway between white and pial; the targets need {}",
              letter(hemisphere), known, last + 1);
  return sheet;
}

Change surface_smoothing(const Dataset& dataset, double fwhm) {
  const auto sheets = std::make_shared<const std::vector<Sheet>>(
      std::vector<Sheet>{sheet_of(dataset, Hemisphere::left), sheet_of(dataset, Hemisphere::right)});
  return [sheets, fwhm](const Tensor& responses) {
    auto smooth = responses.to(at::kDouble, false, true);
    for (const auto& sheet : *sheets) {
      if (sheet.vertices.empty()) continue;
      const auto columns = at::tensor(sheet.columns);
      smooth.index_copy_(1, columns,
                         smoothed_on_surface(responses.index_select(1, columns), sheet.mesh, sheet.vertices, fwhm));
    }
    return smooth;
  };
}

void smooth(Dataset& dataset, const DatasetOptions& options) {
  const double fwhm = options.clean.smooth;
  if (fwhm == 0) return;
  Change how;
  if (!dataset.grid.empty())
    how = [grid = dataset.grid, fwhm](const Tensor& responses) { return smoothed_in_volume(responses, grid, fwhm); };
  else if (!dataset.places.empty() && !dataset.surfaces.empty())
    how = surface_smoothing(dataset, fwhm);
  else
    bad_usage("clean.smooth needs targets that are voxels of a grid, or vertices with their surfaces{}",
              dataset.places.empty() ? "" : " (dataset.surfaces names the folder)");
  for (auto& recording : dataset.recordings) change_recording(dataset, recording, how);
}

void read_all_confounds(Dataset& dataset, const DatasetOptions& options) {
  const auto& wanted = options.clean.confounds;
  if (wanted.empty()) return;
  need_confound_files(dataset, options, "clean.confounds");
  for (auto& recording : dataset.recordings) {
    const auto& file = recording.confound_file;
    recording.confounds = read_confounds(file.path, wanted, file.rows)
                              .slice(0, file.first, file.first + dataset.stories[recording.story].volumes);
    dataset.inputs.push_back(file.path);
  }
}

}  // namespace

void prepare(Dataset& dataset, const DatasetOptions& options) {
  drop_volumes(dataset, options);
  if (!options.mask.empty()) mask_targets(dataset, options.mask);
  read_all_confounds(dataset, options);
  smooth(dataset, options);
  settle_regions(dataset, options.atlas);
}

}  // namespace arcuate
