// arcuate simulate: simulated brains with a known answer, as a dataset that `arcuate run` takes up.
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/shipped_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "simulate/dataset.h"
#include "simulate/study_file.h"

namespace arcuate {
namespace {

struct Options {
  fs::path output;
  SimulateOptions simulation;
  std::vector<std::string> plant;
  StudyFileOptions study;
};

void describe_stories(cli::Spec<SimulateOptions>& s) {
  s.section("Stories");
  s.option("grammar", &SimulateOptions::grammar, "grammar that tells the stories; the shipped one when not given")
      .metavar("FILE");
  s.option("stories", &SimulateOptions::stories, "stories told by the grammar");
  s.option("story-words", &SimulateOptions::story_words, "words of each, at least (it ends with a sentence)");
  s.option("twins", &SimulateOptions::twins,
           "texts of the same syntax and other words for each of them, for the parts of forecasts; 0: none");
  s.option("text", &SimulateOptions::text, "one story as plain text instead; it has no parts of speech")
      .metavar("FILE");
  s.option("words", &SimulateOptions::words,
           "one story as a word table instead, with columns tag and head if it has any")
      .metavar("FILE");
  s.flag("sound", &SimulateOptions::sound, "write the stories' sound, and plant its power in the patch `sensory`");
}

void describe_drives(cli::Spec<DriveOptions>& s) {
  s.section("Model");
  s.option("model", &DriveOptions::model, "model that drives the brains; the shipped models/tales-1m when not given")
      .metavar("DIR");
  s.option("tr", &DriveOptions::tr, "seconds from volume to volume").metavar("S");
  s.option("layer", &DriveOptions::layer, "layer behind forecast and semantics; -1: two thirds of the depth");
  s.option("forecast-distances", &DriveOptions::forecast_distances,
           "words ahead of the planted forecast, each in its share of the patch")
      .metavar("LIST");
  s.option("forecast-components", &DriveOptions::forecast_components,
           "leading components of the states that the forecast is made of");
  s.option("networks", &DriveOptions::networks,
           "named networks, each driven by feed-forward units of its own that go up and down together");
  s.option("neurons", &DriveOptions::neurons, "feed-forward units that drive one network");
  s.option("loop-period", &DriveOptions::loop_period, "seconds of one turn of the planted rhythm").metavar("S");
}

void describe_plant(cli::Spec<PlantOptions>& s) {
  s.section("Planting");
  s.option("ceiling", &PlantOptions::ceiling,
           "r of a response with its own signal, in the middle of a patch, in one subject")
      .metavar("R");
  s.option("rim", &PlantOptions::rim, "ceiling at the rim of a patch, as a share of that in its middle");
  s.option("depth-low", &PlantOptions::depth_low, "layer planted in the middle of the patch `sensory`");
  s.option("depth-high", &PlantOptions::depth_high, "layer planted at the far end of `association`; -1: the last one");
  s.option("word-rate", &PlantOptions::word_rate, "share of word rate in the signal of both");
  s.option("sound-share", &PlantOptions::sound, "share of sound power in the signal of `sensory`, with --sound");
  s.option("forecast-share", &PlantOptions::forecast_share, "share of the word ahead in the forecast's signal");
  s.option("constant", &PlantOptions::constant, "vertices that never change");
  s.option("nan", &PlantOptions::nan, "vertices with a NaN in one subject");
}

void describe_response(cli::Spec<ResponseSpread>& s) {
  s.option("peak-spread", &ResponseSpread::peak,
           "seconds by which a subject's haemodynamic peak may differ, either way")
      .metavar("S");
  s.option("undershoot-spread", &ResponseSpread::undershoot, "the same for the size of its undershoot, as a share");
}

void describe_brains(cli::Spec<BrainOptions>& s) {
  s.section("Subjects");
  s.option("subjects", &BrainOptions::subjects, "number of subjects");
  s.option("repeats", &BrainOptions::repeats, "times that each hears each story");
  s.option("autocorrelation", &BrainOptions::autocorrelation, "of the noise, from volume to volume");
  s.option("shared-noise", &BrainOptions::shared_noise, "share of the noise that all subjects have in common");
  s.option("gain", &BrainOptions::gain, "standard deviation of a response, in percent of its mean");
  s.option("gain-spread", &BrainOptions::gain_spread, "standard deviation of the gain's logarithm");
  s.group(describe_response, &BrainOptions::response);
}

void describe_cortex(cli::Spec<CortexOptions>& s) {
  s.section("Cortex");
  s.option("vertices", &CortexOptions::vertices, "vertices of a hemisphere: 162, 642, 2562, 10242 or 40962");
  s.option("fold-depth", &CortexOptions::fold_depth, "millimetres from crown to fundus; 0: no folds").metavar("MM");
  s.option("fold-spacing", &CortexOptions::fold_spacing, "millimetres from one sulcus to the next").metavar("MM");
}

void describe_simulation(cli::Spec<SimulateOptions>& s) {
  describe_stories(s);
  s.group(describe_drives, &SimulateOptions::drive);
  s.group(describe_plant, &SimulateOptions::plant);
  s.group(describe_brains, &SimulateOptions::brain);
  s.group(describe_cortex, &SimulateOptions::cortex);
}

void describe_study(cli::Spec<StudyFileOptions>& s) {
  s.section("Study file");
  s.option("untrained", &StudyFileOptions::untrained, "untrained twins of the model");
  s.option("random-features", &StudyFileOptions::random_features, "seeds of the random control");
}

void describe(cli::Spec<Options>& s) {
  s.summary("simulated brains with a known answer, as a dataset");
  s.description(
      "Writes stories, a cortical surface of two hemispheres, the responses of several subjects (GIfTI) and a study "
      "file that `arcuate run` takes up unchanged. What was planted in each vertex, from which layer of the model and "
      "at which ceiling, lies in truth/: what a study finds can be held against what is there.");
  s.description(
      "Each patch of the cortex is driven by something else: `sensory` and `association` by layers of the model that "
      "rise from one to the other, `frontal` by a forecast, `motor` by syntax, `temporal_pole` by semantics, `angular` "
      "by networks of neurons, `posterior_medial` by a rhythm that runs in a circle, `occipital` by what feature "
      "spaces of growing size tell better and better, `word_rate` by word rate. All else is noise.");
  s.input("output", &Options::output, "folder to write: new or empty, unless --force is given")
      .metavar("OUT_DIR")
      .unrecorded();
  s.option(
       "plant", &Options::plant,
       "what is planted: layers, forecast, syntax, semantics, network, loop, size, word_rate, sound; when not given, "
       "all that the stories allow")
      .metavar("LIST");
  s.group(describe_simulation, &Options::simulation);
  s.group(describe_study, &Options::study);
  s.example("arcuate simulate brains", "four subjects who hear one story of 1,900 words");
  s.example("arcuate run brains/study.toml --output results", "brain scores of them");
  s.example("arcuate simulate small --vertices 642 --subjects 2 --plant layers,word_rate", "a small one");
}

void check_output(const fs::path& folder, bool force) {
  if (!fs::exists(folder) || force) return;
  if (!fs::is_directory(folder)) bad_input("'{}' is a file; name a new folder", folder.string());
  if (!fs::is_empty(folder))
    bad_input("'{}' is not empty; name a new folder, or give --force to write into it", folder.string());
}

SimulateOptions with_defaults(const Options& options, int64_t seed) {
  auto simulation = options.simulation;
  simulation.seed = static_cast<uint64_t>(seed);
  if (simulation.drive.model.empty()) simulation.drive.model = find_shipped(shipped_model, "--model");
  if (simulation.grammar.empty() && simulation.text.empty() && simulation.words.empty())
    simulation.grammar = find_shipped(shipped_grammar, "--grammar");
  for (const auto& name : options.plant) simulation.plant.drives.push_back(drive_from_name(name));
  return simulation;
}

int run(const Options& options, cli::Run& run) {
  const auto simulation = with_defaults(options, run.common.seed);
  if (run.common.dry_run) {
    run.console.info("would simulate {} subjects in {}", simulation.brain.subjects, options.output.string());
    return 0;
  }
  check_output(options.output, run.common.force);
  const auto dataset = write_simulated_dataset(options.output, simulation, run.compute);
  write_file(options.output / "study.toml", study_file(simulation, dataset, options.study));
  std::vector<std::string> planted;
  for (const auto drive : dataset.planted) planted.push_back(drive_name(drive));
  run.console.info("simulated {} subjects: {} words at {:.2f} a second, {} volumes, {} vertices; planted: {}",
                   simulation.brain.subjects, dataset.words, dataset.words_per_second, dataset.volumes,
                   dataset.vertices, join(planted, ", "));
  run.console.out() << (options.output / "study.toml").string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command simulate = cli::command<Options, describe, run>("simulate");
}
}  // namespace arcuate
