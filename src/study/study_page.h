// The page that a person reads first: maps, headline scores, layers, controls, what was left out, how it was done and
// how to do it again.
#pragma once
#include <string>

#include "io/json.h"
#include "report/figures.h"
#include "study/summary.h"
#include "study/surface_maps.h"

namespace arcuate {

/// What the page says about where its numbers come from.
struct PageEvidence {
  Json manifest{};        ///< As written beside the page.
  std::string study{};    ///< The resolved study file.
  std::string command{};  ///< What repeats the run.
};

/// `maps` may be null: targets that lie on no surface have none. Figures are written as files as well.
Page study_page(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, const SurfaceMaps* maps,
                const Figures& figures, const PageEvidence& evidence);

}  // namespace arcuate
