#include "study/prepared_study.h"

#include "core/memory.h"

namespace arcuate {
namespace {

std::optional<SurfaceMaps> surfaces_of(const Dataset& dataset) {
  if (!has_surfaces(dataset)) return {};
  return std::optional<SurfaceMaps>(std::in_place, dataset);
}

}  // namespace

PreparedStudy::PreparedStudy(const Study& described, const std::filesystem::path& output_folder)
    : study(described),
      output(output_folder),
      work(output / "work"),
      dataset(read_dataset(study.dataset)),
      maps(surfaces_of(dataset)),
      stories(read_stories(study, dataset)),
      spaces(feature_spaces(study)),
      responses(clean_responses(study, dataset)),
      plan(plan_encoding(study, responses, stories, spaces, work)) {
  stamps = FileStamps(inputs());
  for (auto& unit : extraction_units(study, spaces, stories, work)) graph.add(std::move(unit));
  for (auto& unit : encoding_units(plan, spaces)) graph.add(std::move(unit));
  analyses.reserve(study.analyses.size());  // units refer to them
  for (const auto& entry : study.analyses) {
    analyses.push_back({.plan = plan,
                        .dataset = dataset,
                        .spaces = spaces,
                        .graph = graph,
                        .maps = maps ? &*maps : nullptr,
                        .name = entry.name});
    for (auto& unit : entry.analysis->units(analyses.back())) graph.add(std::move(unit));
  }
  release_freed_memory();
}

std::vector<std::filesystem::path> PreparedStudy::inputs() const {
  auto files = dataset.inputs;
  for (const auto& space : spaces)
    if (space.model && space.training == Training::trained) files.push_back(space.model->path);
  for (const auto& space : spaces)
    if (space.feature && space.feature->kind == "file")
      for (const auto& story : stories) files.push_back(feature_file(*space.feature, story.stimulus->name));
  for (const auto& entry : study.analyses)
    for (const auto& file : entry.analysis->files()) files.push_back(file);
  return files;
}

}  // namespace arcuate
