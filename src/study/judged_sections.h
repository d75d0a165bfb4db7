// Within the study layer only: tables of a study file that say what scores are held against, [ceiling], and which
// targets they are of, [localiser].
#pragma once
#include "study/section.h"
#include "study/study.h"

namespace arcuate {

void read_ceiling(StudySection& section, CeilingEntry& ceiling);
void read_localiser(StudySection& section, LocaliserEntry& localiser);
/// What these tables ask for and the study lacks.
void check_judged(const Study& study, Problems& problems);

/// As they are written.
Json settings_of(const CeilingEntry& ceiling);
Json settings_of(const LocaliserEntry& localiser);

}  // namespace arcuate
