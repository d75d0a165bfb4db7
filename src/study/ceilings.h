// How well a study's responses could be predicted at best: ceilings from repeats and from other subjects, with
// intervals.
//
// The ceiling "other_subjects" (Caucheteux, Gramfort & King 2023) predicts each subject from the mean of the others'
// z-scored responses, of all targets side by side and without delays, by the ridge regression and on the folds of the
// brain scores. Being costly it is a unit of work for each subject; all else comes with the responses.
#pragma once
#include <string>
#include <vector>

#include "stats/block_bootstrap.h"
#include "study/encoding.h"

namespace arcuate {

/// Repeats of stories, one story after another in time.
struct StackedRepeats {
  at::Tensor values{};             ///< N x T x V; undefined where a story was heard once.
  std::vector<int64_t> lengths{};  ///< Of the stories.
  int64_t count = 1;               ///< N, of the story heard least often.
};
/// heard: [story][repeat], T x V each.
StackedRepeats stacked_repeats(const std::vector<std::vector<at::Tensor>>& heard, const std::vector<size_t>& stories);

/// The bootstrap that the study asks for over rows of these stories.
BlockBootstrap ceiling_bootstrap(const Study& study, const std::vector<int64_t>& story_lengths);

/// Of one subject: CC_max, then what else the study asks for. Every subject's have the same names. None without
/// repeats.
std::vector<NamedCeiling> ceilings_of_repeats(const Study& study, const StackedRepeats& repeats,
                                              const ResponsePlace& place);
/// Both ends of an interval of the ceiling `name`.
std::vector<NamedCeiling> interval_ends(const std::string& name, const TargetIntervals& interval, double level);

/// Those of the kind "other_subjects". Errors: usage, for a study of one subject.
std::vector<Unit> ceiling_units(const EncodingPlan& plan);

/// Ceilings besides inter-subject correlation and CC_max, once the units are finished.
std::vector<NamedCeiling> all_ceilings(const EncodingPlan& plan);
/// What there is to say of them, one paragraph each.
std::vector<std::string> ceiling_paragraphs(const EncodingPlan& plan, const std::vector<NamedCeiling>& ceilings);

}  // namespace arcuate
