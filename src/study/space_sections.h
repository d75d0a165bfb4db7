// What a study encodes: how [[model]] and [[feature]] are read.
#pragma once
#include "study/section.h"
#include "study/study.h"

namespace arcuate {

void read_model(StudySection& section, ModelEntry& model);
void read_feature(StudySection& section, FeatureEntry& feature);

}  // namespace arcuate
