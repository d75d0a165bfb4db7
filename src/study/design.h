// From values of words to the rows of a design: aligned to volumes, delayed, cleaned, story after story.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

#include "study/encoding.h"

namespace arcuate {

/// Values of one story's words (W x F) -> its volumes' cleaned and delayed rows (T x F delays), float64. Volumes before
/// the first stored row still feed the delays: the listener heard those words.
at::Tensor story_design(const at::Tensor& values, const TimedStory& story, const AlignEntry& options);

/// The rows of all stories. `values_of` gives each story's W x F.
at::Tensor design_of(const EncodingPlan& plan, const std::function<at::Tensor(const TimedStory&)>& values_of);

/// W x F of one story in a feature space: states of `layer` where it has a model. float64.
at::Tensor word_values(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer,
                       const TimedStory& story);

/// The design of a feature space and layer: rows x F delays.
at::Tensor space_design(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer);

}  // namespace arcuate
