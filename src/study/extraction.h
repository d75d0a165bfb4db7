// The units of a study that extract the states of its models along its stories.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/model.h"
#include "study/encoding.h"
#include "study/spaces.h"
#include "study/work_graph.h"

namespace arcuate {

/// What extraction is made from. `study` and `stories` outlive the units.
struct ExtractionWork {
  const Study& study;
  const std::vector<TimedStory>& stories;
  std::filesystem::path work{};  ///< Folder of the outputs, and of scratch files.
  StudyMachine machine{};
  Units tapped = Units::residual;
};
ExtractionWork extraction_work(const EncodingPlan& plan);

/// One unit a model (or twin) and story: the states, or other units, of all its layers; of a model that hears, along
/// the story's recording; of a decoder, along the story's words in it. Stories of a model that is read layer by layer
/// go through it together; recordings, whose states between two layers take gigabytes each, one at a time. Errors:
/// input, for a story without a recording.
std::vector<Unit> extraction_units(const ExtractionWork& work, const std::vector<FeatureSpace>& spaces);
/// The units that hold a space's states; none for a space without a model.
std::vector<std::string> extraction_ids(const FeatureSpace& space, const std::vector<TimedStory>& stories);
std::filesystem::path activation_file(const std::filesystem::path& work, const FeatureSpace& space,
                                      const std::string& story);

/// Whether the space's model is read layer by layer on this machine.
bool is_streamed(const ExtractionWork& work, const FeatureSpace& space);
/// The space's model (of a decoder: without the encoder), whole or to be read layer by layer.
Model load_model(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute);

}  // namespace arcuate
