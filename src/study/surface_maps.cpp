#include "study/surface_maps.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr Hemisphere hemispheres[] = {Hemisphere::left, Hemisphere::right};

}  // namespace

void TargetMaps::add(const std::string& name, const at::Tensor& of_targets) {
  names.push_back(name);
  values.push_back(of_targets.to(at::kDouble));
}

void write_target_maps(const SurfaceMaps& maps, const TargetMaps& own, const fs::path& stem, const Json& sidecar) {
  for (const auto hemisphere : hemispheres) {
    const auto path = fmt::format(fmt::runtime(stem.string()), fmt::arg("hemisphere", letter(hemisphere)));
    std::vector<at::Tensor> values;
    for (const auto& map : own.values) values.push_back(maps.on(hemisphere, map));
    write_vertex_values(path + ".func.gii", at::stack(values), own.names, hemisphere, "NIFTI_INTENT_NONE");
    write_json(path + ".json", sidecar);
  }
}

bool has_surfaces(const Dataset& dataset) { return !dataset.surfaces.empty() && !dataset.places.empty(); }

at::Tensor layer_numbers(const FeatureSpace& space, const at::Tensor& chosen) {
  auto numbers = at::full({chosen.size(0)}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  for (size_t i = 0; i < space.layers.size(); ++i)
    numbers.masked_fill_(chosen.eq(static_cast<int64_t>(i)), static_cast<double>(space.layers[i]));
  return numbers;
}

SurfaceMaps::SurfaceMaps(const Dataset& dataset)
    : dataset_(dataset),
      left_(read_cortical_surfaces(dataset.surfaces, Hemisphere::left)),
      right_(read_cortical_surfaces(dataset.surfaces, Hemisphere::right)) {
  for (size_t i = 0; i < dataset.places.size(); ++i) {
    const auto& place = dataset.places[i];
    const auto& surfaces = place.hemisphere == "L" ? left_ : right_;
    if (place.vertex >= surfaces.inflated.points.size(0))
      bad_input("target {} lies on vertex {} of hemisphere {}, whose surface has {} vertices", dataset.targets[i],
                place.vertex, place.hemisphere, surfaces.inflated.points.size(0));
  }
}

at::Tensor SurfaceMaps::on(Hemisphere hemisphere, const at::Tensor& values) const {
  const auto& surfaces = hemisphere == Hemisphere::left ? left_ : right_;
  auto map = at::full({surfaces.inflated.points.size(0)}, std::numeric_limits<float>::quiet_NaN(), at::kFloat);
  const auto exact = values.to(at::kDouble).contiguous();
  for (size_t i = 0; i < dataset_.places.size(); ++i)
    if (dataset_.places[i].hemisphere == letter(hemisphere))
      map.data_ptr<float>()[dataset_.places[i].vertex] = static_cast<float>(exact.data_ptr<double>()[i]);
  return map;
}

BrainMap SurfaceMaps::picture(const at::Tensor& values) const {
  const auto side = [&](Hemisphere hemisphere) {
    const auto& surfaces = hemisphere == Hemisphere::left ? left_ : right_;
    return BrainMapSide{.points = surfaces.inflated.points,
                        .triangles = surfaces.inflated.triangles,
                        .values = on(hemisphere, values),
                        .shading = surfaces.sulcal_depth,
                        .regions = surfaces.patches.keys};
  };
  return {.left = side(Hemisphere::left), .right = side(Hemisphere::right), .simulated = dataset_.simulated};
}

void write_surface_maps(const SurfaceMaps& maps, const EncodingPlan& plan, const Dataset& dataset,
                        const Summary& summary, const fs::path& output) {
  const auto& responses = plan.responses;
  const int64_t targets = responses.target_count();
  const auto task = bids_label(plan.study.name);
  for (size_t s = 0; s < responses.subjects.size(); ++s) {
    const auto subject = static_cast<int64_t>(s), first = subject * targets;
    const auto label = bids_subject(responses.subjects[s]);
    ensure_writable_folder(output / label / "func");
    const auto own = [&](const at::Tensor& columns) { return columns.slice(0, first, first + targets); };
    for (const auto& headline : summary.by_target) {
      const auto stem = [&](const char* what) {
        return output / label / "func" /
               fmt::format("{}_task-{}_hemi-{{hemisphere}}_model-{}_{}_statmap", label, task,
                           bids_label(headline.space->name), what);
      };
      Json sidecar{{"Model", headline.space->name}, {"Simulated", dataset.simulated}};
      TargetMaps layers;
      for (const auto& layer : summary.layers)
        if (layer.space == headline.space)
          layers.add("r, layer " + layer.layer, scores_of(layer, responses.columns_of(subject)).r);
      sidecar["Description"] = "Brain scores: Pearson r of held-out predictions, one map a layer";
      write_target_maps(maps, layers, stem("stat-r_desc-brainscore"), sidecar);
      TargetMaps best;
      best.add("r", own(headline.r));
      best.add("p", own(headline.p));
      best.add("q", own(headline.q));
      best.add("layer", layer_numbers(*headline.space, own(headline.layer)));
      best.add("inter-subject correlation", responses.ceiling[subject]);
      if (responses.repeat_ceiling.defined()) {
        best.add("ceiling from repeats", responses.repeat_ceiling[subject]);
        best.add("share of the ceiling from repeats", cc_norm(plan, own(headline.r), responses.columns_of(subject)));
      }
      sidecar["Description"] =
          "Each target's layer is chosen on training folds; r, p and q of its held-out predictions, the layer, "
          "ceilings, and with repeats the share of that from repeats";
      write_target_maps(maps, best, stem("desc-headline"), sidecar);
    }
  }
}

}  // namespace arcuate
