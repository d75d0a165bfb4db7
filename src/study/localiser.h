// The targets that a study is about: those that respond, by a map of the user's own or by a ceiling. All others are
// masked: they have no score and count in no mean.
#pragma once
#include <string>
#include <vector>

#include "study/ceilings.h"

namespace arcuate {

/// Whether repeats say which targets respond.
bool asks_repeats(const LocaliserEntry& localiser);
/// One subject's values from repeats, V. Errors: usage, where the stories were heard once.
at::Tensor localiser_of_repeats(const Study& study, const StackedRepeats& repeats);
/// The user's own: subjects x targets, NaN where the file says nothing. A .npy array (targets, or subjects x targets),
/// or a table (.tsv, .csv) with the columns `target`, `value` and, if subjects differ, `subject`. Errors: input.
at::Tensor localiser_map(const LocaliserEntry& localiser, const std::vector<std::string>& subjects,
                         const std::vector<std::string>& targets);

/// The targets of each named region of each hemisphere, ascending. Errors: usage, where there is none.
std::vector<at::Tensor> targets_of_regions(const std::vector<TargetPlace>& places);

/// Targets that respond, subjects x targets, bool. `values`: NaN for targets that are out of the question. The top
/// percentage is of each subject's others, rounded, at least one; of equal values the first are taken. `regions`
/// (targets_of_regions) where the percentage is of each one's. Errors: input, for subjects of whom none responds.
at::Tensor responding_targets(const LocaliserEntry& localiser, const at::Tensor& values,
                              const std::vector<std::string>& subjects, const std::vector<at::Tensor>& regions);

/// What was done, and whether the choice has seen what it is judged on; "" without a localiser.
std::string localiser_paragraph(const EncodingPlan& plan);

}  // namespace arcuate
