#include "study/analysis.h"

#include "core/text.h"
#include "io/hdf5.h"

namespace arcuate {

#define ARCUATE_ANALYSIS(name) extern const AnalysisKind name##_kind;
#include "generated/kinds.inc"
#undef ARCUATE_ANALYSIS

std::vector<const AnalysisKind*> analysis_kinds() {
  return {
#define ARCUATE_ANALYSIS(name) &name##_kind,
#include "generated/kinds.inc"
#undef ARCUATE_ANALYSIS
  };
}

std::filesystem::path AnalysisOutput::file(const std::string& name, const std::string& ending) const {
  return folder_ / "group" /
         fmt::format("task-{}_desc-{}_{}{}", bids_label(study_.name), bids_label(name), bids_label(name_), ending);
}

void AnalysisOutput::table(const std::string& name, const TidyTable& table, const std::string& description) const {
  write_table(file(name, ".tsv"), table, description, simulated_);
}

std::filesystem::path analysis_file(const AnalysisInput& input, const std::string& place) {
  return input.plan.work / input.name / (place + ".h5");
}

std::string encoding_key(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer) {
  const auto id = "encode/" + space.id + "/layer-" + layer;
  for (const auto& unit : input.encodings)
    if (unit.id == id) return unit.key;
  fail(Fault::failed, "no unit '{}' in this study", id);
}

Unit analysis_unit(const AnalysisInput& input, const Json& settings, const std::string& place, const Json& depends_on,
                   std::function<void(const Compute&, Hdf5Writer&)> write) {
  return {.id = input.name + "/" + place,
          .key = unit_key({{"kind", "analysis"}, {"place", place}, {"settings", settings}, {"depends_on", depends_on}}),
          .output = analysis_file(input, place),
          .make = [write = std::move(write)](const Unit& unit, const Compute& compute) {
            Hdf5Writer file(unit.output);
            file.attribute("format", std::string("arcuate analysis 1"));
            file.attribute("key", unit.key);
            write(compute, file);
            file.finish();
          }};
}

}  // namespace arcuate
