// What units that run a model are expected to need, from shapes alone: of a model whose weights are all in memory, or
// of one that is read layer by layer, as it keeps within the limit.
#pragma once
#include "study/extraction.h"

namespace arcuate {

/// States (or other units) of all the space's layers along a story. Work: multiplications.
UnitNeeds reading_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story);

/// The same of a model that hears. Errors: input, for a recording or a model that cannot be read.
UnitNeeds hearing_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story);

/// The same of a decoder that reads the words while it looks at what an encoder heard. Errors: as above.
UnitNeeds hearing_and_reading_needs(const ExtractionWork& work, const FeatureSpace& space, size_t story);

/// States of one layer in `texts` texts of `words` words; `ahead` words after each word are read anew, or the whole
/// text where it is 0.
struct TwinCount {
  int64_t words = 0, texts = 0, ahead = 0, layer = 0;
};
UnitNeeds twin_needs(const ExtractionWork& work, const FeatureSpace& space, const TwinCount& count);

}  // namespace arcuate
