// Bootstrap intervals of a group's mean: over subjects for many columns at once, and over subjects and the stories that
// each of them heard.
//
// Subjects are drawn with replacement (stats/bootstrap.h). With stories, nested: each drawn subject's stories are drawn
// anew, as if every subject had heard stories of its own (Davison & Hinkley 1997, 3.8); crossed: the drawn stories are
// the same for all subjects (Owen 2007). The interval holds the middle `level` of
//
//   mean over drawn subjects of (mean over drawn stories of value)
#pragma once
#include <ATen/core/Tensor.h>

#include "stats/bootstrap.h"
#include "stats/sign_flip.h"

namespace arcuate {

/// V each, float64; NaN without observations.
struct MeanIntervals {
  at::Tensor low{}, high{};
};
/// The units are subjects; NaN are no observations. Memory holds a block of columns of all units, read anew for each
/// block; neither `threads` nor `memory` (bytes for a block) change the result.
MeanIntervals bootstrap_means(const UnitRows& units, const BootstrapOptions& options, int threads = 1,
                              int64_t memory = int64_t{256} << 20);

enum class StoryDraws { nested, crossed };

/// values: subjects x stories, NaN: not heard. NaN at both ends without observations.
ConfidenceInterval hierarchical_interval(const at::Tensor& values, StoryDraws draws, const BootstrapOptions& options);

}  // namespace arcuate
