// Shards of a study that were worked on apart: what each leaves behind, and how they are joined.
#pragma once
#include <filesystem>
#include <vector>

#include "cli/run.h"
#include "study/results.h"

namespace arcuate {

/// Leaves logs/shard-I-of-N.json: of which study a part is, how it was run, and what computed it.
void record_shard(const PreparedStudy& prepared, const Shard& shard, const cli::Record& record);

/// Brings the finished units of the folders `parts` together in `output` (which may be one of them) and writes the
/// results, with the bytes of a run that was not divided. The study is the one that the shards recorded. Warns when
/// processors with other kernels computed them. Errors: partial, naming the shards and units that are missing; input,
/// when there is no record of a shard, or records of several studies.
StudyOutputs merge_study(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& output,
                         cli::Run& run);

}  // namespace arcuate
