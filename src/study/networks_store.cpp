#include "study/networks_store.h"

#include <ATen/ATen.h>

#include "analysis/neuron_signals.h"
#include "core/tensor.h"
#include "encode/haemodynamics.h"
#include "study/design.h"

namespace arcuate {

using at::Tensor;

namespace {

std::vector<int64_t> numbers_of(const Tensor& values) {
  const auto plain = values.contiguous();
  return {plain.data_ptr<int64_t>(), plain.data_ptr<int64_t>() + plain.numel()};
}

// One layer of one story. Volumes before the first stored row still feed the response: the listener heard what came
// then.
Tensor story_units(const TimedValues& units, const TimedStory& story, const AlignEntry& align,
                   const UnitTimeOptions& options) {
  const Stimulus& stimulus = *story.stimulus;
  std::vector<double> volumes;
  for (int64_t i = 0; i < stimulus.lead + stimulus.volumes; ++i)
    volumes.push_back(stimulus.first_volume + stimulus.tr * static_cast<double>(i));
  auto series = word_units_to_volumes(units.values, units.times, volumes, stimulus.tr, options.align);
  const std::vector<RowRange> whole{{0, series.size(0)}};
  if (options.haemodynamic) series = convolved(series, spm_weights(stimulus.tr), whole);
  return clean_story(series.slice(0, stimulus.lead), align, stimulus.tr).to(at::kFloat);
}

}  // namespace

Tensor study_units(const EncodingPlan& plan, const FeatureSpace& space, const std::filesystem::path& work,
                   const UnitTimeOptions& options, ModelNetworks& neurons) {
  std::vector<int64_t> layer_of;
  const auto of_layer = [&](size_t i) {
    std::vector<Tensor> stories;
    for (const auto& story : plan.stories)
      stories.push_back(story_units(stored_values(work, space, space.layer_names[i], story), story,
                                    plan.study.align_of(story.stimulus->name), options));
    layer_of.insert(layer_of.end(), static_cast<size_t>(stories.front().size(1)), space.layers[i]);
    return at::cat(stories, 0);
  };
  const auto signals = neuron_signals(space.layers.size(), of_layer, plan.responses.stories,
                                      {.haemodynamic = false, .lead_in = options.lead_in});
  const auto units = units_within_layers(layer_of);
  neurons.neurons = signals.kept;
  neurons.constant = static_cast<int64_t>(layer_of.size() - signals.kept.size());
  for (const int64_t neuron : signals.kept) {
    neurons.layer_of.push_back(layer_of[static_cast<size_t>(neuron)]);
    neurons.unit_of.push_back(units[static_cast<size_t>(neuron)]);
  }
  return signals.values;
}

void write_networks(const ModelNetworks& networks, const std::vector<int64_t>& vertices, Hdf5Writer& file) {
  const auto& found = networks.found;
  file.attribute("constant", networks.constant);
  file.attribute("replaced_atoms", found.dictionary.replaced);
  file.write("neurons", index_tensor(networks.neurons));
  file.write("layer_of", index_tensor(networks.layer_of));
  file.write("unit_of", index_tensor(networks.unit_of));
  file.write("vertices", index_tensor(vertices));
  file.write("atoms", found.dictionary.atoms);
  file.write("codes", found.codes);
  file.write("correlations", found.correlations);
  file.write("maps", found.maps);
  file.write("extents", found.extents);
  file.write("iou", found.matches.iou);
  file.write("covered", found.matches.covered);
  file.write("correlation", found.matches.correlation);
  file.write("pair_p", found.chance.pair_p);
  file.write("p", found.chance.p);
  file.write("q", found.chance.q);
  if (found.chance.best_null.defined() && found.chance.best_null.numel() > 0)
    file.write("best_null", found.chance.best_null);
  std::vector<std::string> families, names, descriptions;
  std::vector<double> values;
  for (const auto& metric : found.metrics) {
    families.push_back(metric.family);
    names.push_back(metric.name);
    descriptions.push_back(metric.description);
    values.push_back(metric.value);
  }
  file.write("metric/family", families);
  file.write("metric/name", names);
  file.write("metric/description", descriptions);
  file.write("metric/value", to_tensor(values));
}

StoredNetworks read_networks(const Hdf5Reader& file, const std::string& model, const NetworkOptions& options) {
  StoredNetworks stored{.networks = {.model = model,
                                     .neurons = numbers_of(file.read("neurons")),
                                     .layer_of = numbers_of(file.read("layer_of")),
                                     .unit_of = numbers_of(file.read("unit_of")),
                                     .constant = static_cast<int64_t>(file.number_attribute("constant"))},
                        .vertices = numbers_of(file.read("vertices"))};
  auto& found = stored.networks.found;
  found.dictionary = {.atoms = file.read("atoms"),
                      .replaced = static_cast<int64_t>(file.number_attribute("replaced_atoms"))};
  found.codes = file.read("codes");
  found.groups = group_neurons(found.codes, options.grouping);
  found.correlations = file.read("correlations");
  found.maps = file.read("maps");
  found.extents = file.read("extents");
  found.matches = {.iou = file.read("iou"), .covered = file.read("covered"), .correlation = file.read("correlation")};
  found.matches.matched = found.matches.iou > options.match_iou;
  found.chance = {.pair_p = file.read("pair_p"), .p = file.read("p"), .q = file.read("q")};
  if (file.contains("best_null")) found.chance.best_null = file.read("best_null");
  const auto families = file.read_texts("metric/family"), names = file.read_texts("metric/name"),
             descriptions = file.read_texts("metric/description");
  const auto values = to_vector(file.read("metric/value"));
  for (size_t i = 0; i < names.size(); ++i)
    found.metrics.push_back(
        {.family = families[i], .name = names[i], .value = values[i], .description = descriptions[i]});
  return stored;
}

}  // namespace arcuate
