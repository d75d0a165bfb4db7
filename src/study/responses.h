// All subjects' responses side by side: subjects who heard the same stories share one design, so their targets are
// columns of one problem.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "encode/response_store.h"
#include "encode/rows.h"
#include "encode/score.h"
#include "study/study.h"

namespace arcuate {

/// A ceiling of every target, or an end of its interval, as tables and maps have it.
struct NamedCeiling {
  std::string name{}, description{};
  at::Tensor values{};  ///< subjects x targets; of one subject: targets.
};

/// Columns are subject-major: column s * targets + v is target v of subject s; the mean subject, if there, is last.
struct Responses {
  ResponseMatrix matrix{};          ///< rows x (subjects * targets), float64, cleaned; bad columns are 0.
  std::vector<Flag> flags{};        ///< One a column.
  std::vector<RowRange> stories{};  ///< Rows of each story.
  RowRange scored{};                ///< Rows that outer folds test: all, or those of the test stories, the last ones.
  std::vector<std::string> subjects{};  ///< With "mean" last, if asked for.
  std::vector<std::string> targets{};
  at::Tensor
      ceiling{};  ///< subjects x targets: leave-one-out inter-subject correlation of scored rows (NaN for "mean").
  at::Tensor
      repeat_ceiling{};  ///< subjects x targets: CC_max from repeats (NaN for "mean"); undefined without repeats.
  std::vector<NamedCeiling> ceilings{};  ///< All others that follow from responses alone (study/ceilings.h).
  int64_t repeats = 1;                   ///< Times that every subject heard every scored story.
  std::string hash{};                    ///< Of the matrix and the story lengths: part of every encoding unit's key.

  int64_t target_count() const { return static_cast<int64_t>(targets.size()); }
  std::vector<int64_t> story_lengths() const;
  std::vector<RowRange> scored_stories() const;  ///< Counted from the first scored row …
  std::vector<int64_t> scored_lengths() const;
  at::Tensor scored_columns(const RowRange& columns) const;     ///< … as those of these columns.
  std::vector<int64_t> scored_places(const Fold& outer) const;  ///< Places of its test rows among them.
  /// Columns of one subject: of the matrix, or of the numbers that go with its columns.
  RowRange columns_of(int64_t subject) const { return {subject * target_count(), (subject + 1) * target_count()}; }
};

/// Where responses are held while a study is worked on.
struct ResponsePlace {
  int64_t memory = INT64_MAX;      ///< Bytes that they may take of it; if they need more they go to a scratch file
  std::filesystem::path folder{};  ///< in this folder.
  bool intervals = true;  ///< Of ceilings, if the study asks for them: they take long, and results alone need them.
  int threads = 1;        ///< For them, and to read recordings that were not kept; numbers do not depend on it.
};

/// Trims, detrends, filters and (if asked) z-scores each recording, takes its confounds out, averages repeats, stacks
/// stories in time and subjects in columns, one subject after another. Recordings are given up as they are used, so
/// that not all are in memory twice. Errors: input, when subjects did not hear the same stories or a recording changed
/// since it was looked at.
Responses clean_responses(const Study& study, Dataset& dataset, const ResponsePlace& place = {});

/// Trim, high-pass and z-score of one story's rows: the same for design and responses.
at::Tensor clean_story(const at::Tensor& series, const AlignEntry& align, double tr);

}  // namespace arcuate
