#include "study/analysis.h"

#include <algorithm>
#include <set>

#include "core/files.h"
#include "core/hash.h"
#include "core/text.h"

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

std::string analysis_heading(const std::string& title, const std::string& kind, const std::string& name) {
  return name == kind ? title : title + ": " + name;
}

MapPlaces map_places(const AnalysisInput& input) {
  return {.dataset = &input.dataset, .surfaces = input.maps, .pycortex = input.plan.study.maps.pycortex};
}

std::filesystem::path AnalysisOutput::file(const std::string& name, const std::string& ending) const {
  return folder_ / "group" /
         fmt::format("task-{}_desc-{}_{}{}", bids_label(study_.name), bids_label(name), bids_label(name_), ending);
}

void AnalysisOutput::table(const std::string& name, const TidyTable& table, const std::string& description) const {
  write_table(file(name, ".tsv"), table, description, simulated_);
}

void AnalysisOutput::maps(const MapPlaces& places, const std::string& subject, const TargetMaps& own,
                          const std::string& description) const {
  const auto label = bids_subject(subject);
  const auto folder = folder_ / label / "func";
  ensure_writable_folder(folder);
  const auto name =
      fmt::format("{}_task-{}{{place}}_desc-{}_statmap", label, bids_label(study_.name), bids_label(name_));
  write_target_maps(places, own, folder / name, {{"Description", description}, {"Simulated", simulated_}});
}

std::filesystem::path analysis_file(const AnalysisInput& input, const std::string& place) {
  return input.plan.work / input.name / (place + ".h5");
}

std::vector<int64_t> targets_in(const AnalysisInput& input, const std::vector<std::string>& regions) {
  const auto& places = input.dataset.places;
  std::vector<int64_t> chosen;
  std::set<std::string> known;
  for (size_t v = 0; v < input.dataset.targets.size(); ++v) {
    const auto& region = places.empty() ? input.dataset.targets[v] : places[v].region;
    if (!region.empty()) known.insert(region);
    if (regions.empty() || std::find(regions.begin(), regions.end(), region) != regions.end())
      chosen.push_back(static_cast<int64_t>(v));
  }
  Problems problems(fmt::format("the analysis '{}' names regions that are not there", input.name), Fault::usage);
  for (const auto& region : regions)
    if (!known.contains(region))
      problems.add("no target lies in the region '{}'{}", region,
                   suggestion(region, std::vector<std::string>(known.begin(), known.end())));
  problems.raise();
  return chosen;
}

std::string encoding_key(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer) {
  return input.graph.at(encoding_id(space.id, layer)).key;
}

// Which targets a region holds, and where they lie.
static std::string targets_hash(const AnalysisInput& input) {
  Json targets = input.dataset.targets;
  for (const auto& place : input.dataset.places) targets.push_back({place.hemisphere, place.vertex, place.region});
  return sha256(json_text(targets, -1));
}

std::string analysis_id(const AnalysisInput& input, const std::string& place) { return input.name + "/" + place; }

Unit analysis_unit(const AnalysisInput& input, AnalysisWork work,
                   std::function<void(const Compute&, Hdf5Writer&)> write) {
  return {.id = analysis_id(input, work.place),
          .stage = work.kind.empty() ? input.name : input.name + "/" + work.kind,
          .format = "arcuate analysis 1",
          .depends_on = {{"kind", "analysis"},
                         {"place", work.place},
                         {"settings", std::move(work.settings)},
                         {"targets", targets_hash(input)},
                         {"depends_on", std::move(work.depends_on)}},
          .inputs = std::move(work.inputs),
          .output = analysis_file(input, work.place),
          .needs = std::move(work.needs),
          .write = std::move(write)};
}

}  // namespace arcuate
