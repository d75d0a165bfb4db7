// The tables of a study's output: tidy rows, and a sidecar that describes every column.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "study/summary.h"

namespace arcuate {

struct TableColumn {
  std::string name{}, description{};
};

struct TidyTable {
  std::vector<TableColumn> columns{};
  std::vector<std::vector<std::string>> rows{};
  std::vector<std::string> names() const;
};

/// Targets of one hemisphere and region.
struct NamedRegion {
  std::string hemisphere{}, name{};
  std::vector<int64_t> targets{};  ///< Places in the list of targets.
};
/// In the order of hemispheres and names; a region without a name holds the targets that lie in none.
std::vector<NamedRegion> named_regions(const std::vector<TargetPlace>& places);

/// One row a feature space, layer and target of one subject.
TidyTable score_table(const EncodingPlan& plan, const Summary& summary, size_t subject);
/// One row a feature space, layer, hemisphere and region of one subject: for targets that are vertices of a surface,
/// whose own numbers lie in maps.
TidyTable region_table(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, size_t subject);
/// One row a target without a score, over all subjects.
TidyTable flagged_table(const EncodingPlan& plan, const Dataset& dataset);
/// One row a feature space and layer: the mean subject by target, single subjects, tests, increments.
TidyTable group_table(const EncodingPlan& plan, const Summary& summary);
/// One row a feature space and subject, with the layer chosen on training folds.
TidyTable headline_table(const EncodingPlan& plan, const Summary& summary);
/// One row a feature space, layer, subject and test story, and one of their mean.
TidyTable story_table(const EncodingPlan& plan, const Summary& summary);
/// One row a layer with several seeds.
TidyTable spread_table(const Summary& summary);

/// TSV and JSON sidecar beside it. `simulated` is written into the sidecar.
void write_table(const std::filesystem::path& path, const TidyTable& table, const std::string& description,
                 bool simulated);

}  // namespace arcuate
