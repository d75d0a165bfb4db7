// Recordings and what was heard: what every dataset layout delivers. One file in brain/layout/ a layout.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "brain/atlas.h"
#include "brain/clean.h"
#include "brain/cortex.h"
#include "brain/voxel_grid.h"
#include "io/cifti.h"

namespace arcuate {

/// One story and how its recordings lie in time.
struct Stimulus {
  std::string name{};
  std::filesystem::path words{};  ///< TextGrid or word table.
  std::filesystem::path sound{};  ///< What was heard; may be empty.
  double sound_start = 0;         ///< Time of its first sample, in seconds on the clock of the words.
  double tr = 0;                  ///< Seconds from volume to volume.
  double first_volume = 0;        ///< Centre of the first volume of the scan, in seconds on the clock of the words.
  int64_t lead = 0;               ///< Volumes of the scan before the first stored row (stimulus was on, data were cut).
  int64_t volumes = 0;            ///< Stored rows.
};

/// Where the confounds of a recording are, and which of the table's rows are those of the recording.
struct ConfoundFile {
  std::filesystem::path path{};  ///< Empty: there is none.
  int64_t rows = 0;              ///< Volumes of the scan that was stored, and rows that the table must have.
  int64_t first = 0;             ///< Of them, those that the layout left away at the start.
};

struct Recording {
  size_t subject = 0, story = 0;       ///< Indices into the dataset's lists.
  int64_t repeat = 0;                  ///< A story heard again by the same subject is another repeat.
  at::Tensor responses{};              ///< volumes x targets, float64, as stored; undefined where it is not kept.
  std::function<at::Tensor()> read{};  ///< Reads them.
  bool dead = false;                   ///< Every target is constant or not finite.
  ConfoundFile confound_file{};
  at::Tensor confounds{};  ///< volumes x regressors, float64: what options.clean asks for; undefined: nothing.
};

/// The responses of a recording, which lets go of them.
at::Tensor take_responses(Recording& recording);

struct Dataset;
/// From now on the recording has what `how` makes of its responses: at once if they are kept, else when they are read.
void change_recording(Dataset& dataset, Recording& recording, std::function<at::Tensor(const at::Tensor&)> how);

/// Where a target lies in the cortex. The target is a vertex of a surface; or a voxel, which has a hemisphere and a
/// region by the vertex nearest to it.
struct TargetPlace {
  std::string hemisphere{};  ///< "L" or "R"; empty for a voxel that is near no surface.
  int64_t vertex = 0;        ///< From 0: the target itself, or the nearest; -1: none.
  std::string region{};      ///< Named patch or parcel; may be empty.
};

struct Dataset {
  std::vector<std::string> subjects{};
  std::vector<std::string> targets{};  ///< Voxels or regions, the same for all subjects.
  std::vector<TargetPlace> places{};   ///< One a target, or none when nothing is known of where they lie.
  VoxelGrid grid{};                    ///< Of targets that are voxels; else empty.
  CiftiHeader dense{};                 ///< Models and grid of targets that are places of CIFTI; else without models.
  Cortex surfaces{};                   ///< On which targets lie, or which run through their grid; may be empty.
  std::vector<Stimulus> stories{};
  std::vector<Recording> recordings{};
  int64_t kept_bytes = 0;                       ///< Of recordings in memory.
  std::vector<std::string> matches{};           ///< What was taken to belong together, where names of files tell.
  std::vector<std::string> notes{};             ///< What was left out and why.
  std::vector<std::filesystem::path> inputs{};  ///< Every file that was read.
  bool simulated = false;
};

struct DatasetOptions {
  std::string layout = "arrays";
  std::filesystem::path root{};
  std::vector<std::string> subjects{"all"};  ///< Names, or "all".
  std::vector<std::string> stories{"all"};
  std::filesystem::path surfaces{};  ///< Folder of surfaces and regions (find_cortex); empty: those of the layout.
  std::string parcellation{};        ///< Annotation of FreeSurfer that names regions; empty: "aparc" if it is there.
  double region_distance = 4;        ///< Voxels: mm to the nearest vertex that names their region, at most.
  std::string roi_radius = "6mm";    ///< alice: "6mm" or "10mm" spheres.
  std::string derivative{};          ///< narratives, bids: folder of derivatives/; empty: the layout's own.
  std::string space{};               ///< narratives, bids: as in the names of files; empty: the layout's own.
  std::filesystem::path tasks{}, exclusions{};  ///< narratives: tables in the place of the program's own. bids: tasks.
  std::vector<std::filesystem::path> mask{};    ///< Targets that take part (brain/target_mask.h); empty: all, and of
                                                ///< bids the voxels in the scans' own brain masks.
  CleanOptions clean{};
  AtlasOptions atlas{};
  /// Recordings are read once to be looked at and stay in memory up to so many bytes; the others are read again when
  /// they are needed.
  int64_t kept_bytes = INT64_MAX;
  int threads = 1;  ///< That read files; what is read does not depend on it.
};

struct Layout {
  const char* name;
  const char* summary;
  Dataset (*read)(const DatasetOptions& options);
};
std::vector<const Layout*> layouts();

/// Reads a dataset. A subject whose every target is bad (constant, NaN) is left out with a note. Of options.clean, the
/// first volumes are dropped and the others smoothed; confounds are read for who cleans the responses. Then regions are
/// settled (brain/atlas.h).
/// Errors: usage for unknown layouts, subjects, stories and confounds (nearest name); input for files.
Dataset read_dataset(const DatasetOptions& options);

/// For layouts: adds what `recording.read` gives, looked at and kept as far as the options allow. `responses`: what was
/// read already.
void add_recording(Dataset& dataset, const DatasetOptions& options, Recording recording);

/// The names asked for, in the order of `available`; "all" is all of them. Errors: usage, with the nearest name.
std::vector<std::string> chosen_names(const std::vector<std::string>& wanted, const std::vector<std::string>& available,
                                      const std::string& what);

}  // namespace arcuate
