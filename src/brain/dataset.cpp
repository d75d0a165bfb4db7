#include "brain/dataset.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "brain/place_targets.h"
#include "brain/prepare.h"
#include "core/error.h"
#include "core/text.h"

namespace arcuate {

#define ARCUATE_LAYOUT(name) extern const Layout name##_layout;
#include "generated/layouts.inc"
#undef ARCUATE_LAYOUT

std::vector<const Layout*> layouts() {
  return {
#define ARCUATE_LAYOUT(name) &name##_layout,
#include "generated/layouts.inc"
#undef ARCUATE_LAYOUT
  };
}

std::vector<std::string> chosen_names(const std::vector<std::string>& wanted, const std::vector<std::string>& available,
                                      const std::string& what) {
  if (wanted.size() == 1 && wanted[0] == "all") return available;
  Problems problems("the dataset does not hold what was asked for", Fault::usage);
  if (wanted.empty()) problems.add("the list of {} names is empty; 'all' stands for every one", what);
  for (const auto& name : wanted)
    if (std::find(available.begin(), available.end(), name) == available.end())
      problems.add("there is no {} '{}'{}", what, name, suggestion(name, available));
  problems.raise();
  std::vector<std::string> chosen;
  for (const auto& name : available)
    if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) chosen.push_back(name);
  return chosen;
}

static bool all_targets_bad(const at::Tensor& responses) {
  const auto usable = at::isfinite(responses).all(0).logical_and(responses.ne(responses.slice(0, 0, 1)).any(0));
  return !usable.any().item<bool>();
}

void add_recording(Dataset& dataset, const DatasetOptions& options, Recording recording) {
  recording.dead = all_targets_bad(recording.responses);
  const auto bytes = static_cast<int64_t>(recording.responses.nbytes());
  if (bytes > options.kept_bytes - dataset.kept_bytes)
    recording.responses = at::Tensor();
  else
    dataset.kept_bytes += bytes;
  dataset.recordings.push_back(std::move(recording));
}

at::Tensor take_responses(Recording& recording) {
  if (!recording.responses.defined()) return recording.read();
  return std::exchange(recording.responses, {});
}

void change_recording(Dataset& dataset, Recording& recording, std::function<at::Tensor(const at::Tensor&)> how) {
  if (recording.responses.defined()) {
    dataset.kept_bytes -= static_cast<int64_t>(recording.responses.nbytes());
    recording.responses = how(recording.responses);
    dataset.kept_bytes += static_cast<int64_t>(recording.responses.nbytes());
  }
  recording.read = [read = std::move(recording.read), how = std::move(how)] { return how(read()); };
}

static void leave_out_dead_subjects(Dataset& dataset) {
  std::vector<size_t> place(dataset.subjects.size());
  std::vector<std::string> kept;
  for (size_t s = 0; s < dataset.subjects.size(); ++s) {
    const bool dead = std::any_of(dataset.recordings.begin(), dataset.recordings.end(),
                                  [&](const Recording& r) { return r.subject == s && r.dead; });
    place[s] = dead ? SIZE_MAX : kept.size();
    if (dead)
      dataset.notes.push_back(
          fmt::format("subject {} is left out: every target is constant or not finite", dataset.subjects[s]));
    else
      kept.push_back(dataset.subjects[s]);
  }
  std::erase_if(dataset.recordings, [&](const Recording& r) { return place[r.subject] == SIZE_MAX; });
  for (auto& recording : dataset.recordings) recording.subject = place[recording.subject];
  dataset.subjects = std::move(kept);
}

Dataset read_dataset(const DatasetOptions& options) {
  std::vector<std::string> names;
  for (const auto* layout : layouts()) {
    names.emplace_back(layout->name);
    if (options.layout != layout->name) continue;
    return within(fmt::format("reading the dataset '{}' (layout {})", options.root.string(), options.layout), [&] {
      auto dataset = layout->read(options);
      if (!options.surfaces.empty() && dataset.surfaces.empty()) place_on_surfaces(options.surfaces, options, dataset);
      if (!options.parcellation.empty() && dataset.surfaces.empty())
        bad_usage("dataset.parcellation needs the folder of surfaces that it belongs to: dataset.surfaces");
      leave_out_dead_subjects(dataset);
      if (dataset.recordings.empty()) bad_input("no recording is left");
      prepare(dataset, options);
      return dataset;
    });
  }
  bad_usage("there is no dataset layout '{}'{}", options.layout, suggestion(options.layout, names));
}

}  // namespace arcuate
