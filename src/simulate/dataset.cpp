#include "simulate/dataset.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/text.h"
#include "core/version.h"
#include "input/word_table.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"
#include "io/wav.h"
#include "model/family.h"
#include "simulate/model_sizes.h"
#include "simulate/simulate_check.h"
#include "simulate/tagged_story.h"
#include "simulate/voice.h"

namespace arcuate {
namespace {

constexpr double rest_after = 12;        // seconds recorded after the last word, while the response decays
constexpr int64_t fewest_volumes = 100;  // fewer leave no room for folds, gaps and shifts

std::vector<double> volume_times(const std::vector<Word>& words, double tr) {
  std::vector<double> times;
  for (double start = 0; start < words.back().offset + rest_after; start += tr) times.push_back(start + tr / 2);
  return times;
}

// A story and, if a grammar told it, its tagged words.
struct Told {
  HeardStory heard{};
  std::vector<TaggedWord> tagged{};
  at::Tensor samples{};  // sound, if asked for
};

SpeechRate rate_of(const SimulateOptions& options, const std::string& story) {
  auto rate = options.speech;
  rate.seed = derive_seed(options.seed, "speech of " + story);
  return rate;
}

bool told_by_a_grammar(const SimulateOptions& options) { return options.text.empty() && options.words.empty(); }

std::vector<Told> told_by_grammar(const SimulateOptions& options) {
  const auto grammar = read_grammar(options.grammar);
  std::vector<Told> stories;
  for (int64_t i = 0; i < options.stories; ++i) {
    const auto name = fmt::format("tale{:02}", i + 1);
    Told told{.tagged = generate_story(grammar, options.story_words, derive_seed(options.seed, "words of " + name))};
    told.heard = {.name = name, .words = time_story(told.tagged, rate_of(options, name))};
    stories.push_back(std::move(told));
  }
  return stories;
}

std::vector<Told> told_by_file(const SimulateOptions& options) {
  const auto& file = options.text.empty() ? options.words : options.text;
  const auto name = file.stem().string();
  const auto words = options.text.empty() ? read_story(file, {}).words
                                          : within(fmt::format("in the story '{}'", file.string()),
                                                   [&] { return speak(read_file(file), rate_of(options, name)); });
  if (words.empty()) bad_input("'{}' has no words", file.string());
  return {{.heard = {.name = name, .words = words}}};
}

std::vector<Told> tell(const SimulateOptions& options) {
  auto stories = told_by_a_grammar(options) ? told_by_grammar(options) : told_by_file(options);
  for (auto& story : stories) {
    story.heard.volumes = volume_times(story.heard.words, options.drive.tr);
    const auto volumes = story.heard.volumes.size();
    if (static_cast<int64_t>(volumes) < fewest_volumes)
      bad_input("the story '{}' has {} words, about {} volumes of {} s; a study needs {} or more: make it longer",
                story.heard.name, story.heard.words.size(), volumes, options.drive.tr, fewest_volumes);
    if (!options.sound) continue;
    const VoiceOptions voice{.seed = derive_seed(options.seed, "voice of " + story.heard.name)};
    story.samples = speak_aloud(story.heard.words, voice);
    story.heard.sound = power_over_time(story.samples, voice.rate, sound_step);
  }
  return stories;
}

void write_stories(const fs::path& folder, const std::vector<Told>& stories, double tr) {
  ensure_writable_folder(folder / "stimuli");
  std::vector<std::vector<std::string>> rows;
  for (const auto& story : stories) {
    const auto file = "stimuli/" + story.heard.name + ".tsv";
    if (story.tagged.empty())
      write_words(folder / file, story.heard.words);
    else
      write_tagged_words(folder / file, story.heard.words, story.tagged);
    rows.push_back({story.heard.name, file, shortest(tr), shortest(story.heard.volumes.front())});
    if (!story.samples.defined()) continue;
    rows.back().push_back(fmt::format("stimuli/{}.wav", story.heard.name));
    write_wav(folder / rows.back().back(), story.samples, VoiceOptions{}.rate);
  }
  std::vector<std::string> columns{"story", "words", "tr", "first_volume"};
  if (!rows.empty() && rows.front().size() > columns.size()) columns.emplace_back("sound");
  write_tsv(folder / "stories.tsv", columns, rows);
}

// Their times are those at which a reader would say them; nobody did.
void write_twins(const fs::path& folder, const std::vector<Told>& stories, const SimulateOptions& options) {
  const auto grammar = read_grammar(options.grammar);
  for (const auto& story : stories) {
    const auto& name = story.heard.name;
    ensure_writable_folder(folder / name);
    for (int64_t i = 1; i <= options.twins; ++i) {
      const auto twin =
          syntactic_twin(grammar, story.tagged, 0, derive_seed(options.seed, fmt::format("twin {} of {}", i, name)));
      write_tagged_words(folder / name / fmt::format("twin-{:02}.tsv", i), time_story(twin, rate_of(options, name)),
                         twin);
    }
  }
}

void write_targets(const fs::path& folder, const std::vector<PlantedVertex>& vertices) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& v : vertices)
    rows.push_back({vertex_name(v), letter(v.hemisphere), std::to_string(v.vertex), v.patch.empty() ? "n/a" : v.patch,
                    v.medial_wall ? "0" : "1"});
  write_tsv(folder / "targets.tsv", {"target", "hemisphere", "vertex", "region", "use"}, rows);
}

// One recording: two files, one a hemisphere.
struct RecordingFile {
  std::string subject{}, story{}, path{}, hemisphere{};
  int64_t repeat = 0;
};

RecordingFile recording_file(int64_t subject, const std::string& story, int64_t repeat, Hemisphere hemisphere) {
  const auto who = subject_name(subject);
  return {who, story,
          fmt::format("sub-{0}/func/sub-{0}_task-{1}_run-{2}_hemi-{3}_bold.func.gii", who, story, repeat + 1,
                      letter(hemisphere)),
          letter(hemisphere), repeat};
}

void write_recording(const fs::path& folder, const RecordingFile& file, const at::Tensor& volumes) {
  std::vector<std::string> names;
  for (int64_t t = 0; t < volumes.size(0); ++t) names.push_back(std::to_string(t));
  write_vertex_values(folder / file.path, volumes.contiguous(), names,
                      file.hemisphere == "L" ? Hemisphere::left : Hemisphere::right, "NIFTI_INTENT_TIME_SERIES");
}

std::vector<RecordingFile> write_responses(const fs::path& folder, const std::vector<Told>& stories,
                                           const Drives& drives, const Brains& brains, const BrainOptions& options,
                                           int64_t side, const Compute& compute) {
  std::vector<std::vector<RecordingFile>> files(static_cast<size_t>(options.subjects));
  for (int64_t s = 0; s < options.subjects; ++s) ensure_writable_folder(folder / ("sub-" + subject_name(s)) / "func");
  parallel_for(options.subjects, compute.threads, [&](int64_t subject) {
    const auto signals = brains.signals(subject);
    for (int64_t repeat = 0; repeat < options.repeats; ++repeat) {
      const auto responses = brains.responses(signals, subject, repeat);
      for (size_t i = 0; i < stories.size(); ++i)
        for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
          const auto file = recording_file(subject, stories[i].heard.name, repeat, hemisphere);
          const int64_t first = hemisphere == Hemisphere::left ? 0 : side;
          const auto& rows = drives.stories[i];
          write_recording(folder, file, responses.slice(0, rows.begin, rows.end).slice(1, first, first + side));
          files[static_cast<size_t>(subject)].push_back(file);
        }
    }
  });
  std::vector<RecordingFile> all;
  for (auto& own : files) all.insert(all.end(), own.begin(), own.end());
  return all;
}

void write_recordings_table(const fs::path& folder, const std::vector<RecordingFile>& files) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& file : files)
    rows.push_back({file.subject, file.story, std::to_string(file.repeat), file.hemisphere, file.path});
  write_tsv(folder / "recordings.tsv", {"subject", "story", "repeat", "hemisphere", "responses"}, rows);
}

std::vector<std::string> write_sizes(const fs::path& folder, const std::vector<Told>& stories, const Drives& drives,
                                     uint64_t seed) {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
  for (const auto& size : model_sizes()) {
    ensure_writable_folder(folder / "features" / size.name);
    for (size_t i = 0; i < stories.size(); ++i) {
      const auto& story = stories[i].heard.name;
      write_npy(folder / "features" / size.name / (story + ".npy"),
                size_features(drives.size_latents[i], size, derive_seed(seed, "sizes, " + story)));
    }
    names.push_back(size.name);
    rows.push_back({size.name, shortest(size.parameters), shortest(size.accuracy)});
  }
  write_tsv(folder / "truth" / "sizes.tsv", {"space", "parameters", "accuracy"}, rows);
  return names;
}

void write_networks(const fs::path& folder, const Drives& drives) {
  std::vector<std::vector<std::string>> rows;
  for (size_t n = 0; n < drives.groups.size(); ++n)
    for (const auto& [layer, unit] : drives.groups[n])
      rows.push_back({network_name(static_cast<int64_t>(n)), std::to_string(layer), std::to_string(unit)});
  write_tsv(folder / "truth" / "networks.tsv", {"network", "layer", "unit"}, rows);
}

void write_truth_maps(const fs::path& folder, const std::vector<PlantedVertex>& vertices, int64_t side) {
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    auto maps = at::empty({2, side}, at::kFloat);
    for (int64_t v = 0; v < side; ++v) {
      const auto& vertex = vertices[static_cast<size_t>(hemisphere == Hemisphere::left ? v : side + v)];
      maps[0][v] = vertex.medial_wall ? std::nan("") : vertex.ceiling;
      maps[1][v] = vertex.depth;
    }
    write_vertex_values(folder / "truth" / fmt::format("hemi-{}_desc-truth.func.gii", letter(hemisphere)), maps,
                        {"ceiling", "depth"}, hemisphere, "NIFTI_INTENT_NONE");
  }
}

void write_description(const fs::path& folder, const SimulateOptions& options, const std::vector<Drive>& planted) {
  std::vector<std::string> names;
  for (const auto drive : planted) names.push_back(drive_name(drive));
  const auto model = fs::weakly_canonical(options.drive.model).filename().string();
  write_json(folder / "dataset_description.json",
             {{"Name", "Simulated brains"},
              {"BIDSVersion", "1.9.0"},
              {"DatasetType", "derivative"},
              {"Simulated", true},
              {"Description",
               fmt::format("No person was recorded. Word times come from a model of speech rate, the cortex from a "
                           "procedure, responses from {}, a haemodynamic response and noise; truth/ says what was "
                           "planted where.",
                           model)},
              {"Planted", names},
              {"Seed", options.seed},
              {"GeneratedBy", Json::array({{{"Name", "arcuate"}, {"Version", version}}})}});
}

std::vector<HeardStory> heard(const std::vector<Told>& stories) {
  std::vector<HeardStory> heard;
  for (const auto& story : stories) heard.push_back(story.heard);
  return heard;
}

SimulateOptions with_one_seed(SimulateOptions options) {
  options.drive.seed = options.plant.seed = options.brain.seed = options.cortex.seed = options.seed;
  return options;
}

SimulatedDataset described(const std::vector<Told>& stories, const std::vector<PlantedVertex>& vertices,
                           const std::vector<Drive>& planted) {
  SimulatedDataset dataset{.planted = planted};
  double seconds = 0;
  for (const auto& [story, tagged, samples] : stories) {
    dataset.stories.push_back(story.name);
    dataset.words += static_cast<int64_t>(story.words.size());
    dataset.volumes += static_cast<int64_t>(story.volumes.size());
    seconds += story.words.back().offset - story.words.front().onset;
  }
  dataset.words_per_second = static_cast<double>(dataset.words) / seconds;
  dataset.vertices = std::count_if(vertices.begin(), vertices.end(), [](const auto& v) { return !v.medial_wall; });
  return dataset;
}

}  // namespace

SimulatedDataset write_simulated_dataset(const fs::path& folder, const SimulateOptions& given, const Compute& compute) {
  auto options = with_one_seed(given);
  const auto spec = read_text_spec(options.drive.model);
  check_simulation(options, spec);
  const auto stories = tell(options);
  const auto tagged = has_tags(heard(stories));
  if (options.plant.drives.empty()) options.plant.drives = possible_drives(tagged, options.sound);
  check_drives(options.plant.drives, tagged, options.sound);

  const auto left = make_cortex(options.cortex, Hemisphere::left),
             right = make_cortex(options.cortex, Hemisphere::right);
  const auto vertices = plant(left, right, options.plant, spec.layers, options.drive);
  const auto drives = make_drives(heard(stories), options.plant.drives, options.drive, compute);
  const Brains brains(drives, vertices, options.plant, options.drive, options.brain);
  const int64_t side = left.sphere.points.size(0);

  ensure_writable_folder(folder / "truth");
  ensure_writable_folder(folder / "surfaces");
  write_cortical_surfaces(folder / "surfaces", left, Hemisphere::left);
  write_cortical_surfaces(folder / "surfaces", right, Hemisphere::right);
  write_stories(folder, stories, options.drive.tr);
  const bool has_twins = told_by_a_grammar(options) && std::ranges::count(options.plant.drives, Drive::forecast) > 0;
  if (has_twins) write_twins(folder / "twins", stories, options);
  write_targets(folder, vertices);
  write_truth(folder / "truth" / "truth.tsv", vertices, spec.layers, options.drive, options.plant);
  write_truth_maps(folder, vertices, side);
  auto dataset = described(stories, vertices, options.plant.drives);
  if (!drives.groups.empty()) {
    write_networks(folder, drives);
    dataset.networks = write_templates(folder / "templates.tsv", vertices);
  }
  dataset.depth = spec.layers;
  if (has_twins) dataset.twins = options.twins;
  if (!drives.size_latents.empty()) dataset.sizes = write_sizes(folder, stories, drives, options.seed);
  write_recordings_table(folder, write_responses(folder, stories, drives, brains, options.brain, side, compute));
  write_description(folder, options, options.plant.drives);
  return dataset;
}

}  // namespace arcuate
