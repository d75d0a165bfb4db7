// What units of a study are expected to need, from shapes alone: memory, disk and work. Arrays are counted where they
// are large; what is small is left out.
#pragma once
#include "model/extract.h"
#include "study/encoding.h"

namespace arcuate {

/// Scores of `distances` windows at every column; states of `ahead` words after each of `words` words.
UnitNeeds forecast_needs(const EncodingPlan& plan, const FeatureSpace& space, int64_t words, int64_t ahead,
                         int64_t distances);

/// Features of a space and layer at a word.
int64_t feature_width(const FeatureSpace& space, const std::vector<TimedStory>& stories);

/// One layer of a space against all responses, `columns` at a time. `widths`: features of each band, before delays: the
/// controls first where they are there. Work: multiplications. `delays`: of each band, if not the study's.
UnitNeeds encoding_needs(const EncodingPlan& plan, const std::vector<int64_t>& widths, int64_t columns,
                         int64_t delays = 0);

/// The most columns encoded at once that take no more than so many bytes, or the fewest there can be.
int64_t fitting_columns(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces, int64_t bytes, int threads);

/// Of writing the results: layer by layer and subject by subject, but for the headlines.
UnitNeeds result_needs(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces);

}  // namespace arcuate
