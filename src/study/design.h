// From values along a story to the rows of a design: aligned to volumes, delayed, cleaned, story after story.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <string>

#include "study/encoding.h"
#include "study/feature_kinds.h"

namespace arcuate {

/// Values at moments of one story (N x F) -> its volumes' cleaned and delayed rows (T x F delays), float64. Volumes
/// before the first stored row still feed the delays: the listener heard what came then.
at::Tensor story_design(const TimedValues& values, const TimedStory& story, const AlignEntry& options);

/// The rows of all stories. `values_of` gives each story's values.
at::Tensor design_of(const EncodingPlan& plan, const std::function<TimedValues(const TimedStory&)>& values_of);

/// What a space's model gave of one story, extracted under `work`: N x F as stored, at the story's words or, of a model
/// that hears, at the ends of its windows.
TimedValues stored_values(const std::filesystem::path& work, const FeatureSpace& space, const std::string& layer,
                          const TimedStory& story);

/// Values of one story in a feature space: states of `layer` in float64 where it has a model.
TimedValues story_values(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer,
                         const TimedStory& story);
/// Whether the values of a space are those of words, one by one.
bool is_of_words(const FeatureSpace& space);

/// The design of a feature space and layer: rows x F delays.
at::Tensor space_design(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer);

}  // namespace arcuate
