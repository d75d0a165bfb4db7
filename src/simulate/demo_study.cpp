#include "simulate/demo_study.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "brain/clean.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "core/version.h"
#include "encode/align.h"
#include "input/tokenizer.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"
#include "model/extract.h"
#include "model/family.h"

namespace arcuate {
namespace {

constexpr double rest_after = 12;        // seconds recorded after the last word, while the response decays
constexpr int64_t fewest_volumes = 100;  // fewer leave no room for folds, gaps and shifts

std::string story_name(const DemoOptions& options) { return options.text.stem().string(); }

// Spread over the depth: 1, 3 and 5 of six blocks.
std::vector<int64_t> spread_layers(int64_t depth) {
  std::set<int64_t> layers;
  for (int sixth : {1, 3, 5}) layers.insert(std::llround(static_cast<double>(depth * sixth) / 6));
  return {layers.begin(), layers.end()};
}

std::vector<double> volume_times(const std::vector<Word>& words, double tr) {
  std::vector<double> times;
  for (double start = 0; start < words.back().offset + rest_after; start += tr) times.push_back(start + tr / 2);
  return times;
}

// The layers' states of each word, brought to the time of the volumes. States are z-scored over words first: what a
// word adds whatever it is would otherwise make every layer's features a copy of word rate.
HeardStory hear(const std::vector<Word>& words, const std::vector<double>& volumes, const std::vector<int64_t>& layers,
                const DemoOptions& options, const Compute& compute) {
  std::vector<std::string> texts;
  std::vector<double> times;
  for (const auto& word : words) {
    texts.push_back(word.text);
    times.push_back((word.onset + word.offset) / 2);
  }
  const auto model = Model::load(options.model);
  const auto activations =
      extract(model, Tokenizer::load(options.model), texts, {.context = options.context, .layers = layers}, compute);
  const auto at_volumes = [&](const at::Tensor& values) {
    return align(values, times, volumes, options.listeners.tr, {});
  };
  HeardStory story;
  story.word_rate = at_volumes(at::ones({static_cast<int64_t>(words.size()), 1}, at::kDouble));
  for (size_t i = 0; i < layers.size(); ++i)
    story.layers[layers[i]] = at_volumes(zscore(activations.states[static_cast<int64_t>(i)]));
  return story;
}

void write_truth(const fs::path& folder, const std::vector<PlantedTarget>& targets) {
  std::vector<std::vector<std::string>> names, truth;
  for (const auto& target : targets) {
    names.push_back({target.name});
    truth.push_back({target.name, target.layer ? std::to_string(*target.layer) : "n/a", shortest(target.signal_share),
                     shortest(target.word_rate)});
  }
  write_tsv(folder / "targets.tsv", {"target"}, names);
  write_tsv(folder / "truth.tsv", {"target", "planted_layer", "signal_share", "word_rate"}, truth);
  write_json(
      folder / "truth.json",
      {{"planted_layer", {{"Description", "Layer of the model that the signal was made from; n/a: from none"}}},
       {"signal_share", {{"Description", "Share of a listener's response variance that is signal; the rest is noise"}}},
       {"word_rate", {{"Description", "Share of the signal's variance that is word rate"}}}});
}

void write_responses(const fs::path& folder, const std::string& story, const std::vector<at::Tensor>& listeners) {
  ensure_writable_folder(folder / "responses");
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < listeners.size(); ++i) {
    const auto name = listener_name(static_cast<int64_t>(i));
    const auto file = fmt::format("responses/{}_{}.npy", name, story);
    write_npy(folder / file, listeners[i]);
    rows.push_back({name, story, file});
  }
  write_tsv(folder / "recordings.tsv", {"subject", "story", "responses"}, rows);
}

void write_description(const fs::path& folder, const DemoOptions& options) {
  write_json(folder / "dataset_description.json",
             {{"Name", "Simulated listeners"},
              {"Simulated", true},
              {"Description", fmt::format("No person was recorded. Word times come from a model of speech rate, "
                                          "responses from layers of {}, a haemodynamic "
                                          "response and noise; truth.tsv says what was planted where.",
                                          demo_model_name(options))},
              {"Seed", options.seed},
              {"GeneratedBy", Json::array({{{"Name", "arcuate"}, {"Version", version}}})}});
}

std::string seed_list(int64_t count) {
  std::string list;
  for (int64_t seed = 1; seed <= count; ++seed) list += (seed > 1 ? ", " : "") + std::to_string(seed);
  return "[" + list + "]";
}

// JSON's escapes are those of a TOML string.
std::string quoted(const std::string& text) { return Json(text).dump(); }

}  // namespace

DemoDataset write_simulated_dataset(const fs::path& folder, const DemoOptions& options, const Compute& compute) {
  auto speech = options.speech;
  auto listening = options.listeners;
  speech.seed = listening.seed = options.seed;
  const auto words = within(fmt::format("in the story '{}'", options.text.string()),
                            [&] { return speak(read_file(options.text), speech); });
  const auto volumes = volume_times(words, listening.tr);
  if (static_cast<int64_t>(volumes.size()) < fewest_volumes)
    bad_input("'{}' has {} words, about {} volumes of {} s; a study needs {} or more: give a longer story",
              options.text.string(), words.size(), volumes.size(), listening.tr, fewest_volumes);
  const auto layers = options.layers.empty() ? spread_layers(read_spec(options.model).layers) : options.layers;
  const auto targets = plan_targets(layers, listening);
  const auto listeners = simulate_listeners(hear(words, volumes, layers, options, compute), targets, listening);

  ensure_writable_folder(folder);
  const auto story = story_name(options);
  write_words(folder / (story + ".tsv"), words);
  write_tsv(folder / "stories.tsv", {"story", "words", "tr", "first_volume"},
            {{story, story + ".tsv", shortest(listening.tr), shortest(volumes.front())}});
  write_truth(folder, targets);
  write_responses(folder, story, listeners);
  write_description(folder, options);
  const auto spoken = static_cast<double>(words.size()) / (words.back().offset - words.front().onset);
  return {static_cast<int64_t>(words.size()), static_cast<int64_t>(volumes.size()),
          static_cast<int64_t>(targets.size()), spoken, layers};
}

std::string demo_model_name(const DemoOptions& options) {
  return fs::weakly_canonical(options.model).filename().string();
}

std::string demo_study_toml(const DemoOptions& options) {
  const auto& context = options.context;
  return fmt::format(R"(# The built-in study: `arcuate demo` writes this file anew each time; change a copy of it.
# Run it with: arcuate run study.toml --output results
schema_version = 1
name = "demo"
seed = {seed}

[dataset]              # simulated listeners: simulated/truth.tsv says what was planted in each target
layout = "arrays"
root = "simulated"

[[model]]
name = {name}
path = {path}
layers = "all"
context = {{ grow_to = {grow}, keep = {keep} }}     # words
untrained_seeds = {untrained}  # twins with random weights

[[feature]]
name = "word_rate"
kind = "word_rate"

[[feature]]
name = "random"        # random numbers for each word: what any features of this size reach
kind = "random"
width = 112
seeds = {random}

[align]
method = "lanczos"
delays = [1, 2, 3, 4]  # volumes of {tr} s

[encode]
penalties = "log:1:7:7"  # 10, 100, …, 10^7
folds = "5"            # contiguous blocks of volumes
gap = 5                # volumes between training and test rows
standardize = "features"

[controls]
spaces = ["word_rate"] # increments are over these
scales = [1.0, 10.0]    # tried for the controls, relative to the layer

[permutation]
count = 1000           # all circular shifts, where there are fewer
)",
                     fmt::arg("seed", options.seed), fmt::arg("name", quoted(demo_model_name(options))),
                     fmt::arg("path", quoted(fs::weakly_canonical(options.model).string())),
                     fmt::arg("grow", context.words), fmt::arg("keep", context.keep),
                     fmt::arg("untrained", seed_list(options.untrained)),
                     fmt::arg("random", seed_list(options.random_features)), fmt::arg("tr", options.listeners.tr));
}

std::vector<FoundDepth> found_depths(const fs::path& truth, const fs::path& scores, const std::string& space,
                                     double lowest_r) {
  const auto planted = read_table(truth), table = read_table(scores);
  std::map<std::string, FoundDepth> best;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    if (table.text(row, table.column("space")) != space || table.text(row, table.column("training")) != "trained")
      continue;
    const auto layer = table.number_if(row, table.column("layer"));
    const double r = table.number(row, table.column("r"));
    if (!layer || !(r > lowest_r)) continue;  // "final", flagged or too weak
    const auto [entry, fresh] = best.try_emplace(table.text(row, table.column("target")));
    if (fresh || r > entry->second.r) entry->second.found = std::llround(*layer), entry->second.r = r;
  }
  std::vector<FoundDepth> depths;
  for (size_t row = 0; row < planted.rows.size(); ++row) {
    const auto layer = planted.number_if(row, planted.column("planted_layer"));
    const auto found = best.find(planted.text(row, planted.column("target")));
    if (layer && !std::isnan(*layer) && found != best.end())
      depths.push_back({found->first, std::llround(*layer), found->second.found, found->second.r});
  }
  return depths;
}

double median_depth_error(const std::vector<FoundDepth>& depths) {
  if (depths.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> errors;
  for (const auto& depth : depths) errors.push_back(static_cast<double>(std::abs(depth.found - depth.planted)));
  std::sort(errors.begin(), errors.end());
  return (errors[(errors.size() - 1) / 2] + errors[errors.size() / 2]) / 2;
}

}  // namespace arcuate
