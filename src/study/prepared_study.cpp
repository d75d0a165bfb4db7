#include "study/prepared_study.h"
#include "study/extraction.h"
#include "study/feature_kinds.h"

#include "core/memory.h"
#include "study/ceilings.h"
#include "study/study_needs.h"
#include "study/test_stories.h"

namespace arcuate {
namespace {

std::optional<SurfaceMaps> surfaces_of(const Dataset& dataset, const MapsEntry& maps) {
  check_pycortex(dataset, maps.pycortex);
  if (!has_surfaces(dataset)) return {};
  return std::optional<SurfaceMaps>(std::in_place, dataset, maps.depths);
}

int64_t response_memory(const StudyMachine& machine) { return memory_limit(machine.memory).bytes / 4; }

Dataset dataset_of(const Study& study, const StudyMachine& machine) {
  auto options = study.dataset;
  options.kept_bytes = response_memory(machine);
  options.threads = machine.threads;
  auto dataset = read_dataset(options);
  put_test_stories_last(study, dataset);
  return dataset;
}

// On the disk of the results; folders are not made for a study that may yet be refused. `plan` may have no output.
std::filesystem::path scratch_folder(const std::filesystem::path& output) {
  if (output.empty()) return std::filesystem::temp_directory_path();
  auto folder = std::filesystem::absolute(output);
  while (!std::filesystem::is_directory(folder) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

EncodingPlan fitted(EncodingPlan plan, const std::vector<FeatureSpace>& spaces, const StudyMachine& machine) {
  plan.machine = machine;
  plan.columns = fitting_columns(plan, spaces, memory_limit(machine.memory).bytes - resident_bytes(), machine.threads);
  return plan;
}

}  // namespace

PreparedStudy::PreparedStudy(const Study& described, const std::filesystem::path& output_folder,
                             const StudyMachine& machine, StudyUse use)
    : study(described),
      output(output_folder),
      work(output / "work"),
      dataset(dataset_of(study, machine)),
      maps(surfaces_of(dataset, study.maps)),
      stories(read_stories(study, dataset)),
      spaces(feature_spaces(study)),
      responses(clean_responses(study, dataset,
                                {.memory = response_memory(machine),
                                 .folder = scratch_folder(output),
                                 .intervals = use == StudyUse::results,
                                 .threads = machine.threads})),
      plan(fitted(plan_encoding(study, responses, stories, spaces, work), spaces, machine)) {
  stamps = FileStamps(inputs());
  const auto add = [&](std::vector<Unit> units) {
    for (auto& unit : units) {
      if (!machine.device.is_cpu()) unit.depends_on["device"] = c10::DeviceTypeName(machine.device.type(), true);
      graph.add(std::move(unit));
    }
  };
  add(extraction_units(extraction_work(plan), spaces));
  add(encoding_units(plan, spaces));
  add(ceiling_units(plan));
  analyses.reserve(study.analyses.size());  // units refer to them
  for (const auto& entry : study.analyses) {
    analyses.push_back({.plan = plan,
                        .dataset = dataset,
                        .spaces = spaces,
                        .graph = graph,
                        .maps = maps ? &*maps : nullptr,
                        .name = entry.name});
    add(entry.analysis->units(analyses.back()));
  }
  release_freed_memory();
}

std::vector<std::filesystem::path> PreparedStudy::inputs() const {
  auto files = dataset.inputs;
  const auto add = [&](const std::filesystem::path& file) {
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  };
  for (const auto& space : spaces)
    if (space.model && space.training == Training::trained) files.push_back(space.model->path);
  for (const auto& space : spaces)
    for (const auto& story : stories) {
      if (needs_recording(space)) add(sound_of(*story.stimulus));
      if (space.feature)
        for (const auto& file : feature_kind(space.feature->kind).files(*space.feature, *story.stimulus)) add(file);
    }
  if (!study.localiser.path.empty()) add(study.localiser.path);
  for (const auto& entry : study.analyses)
    for (const auto& file : entry.analysis->files()) files.push_back(file);
  return files;
}

}  // namespace arcuate
