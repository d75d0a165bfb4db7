// Encoding units: one feature space and layer against all subjects, with scores, permutation tests and increments.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "study/responses.h"
#include "study/spaces.h"
#include "study/study_machine.h"
#include "study/work_graph.h"

namespace arcuate {

/// What every encoding unit of a study shares.
struct EncodingPlan {
  const Study& study;
  const Responses& responses;
  const std::vector<TimedStory>& stories;
  std::vector<RidgeSplit> splits{};
  std::vector<std::vector<int64_t>> shifts{};  ///< Circular shifts of the permutation tests.
  at::Tensor control_design{};                 ///< rows x control features; undefined without controls.
  std::filesystem::path work{};
  int64_t columns = 0;     ///< Encoded together, which changes memory and speed only.
  StudyMachine machine{};  ///< As is this.
};
EncodingPlan plan_encoding(const Study& study, const Responses& responses, const std::vector<TimedStory>& stories,
                           const std::vector<FeatureSpace>& spaces, const std::filesystem::path& work);

/// As many columns, or the next smaller number that scores do not depend on; the smallest such number where there is
/// none.
int64_t encode_columns(int64_t most);

/// What every encoding unit depends on: settings, responses, times.
Json encoding_identity(const EncodingPlan& plan);

/// One score table of a unit: everything a C x 1 column of the responses has. C = subjects * targets, S = subjects, m
/// draws.
struct EncodingScores {
  at::Tensor r, r2, p;                 ///< C
  at::Tensor penalties, inner_scores;  ///< folds x C
  at::Tensor story_r;                  ///< scored stories x C; undefined without test stories.
  at::Tensor subject_null;             ///< m x S: null of the mean r over a subject's good targets
  at::Tensor increment,
      increment_p;            ///< C: r of the joint model minus r of the controls alone; undefined without controls
  at::Tensor increment_null;  ///< m x S: as subject_null, for the increment
};

/// A unit a space and layer, and before them one of the controls together, "controls", when there are any.
std::vector<Unit> encoding_units(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces);
std::string encoding_id(const std::string& space_id, const std::string& layer);
std::filesystem::path encoding_file(const std::filesystem::path& work, const std::string& space_id,
                                    const std::string& layer);
EncodingScores read_encoding(const std::filesystem::path& path);
/// Of some columns alone, without null distributions.
EncodingScores read_encoding(const std::filesystem::path& path, const RowRange& columns);
/// Held-out predictions of a unit, scored rows x count in float32, of the columns first, first + 1, …: those of all
/// columns and units would fill the memory.
at::Tensor read_predictions(const std::filesystem::path& path, int64_t first, int64_t count);

/// Mean over the good targets of each subject: C -> S (or m x C -> m x S). NaN for a subject without any.
at::Tensor subject_means(const at::Tensor& values, const Responses& responses);

}  // namespace arcuate
