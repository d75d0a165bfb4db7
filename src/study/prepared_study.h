// A study with its data read and its work listed, before anything is computed: what `run`, `plan` and `merge` start
// from.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "core/file_stamps.h"
#include "study/analysis.h"

namespace arcuate {

/// What a study is prepared for.
enum class StudyUse {
  results,  ///< Units, and all that follows from them.
  units     ///< Units alone: intervals of ceilings are not computed.
};

/// Its parts refer to each other, so it stays where it is made. Errors: usage and input, all that can be known before
/// work starts.
struct PreparedStudy {
  PreparedStudy(const Study& described, const std::filesystem::path& output_folder, const StudyMachine& machine = {},
                StudyUse use = StudyUse::results);
  PreparedStudy(const PreparedStudy&) = delete;
  PreparedStudy& operator=(const PreparedStudy&) = delete;

  /// Every file that results depend on.
  std::vector<std::filesystem::path> inputs() const;

  const Study study;
  const std::filesystem::path output, work;
  Dataset dataset;                        ///< Without its recordings: they have become responses.
  const std::optional<SurfaceMaps> maps;  ///< Where targets lie on surfaces.
  const std::vector<TimedStory> stories;
  const std::vector<FeatureSpace> spaces;
  const Responses responses;
  const EncodingPlan plan;
  WorkGraph graph{};
  std::vector<AnalysisInput> analyses{};  ///< One an analysis of the study.
  FileStamps stamps{};                    ///< Of the inputs, as they were read.
};

}  // namespace arcuate
