// The units of a study that extract the states of its models along its stories.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/model.h"
#include "study/spaces.h"
#include "study/work_graph.h"

namespace arcuate {

/// One unit a model (or twin) and story: the states, or other units, of all its layers; of a model that hears, along
/// the story's recording. Errors: input, for a story without one.
std::vector<Unit> extraction_units(const Study& study, const std::vector<FeatureSpace>& spaces,
                                   const std::vector<TimedStory>& stories, const std::filesystem::path& work,
                                   Units tapped = Units::residual);
/// The units that hold a space's states; none for a space without a model.
std::vector<std::string> extraction_ids(const FeatureSpace& space, const std::vector<TimedStory>& stories);
std::filesystem::path activation_file(const std::filesystem::path& work, const FeatureSpace& space,
                                      const std::string& story);

}  // namespace arcuate
