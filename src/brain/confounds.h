// Confounds of a scan: what else made the signal move, by the tables that fMRIPrep writes
// (*_desc-confounds_timeseries.tsv). Shapes: T volumes, K regressors.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "io/table.h"

namespace arcuate {

/// The columns that `wanted` stands for, in the order of the table, each once. An entry is the name of a column, or of
/// a strategy: motion6 (trans_x … rot_z), motion12 (and their derivatives), motion24 (and the squares of both), wm_csf,
/// global, cosine; acompcor, ccompcor, wcompcor, tcompcor (components of both masks, of cerebrospinal fluid, of white
/// matter, of the most variable voxels), whose first N are acompcor:N. Errors: usage; all unknown names (with the
/// nearest one) and all strategies whose columns are not there at once.
std::vector<size_t> confound_columns(const Table& table, const std::vector<std::string>& wanted);

/// These columns as T x K, float64. Derivatives are n/a in the first row: the second row's value stands there, as in
/// nilearn. Errors: as above; input, for other cells that are no finite numbers, all at once.
at::Tensor confound_values(const Table& table, const std::vector<std::string>& wanted);
/// Of a file. Errors: input, too, for a table of other than `volumes` rows.
at::Tensor read_confounds(const std::filesystem::path& path, const std::vector<std::string>& wanted, int64_t volumes);

/// Volumes at the start up to the last that a column non_steady_state_outlierNN marks.
int64_t unsteady_volumes(const Table& table);
int64_t unsteady_volumes(const std::filesystem::path& path);

}  // namespace arcuate
