// The page of a study: what was done, headline scores, layer curves, the group table.
#pragma once
#include "report/page.h"
#include "study/summary.h"

namespace arcuate {

Page study_page(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary);

}  // namespace arcuate
