// Where the voxels of ds003020 lie: its database of pycortex and its subjects of FreeSurfer.
//   derivative/subject_xfms.json                                  name of each subject's transform
//   derivative/pycortex-db/SUBJECT/transforms/NAME/mask_thick.nii.gz   the voxels: not 0, x running fastest, then y
//                                                  reference.nii.gz    affine of the volume
//                                                  matrices.xfm        from points of surfaces to voxels
//   derivative/pycortex-db/SUBJECT/surfaces/{wm,pia,inflated}_{lh,rh}.gii
//   derivative/freesurfer_subjdir/SUBJECT/{surf/lh.sulc,label/lh.aparc.annot}
// pycortex turns a volume round to (z, y, x) and takes the voxels of a mask in C order, hence x fastest; its surfaces
// have FreeSurfer's vertices, moved to the scanner's space (cortex/database.py, freesurfer.py).
#pragma once
#include "brain/dataset.h"

namespace arcuate {

/// Adds grid, surfaces and places, or a note on what is missing for them. Errors: input, for a mask of other than as
/// many voxels as there are targets, and files that do not fit together.
void add_lebel_space(const DatasetOptions& options, Dataset& dataset);

}  // namespace arcuate
