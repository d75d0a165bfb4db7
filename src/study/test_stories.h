// Stories that a study keeps for scoring: models of all others predict them.
#pragma once
#include "study/study.h"

namespace arcuate {

/// Puts the study's test stories after the others, in their order, so that scored rows are one range. Errors: usage
/// (names that are not there, no story left to train on).
void put_test_stories_last(const Study& study, Dataset& dataset);

}  // namespace arcuate
