#include "study/study_page.h"

#include "core/version.h"
#include "study/study_page_parts.h"

namespace arcuate {

Page study_page(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, const SurfaceMaps* maps,
                const Figures& figures, const PageEvidence& evidence) {
  using namespace study_page_parts;
  Page page{.title = "Brain scores: " + plan.study.name,
            .subtitle = "How well each model's hidden states predict each listener's brain, held out",
            .simulated = dataset.simulated};
  page.sections.push_back(scores_section(plan, summary));
  if (maps) page.sections.push_back(maps_section(plan, summary, *maps, figures));
  page.sections.push_back(layers_section(plan, dataset, summary, figures));
  page.sections.push_back(controls_section(plan, dataset, summary, figures));
  page.sections.push_back(left_out_section(plan, dataset));
  page.sections.push_back(method_section(plan, dataset, summary));
  page.sections.push_back(repeat_section(plan, evidence));
  page.footer = fmt::format(
      "arcuate {}. Full precision, every subject and every seed: the .tsv files beside this page.", version);
  return page;
}

}  // namespace arcuate
