#include "study/shape_units.h"
#include "study/extraction.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "study/shape_needs.h"
#include "study/study_machine.h"
#include "study/study_needs.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr const char* recordings_file = "recordings";
std::string layers_file(const FeatureSpace& space) { return "layers/" + space.id; }
std::string features_file(const FeatureSpace& space) { return "features/" + space.id; }
std::string bars_name(size_t place, size_t subject) { return fmt::format("bars/{}/{}", place, subject); }
std::string bars_name(const std::string& layer) { return "bars/" + layer; }

}  // namespace

ShapeWork::ShapeWork(const AnalysisInput& input, const ShapeSettings& settings) : input_(input), settings_(settings) {
  const auto count = static_cast<int64_t>(input.plan.responses.subjects.size());
  const bool has_mean = input.plan.study.encode.mean_subject;
  subjects_ =
      settings.subjects == ShapeSubjects::mean ? std::vector{count - 1} : all_rows(has_mean ? count - 1 : count);
  choose_places();
  choose_spaces();
}

void ShapeWork::choose_places() {
  for (const auto& place : shape_places(input_, settings_.regions)) {
    const bool good = std::none_of(subjects_.begin(), subjects_.end(),
                                   [&](int64_t s) { return good_targets(input_, place, s).empty(); });
    if (good)
      places_.push_back(place);
    else
      left_out_.push_back(place_name(place) + " (no target with a score)");
  }
}

void ShapeWork::choose_spaces() {
  for (const auto& space : input_.spaces) {
    const auto& names = settings_.spaces;
    if (!settings_.takes_all_spaces() && std::find(names.begin(), names.end(), space.name) == names.end()) continue;
    if (is_wide(input_, space, least_columns()))
      spaces_.push_back(&space);
    else
      left_out_.push_back(space.id + " (too few columns)");
  }
}

// Two coordinates, or three points.
int64_t ShapeWork::least_columns() const {
  if (settings_.clouds.points == ShapePoints::vertex) return 3;
  return settings_.clouds.embedding > 1 ? 1 : 2;
}

void ShapeWork::check_places() const {
  if (places_.empty()) bad_usage("the analysis '{}' has no region with a target that has a score", input_.name);
  const auto change = settings_.clouds.points == ShapePoints::vertex
                          ? "set points = \"time\""
                          : "set embedding to a number of delayed copies (5, say)";
  Problems problems(fmt::format("the analysis '{}' needs {} targets at least for a cloud; {} or choose regions",
                                input_.name, least_columns(), change),
                    Fault::usage);
  for (const auto& place : places_)
    for (const int64_t subject : subjects_) {
      const auto found = static_cast<int64_t>(good_targets(input_, place, subject).size());
      if (found < least_columns())
        problems.add("{} of subject {}: {}", place_name(place),
                     input_.plan.responses.subjects[static_cast<size_t>(subject)], found);
    }
  problems.raise();
}

int64_t ShapeWork::most_targets() const {
  int64_t most = 0;
  for (const auto& place : places_) most = std::max(most, std::ssize(place.targets));
  return most;
}

int64_t ShapeWork::most_words() const {
  int64_t most = 0;
  for (const auto& story : input_.plan.stories) most = std::max(most, std::ssize(story.words));
  return most;
}

std::vector<Unit> ShapeWork::units() const {
  const auto clouds = cloud_settings(settings_), features = feature_settings(settings_);
  Json responses{{"responses", input_.plan.responses.hash}};
  for (const auto& place : places_) responses["places"].push_back({place.region, place.hemisphere, place.targets});
  std::vector<Unit> units{analysis_unit(
      input_,
      {.place = recordings_file,
       .kind = "recordings",
       .settings = clouds,
       .depends_on = responses,
       .needs = barcode_needs(input_.plan, settings_.clouds,
                              {.clouds = std::ssize(places_) * std::ssize(subjects_), .columns = most_targets()})},
      [work = *this](const Compute& compute, Hdf5Writer& file) { work.write_recordings(compute, file); })};
  for (const auto* space : spaces_) {
    const auto layers = std::ssize(space->layer_names);
    Json states = Json::array();
    for (const auto& layer : space->layer_names) states.push_back(encoding_key(input_, *space, layer));
    units.push_back(analysis_unit(
        input_,
        {.place = layers_file(*space),
         .kind = "layers",
         .settings = clouds,
         .depends_on = states,
         .inputs = extraction_ids(*space, input_.plan.stories),
         .needs = barcode_needs(
             input_.plan, settings_.clouds,
             {.clouds = layers, .columns = feature_width(*space, input_.plan.stories), .words = most_words()})},
        [work = *this, space](const Compute& compute, Hdf5Writer& file) { work.write_layers(*space, compute, file); }));
    units.push_back(
        analysis_unit(input_,
                      {.place = features_file(*space),
                       .kind = "features",
                       .settings = features,
                       .inputs = {analysis_id(input_, recordings_file), units.back().id},
                       .needs = difference_needs(input_.plan, settings_, layers * std::ssize(places_), most_targets())},
                      [work = *this, space](const Compute& compute, Hdf5Writer& file) {
                        work.write_features(*space, compute, file);
                      }));
  }
  return units;
}

ShapeBarcode ShapeWork::barcode_of(const Tensor& columns, const Compute& compute) const {
  const auto left = memory_limit(compute.memory).bytes - (compute.memory > 0 ? resident_bytes() : 0);
  const auto memory = std::max(left / std::max(1, compute.threads), int64_t{1});
  return shape_barcode(shape_cloud(columns, input_.plan.responses.stories, settings_.clouds), settings_.clouds,
                       static_cast<size_t>(memory));
}

void ShapeWork::write_recordings(const Compute& compute, Hdf5Writer& file) const {
  const size_t count = subjects_.size();
  std::vector<ShapeBarcode> barcodes(places_.size() * count);
  parallel_for(static_cast<int64_t>(barcodes.size()), compute.threads, [&](int64_t i) {
    const auto cloud = static_cast<size_t>(i);
    const auto& place = places_[cloud / count];
    within("in the region " + place_name(place),
           [&] { barcodes[cloud] = barcode_of(place_columns(input_, place, subjects_[cloud % count]), compute); });
  });
  for (size_t i = 0; i < barcodes.size(); ++i) write_barcode(file, bars_name(i / count, i % count), barcodes[i]);
}

void ShapeWork::write_layers(const FeatureSpace& space, const Compute& compute, Hdf5Writer& file) const {
  const auto& names = space.layer_names;
  std::vector<ShapeBarcode> barcodes(names.size());
  parallel_for(static_cast<int64_t>(names.size()), compute.threads, [&](int64_t i) {
    const auto layer = static_cast<size_t>(i);
    within(fmt::format("in the layer {} of {}", names[layer], space.id),
           [&] { barcodes[layer] = barcode_of(layer_columns(input_, space, names[layer]), compute); });
  });
  for (size_t i = 0; i < names.size(); ++i) write_barcode(file, bars_name(names[i]), barcodes[i]);
}

void ShapeWork::write_features(const FeatureSpace& space, const Compute& compute, Hdf5Writer& file) const {
  const auto recorded = recordings(), states = layers(space);
  const size_t places = places_.size(), subjects = subjects_.size(), width = settings_.parsed.size();
  std::vector<double> values(states.size() * places * width);
  parallel_for(static_cast<int64_t>(states.size() * places), compute.threads, [&](int64_t i) {
    const size_t layer = static_cast<size_t>(i) / places, place = static_cast<size_t>(i) % places;
    for (size_t f = 0; f < width; ++f) {
      double sum = 0;
      for (size_t s = 0; s < subjects; ++s)
        sum += shape_difference(settings_.parsed[f], recorded[place * subjects + s], states[layer], settings_.distance);
      values[static_cast<size_t>(i) * width + f] = sum / static_cast<double>(subjects);
    }
  });
  file.write("features", to_tensor(values).view({static_cast<int64_t>(states.size()), static_cast<int64_t>(places),
                                                 static_cast<int64_t>(width)}));
}

std::vector<ShapeBarcode> ShapeWork::recordings() const {
  const Hdf5Reader file(analysis_file(input_, recordings_file));
  std::vector<ShapeBarcode> barcodes;
  for (size_t place = 0; place < places_.size(); ++place)
    for (size_t s = 0; s < subjects_.size(); ++s)
      barcodes.push_back(read_barcode(file, bars_name(place, s), settings_.clouds.dimensions));
  return barcodes;
}

std::vector<ShapeBarcode> ShapeWork::layers(const FeatureSpace& space) const {
  const Hdf5Reader file(analysis_file(input_, layers_file(space)));
  std::vector<ShapeBarcode> barcodes;
  for (const auto& layer : space.layer_names)
    barcodes.push_back(read_barcode(file, bars_name(layer), settings_.clouds.dimensions));
  return barcodes;
}

Tensor ShapeWork::features(const FeatureSpace& space) const {
  return Hdf5Reader(analysis_file(input_, features_file(space))).read("features");
}

}  // namespace arcuate
