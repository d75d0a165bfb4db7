#include "study/shape_clouds.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/tensor.h"
#include "study/design.h"
#include "study/study_needs.h"

namespace arcuate {

using at::Tensor;

std::vector<ShapePlace> shape_places(const AnalysisInput& input, const std::vector<std::string>& regions) {
  const auto& dataset = input.dataset;
  std::vector<ShapePlace> places;
  for (const int64_t target : targets_in(input, regions)) {
    const auto v = static_cast<size_t>(target);
    ShapePlace own{.region = dataset.targets[v], .hemisphere = "n/a"};
    if (!dataset.places.empty()) own = {dataset.places[v].region, dataset.places[v].hemisphere};
    if (own.region.empty() || own.region == "n/a") continue;  // outside every region
    auto found = std::find_if(places.begin(), places.end(), [&](const ShapePlace& p) {
      return p.region == own.region && p.hemisphere == own.hemisphere;
    });
    if (found == places.end()) found = places.insert(places.end(), own);
    found->targets.push_back(target);
  }
  return places;
}

std::string place_name(const ShapePlace& place) {
  return place.hemisphere == "n/a" ? place.region : place.region + ", " + place.hemisphere;
}

std::vector<int64_t> good_targets(const AnalysisInput& input, const ShapePlace& place, int64_t subject) {
  const auto& responses = input.plan.responses;
  std::vector<int64_t> good;
  for (const int64_t target : place.targets)
    if (responses.flags[static_cast<size_t>(subject * responses.target_count() + target)] == Flag::ok)
      good.push_back(target);
  return good;
}

Tensor place_columns(const AnalysisInput& input, const ShapePlace& place, int64_t subject) {
  const auto& responses = input.plan.responses;
  const auto columns = index_tensor(good_targets(input, place, subject)) + subject * responses.target_count();
  return responses.matrix.columns(columns);
}

Tensor layer_columns(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer) {
  std::vector<Tensor> rows;
  for (const auto& story : input.plan.stories) {
    auto align = input.plan.study.align_of(story.stimulus->name);
    align.delays = {0};
    rows.push_back(story_design(story_values(input.plan, space, layer, story), story, align));
  }
  return at::cat(rows, 0);
}

bool is_wide(const AnalysisInput& input, const FeatureSpace& space, int64_t columns) {
  return space.model != nullptr || feature_width(space, input.plan.stories) >= columns;
}

void write_barcode(Hdf5Writer& file, const std::string& name, const std::vector<Diagram>& barcode) {
  std::vector<double> numbers;
  for (size_t k = 0; k < barcode.size(); ++k)
    for (const auto& bar : barcode[k]) numbers.insert(numbers.end(), {static_cast<double>(k), bar.birth, bar.death});
  if (!numbers.empty()) file.write(name, to_tensor(numbers).view({-1, 3}));
}

std::vector<Diagram> read_barcode(const Hdf5Reader& file, const std::string& name, int dimensions) {
  std::vector<Diagram> barcode(static_cast<size_t>(dimensions) + 1);
  if (!file.contains(name)) return barcode;
  const auto numbers = to_vector(file.read(name).flatten());
  for (size_t i = 0; i + 2 < numbers.size(); i += 3)
    barcode.at(static_cast<size_t>(numbers[i])).push_back({numbers[i + 1], numbers[i + 2]});
  return barcode;
}

}  // namespace arcuate
