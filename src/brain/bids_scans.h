// Scans of a derivative dataset of BIDS (fMRIPrep's names): which files belong to one, in the space asked for.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "brain/bids_name.h"
#include "brain/dataset.h"
#include "brain/layout_parts.h"

namespace arcuate {

enum class BidsKind { volume, surface, cifti };

struct BidsScan {
  BidsName name{};  ///< Without hemisphere and description.
  BidsKind kind = BidsKind::volume;
  std::map<std::string, std::filesystem::path> files{};  ///< Hemisphere ("" for one file of all) -> responses.
  std::filesystem::path mask{};                          ///< *_desc-brain_mask.nii.gz of the scan; empty: none.
  std::filesystem::path confounds{};                     ///< *_desc-confounds_timeseries.tsv; empty: none.

  std::string subject() const { return "sub-" + name.of("sub"); }
  /// sub-01_ses-1_task-x_run-1
  std::string id() const;
  const std::filesystem::path& file() const { return files.begin()->second; }
};

/// Folder of the derivatives: options.derivative (fmriprep) below derivatives/, or a path of its own.
std::filesystem::path derivative_folder(const DatasetOptions& options);

/// Scans in the space options.space, written as fMRIPrep's --output-spaces has it (MNI152NLin2009cAsym,
/// MNI152NLin6Asym:res-2, fsaverage5, fsLR:den-91k; "func" is the scan's own), or in the only one that there is:
/// *_desc-preproc_bold.nii[.gz], *_hemi-{L,R}_*bold.func.gii[.gz], *_bold.dtseries.nii, in sub-*/[ses-*/]func. All are
/// of one kind: volumes before CIFTI before surfaces. Errors: input, naming all spaces and resolutions where no or
/// several ones fit.
std::vector<BidsScan> find_bids_scans(const DatasetOptions& options, LeftOut& left_out);

}  // namespace arcuate
