// `encode --inner loo` and `--inner gcv`: penalties without inner folds, and the warning that goes with them.
#pragma once
#include <string>

#include "encode/inner_folds.h"
#include "encode/ridge.h"
#include "io/json.h"

namespace arcuate {

PenaltyCriterion criterion_of(InnerRule rule);

/// Why the criterion is wrong for recordings; nothing for folds.
std::string criterion_warning(PenaltyCriterion criterion);

/// Keys of the manifest's `penalties`: what they were chosen by, and the warning; nothing for folds.
void record_criterion(PenaltyCriterion criterion, Json& penalties);

}  // namespace arcuate
