// Within the study layer only: the sections of a study's page, one file for each kind.
#pragma once
#include <string>
#include <vector>

#include "report/figures.h"
#include "study/study_page.h"
#include "study/surface_maps.h"

namespace arcuate::study_page_parts {

/// "0.123", or "n/a" for NaN.
std::string fixed(double value, int digits = 3);
/// Four digits; the tables have all.
std::string p_text(double p);

PageSection scores_section(const EncodingPlan& plan, const Summary& summary);
PageSection layers_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary,
                           const Figures& figures);
PageSection maps_section(const EncodingPlan& plan, const Summary& summary, const SurfaceMaps& maps,
                         const Figures& figures);
PageSection controls_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary,
                             const Figures& figures);
PageSection left_out_section(const EncodingPlan& plan, const Dataset& dataset);
PageSection method_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary);
PageSection repeat_section(const EncodingPlan& plan, const PageEvidence& evidence);

}  // namespace arcuate::study_page_parts
