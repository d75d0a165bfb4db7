#include "simulate/drives.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "brain/clean.h"
#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/align.h"
#include "encode/pca.h"
#include "input/tokenizer.h"
#include "model/extract.h"
#include "simulate/covarying_groups.h"

namespace arcuate {

using at::Tensor;

namespace {

std::vector<double> word_times(const HeardStory& story) {
  std::vector<double> times;
  for (const auto& word : story.words) times.push_back((word.onset + word.offset) / 2);
  return times;
}

// Word values of all stories (stacked) -> volumes of all stories, z-scored over words before.
class ToVolumes {
 public:
  ToVolumes(const std::vector<HeardStory>& stories, double tr) : stories_(stories), tr_(tr) {}

  Tensor operator()(const Tensor& words) const { return aligned(zscore(words)); }

  // Words of a volume together: a word more or less ahead then makes a difference that no shift in time undoes.
  Tensor summed(const Tensor& words) const { return aligned(zscore(words), {.method = AlignMethod::sum}); }

  Tensor aligned(const Tensor& words, const AlignOptions& options = {}) const {
    std::vector<Tensor> parts;
    int64_t first = 0;
    for (const auto& story : stories_) {
      const auto count = static_cast<int64_t>(story.words.size());
      parts.push_back(align(words.slice(0, first, first + count), word_times(story), story.volumes, tr_, options));
      first += count;
    }
    return at::cat(parts, 0);
  }

 private:
  const std::vector<HeardStory>& stories_;
  double tr_;
};

// layers x words of all stories x F
Tensor read_by_model(const std::vector<HeardStory>& stories, const DriveOptions& options, const Compute& compute,
                     Units units = Units::residual) {
  const auto model = Model::load(options.model);
  const auto tokenizer = Tokenizer::load(options.model);
  const ExtractOptions wanted{.context = options.context, .units = units};
  std::vector<Tensor> states;
  for (const auto& story : stories) {
    std::vector<std::string> texts;
    for (const auto& word : story.words) texts.push_back(word.text);
    states.push_back(extract(model, tokenizer, texts, wanted, compute).states.to(at::kDouble));
  }
  return at::cat(states, 1);
}

// Each row moved `distance` words back within its story, so that it stands at the word that comes before it.
Tensor ahead(const Tensor& words, const std::vector<HeardStory>& stories, int64_t distance) {
  auto moved = at::zeros_like(words);
  int64_t first = 0;
  for (const auto& story : stories) {
    const auto count = static_cast<int64_t>(story.words.size());
    const int64_t kept = std::max<int64_t>(0, count - std::abs(distance));
    const int64_t from = first + std::max<int64_t>(0, distance), to = first + std::max<int64_t>(0, -distance);
    moved.slice(0, to, to + kept).copy_(words.slice(0, from, from + kept));
    first += count;
  }
  return moved;
}

// Every vertex reads out the same few directions in which states vary most: read-outs of all units at once would be
// lost on any analysis that keeps leading components, as those of forecasts do. W x C.
Tensor leading_components(const Tensor& states, int64_t components) {
  const auto z = zscore(states);
  return pca_scores(fit_pca(z, components), z);
}

std::vector<const Word*> all_words(const std::vector<HeardStory>& stories) {
  std::vector<const Word*> words;
  for (const auto& story : stories)
    for (const auto& word : story.words) words.push_back(&word);
  return words;
}

// A column a part of speech, and the (signed, compressed) distance from a word to its head.
Tensor syntax_features(const std::vector<HeardStory>& stories) {
  std::set<std::string> tags;
  for (const auto* word : all_words(stories)) tags.insert(word->tag);
  const std::vector<std::string> columns(tags.begin(), tags.end());
  std::vector<Tensor> parts;
  for (const auto& story : stories) {
    auto features =
        at::zeros({static_cast<int64_t>(story.words.size()), static_cast<int64_t>(columns.size()) + 1}, at::kDouble);
    for (size_t i = 0; i < story.words.size(); ++i) {
      const auto& word = story.words[i];
      const auto tag = std::lower_bound(columns.begin(), columns.end(), word.tag) - columns.begin();
      features[static_cast<int64_t>(i)][tag] = 1.0;
      const auto reach = word.head == 0 ? 0.0 : static_cast<double>(word.head - 1) - static_cast<double>(i);
      features[static_cast<int64_t>(i)][-1] = std::copysign(std::log1p(std::abs(reach)), reach);
    }
    parts.push_back(features);
  }
  return at::cat(parts, 0);
}

// States minus the mean state of all words with the same part of speech.
Tensor without_tag_means(const Tensor& states, const std::vector<HeardStory>& stories) {
  std::map<std::string, std::vector<int64_t>> rows;
  const auto words = all_words(stories);
  for (size_t i = 0; i < words.size(); ++i) rows[words[i]->tag].push_back(static_cast<int64_t>(i));
  auto rest = states.clone();
  for (const auto& [tag, own] : rows) {
    const auto index = index_tensor(own);
    const auto part = states.index_select(0, index);
    rest.index_copy_(0, index, part - part.mean(0, true));
  }
  return rest;
}

// Groups of units of all layers, and the means of their z-scores. units: layers x words x width.
void add_networks(const Tensor& units, const ToVolumes& to_volumes, const DriveOptions& options, Drives& drives) {
  const int64_t width = units.size(2);
  const auto flat = zscore(units.permute({1, 0, 2}).reshape({units.size(1), -1}));
  const auto groups = covarying_groups(to_volumes.aligned(flat), options.networks, options.neurons,
                                       derive_seed(options.seed, "neuron groups"));
  std::vector<Tensor> means;
  for (const auto& group : groups) {
    means.push_back(flat.index_select(1, index_tensor(group)).mean(1));
    auto& members = drives.groups.emplace_back();
    for (const int64_t column : group) members.push_back({.layer = column / width + 1, .unit = column % width});
  }
  drives.features[Drive::network] = to_volumes(at::stack(means, 1));
}

// cos and sin of a rhythm whose phase starts anew, at random, in every story.
Tensor rhythm(const std::vector<HeardStory>& stories, const DriveOptions& options) {
  Random random(derive_seed(options.seed, "rhythm"));
  std::vector<double> values;
  for (const auto& story : stories) {
    const double start = 2 * std::numbers::pi * random.uniform();
    for (double time : story.volumes)
      for (double shift : {0.0, std::numbers::pi / 2})
        values.push_back(std::cos(start + 2 * std::numbers::pi * time / options.loop_period - shift));
  }
  return to_tensor(values).view({-1, 2});
}

Tensor sound_power(const std::vector<HeardStory>& stories, double tr) {
  std::vector<Tensor> parts;
  for (const auto& story : stories) {
    std::vector<double> times;
    for (int64_t i = 0; i < story.sound.size(0); ++i) times.push_back((static_cast<double>(i) + 0.5) * sound_step);
    parts.push_back(align(story.sound.unsqueeze(1), times, story.volumes, tr, {.method = AlignMethod::mean}));
  }
  return at::cat(parts, 0);
}

}  // namespace

std::string drive_name(Drive drive) {
  switch (drive) {
    case Drive::layers:
      return "layers";
    case Drive::forecast:
      return "forecast";
    case Drive::syntax:
      return "syntax";
    case Drive::semantics:
      return "semantics";
    case Drive::network:
      return "network";
    case Drive::loop:
      return "loop";
    case Drive::size:
      return "size";
    case Drive::word_rate:
      return "word_rate";
    case Drive::sound:
      return "sound";
  }
  return "";
}

Drive drive_from_name(const std::string& name) {
  std::vector<std::string> names;
  for (const auto drive : all_drives) {
    names.push_back(drive_name(drive));
    if (names.back() == name) return drive;
  }
  bad_usage("there is nothing called '{}' to plant{}; known: {}", name, suggestion(name, names), join(names, ", "));
}

bool has_tags(const std::vector<HeardStory>& stories) {
  const auto words = all_words(stories);
  return std::all_of(words.begin(), words.end(), [](const Word* word) { return !word->tag.empty(); });
}

int64_t drive_layer(const DriveOptions& options, int64_t depth) {
  return options.layer >= 0 ? options.layer : (2 * depth + 1) / 3;
}

Drives make_drives(const std::vector<HeardStory>& stories, const std::vector<Drive>& wanted,
                   const DriveOptions& options, const Compute& compute) {
  const auto wants = [&](Drive drive) { return std::find(wanted.begin(), wanted.end(), drive) != wanted.end(); };
  const ToVolumes to_volumes(stories, options.tr);
  const auto states = read_by_model(stories, options, compute);
  const auto own = states[drive_layer(options, states.size(0) - 1)];
  Drives drives;
  std::vector<int64_t> lengths;
  for (const auto& story : stories) lengths.push_back(static_cast<int64_t>(story.volumes.size()));
  drives.stories = stack_ranges(lengths);
  for (int64_t layer = 0; layer < states.size(0); ++layer) drives.layers.push_back(to_volumes(states[layer]));
  drives.features[Drive::word_rate] = to_volumes.aligned(at::ones({states.size(1), 1}, at::kDouble));
  if (wants(Drive::forecast)) {
    const auto components = leading_components(own, options.forecast_components);
    std::vector<Tensor> distances;
    for (const int64_t distance : options.forecast_distances)
      distances.push_back(to_volumes.summed(ahead(components, stories, distance)));
    drives.present = to_volumes.summed(components);
    drives.features[Drive::forecast] = at::cat(distances, 1);
  }
  if (wants(Drive::syntax)) drives.features[Drive::syntax] = to_volumes(syntax_features(stories));
  if (wants(Drive::semantics)) drives.features[Drive::semantics] = to_volumes(without_tag_means(own, stories));
  if (wants(Drive::network))
    add_networks(read_by_model(stories, options, compute, Units::ffn), to_volumes, options, drives);
  if (wants(Drive::loop)) drives.features[Drive::loop] = rhythm(stories, options);
  if (wants(Drive::size)) {
    for (const auto& story : stories)
      drives.size_latents.push_back(random_normals(static_cast<int64_t>(story.words.size()), options.size_features,
                                                   derive_seed(options.seed, "hidden numbers of " + story.name)));
    drives.features[Drive::size] = to_volumes(at::cat(drives.size_latents, 0));
  }
  if (wants(Drive::sound)) drives.features[Drive::sound] = sound_power(stories, options.tr);
  return drives;
}

}  // namespace arcuate
