// arcuate forecast: how far ahead and at which depth a brain follows a language model, from bare arrays.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_data_support.h"
#include "cmd/encode_scores_support.h"
#include "cmd/forecast_data_support.h"
#include "cmd/forecast_page_support.h"
#include "cmd/forecast_tables_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"

namespace arcuate {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  ForecastNames arrays{};
  groups::OutputFolder output{};
  std::vector<std::string> distances{"-10:30"};
  int64_t window = 7, components = 20, distance = 8;
  bool scale = true;
  std::optional<int64_t> layer{};
  std::vector<std::string> controls{"random", "shuffled", "past"};
  MaskOptions mask{};
  AlignMethod align = AlignMethod::lanczos;
  std::vector<std::string> delays{"1", "2", "3", "4"}, penalties{"log:-1:8:10"};
  Select select = Select::mse;
  Standardize standardize = Standardize::features;
  int64_t folds = 5, inner_folds = 5, gap = 5;
  FoldScore score = FoldScore::joined;
  int64_t swaps = 1000;
};

void describe_story(cli::Spec<StoryOptions>& s) {
  s.option("tier", &StoryOptions::tier,
           "TextGrid tier, by name or number from 1; if not given, the one called word(s), else the only one");
  s.option("silence", &StoryOptions::silence, "labels that mark silence and are no words, in any case; or none")
      .metavar("LIST");
  s.option("untimed", &StoryOptions::untimed,
           "words whose time is n/a: an error, left out, or placed between their neighbours")
      .choices({{"error", Untimed::error}, {"drop", Untimed::drop}, {"interpolate", Untimed::interpolate}});
}

void describe_arrays(cli::Spec<ForecastNames>& s) {
  s.option("features", &ForecastNames::features,
           "states of the words, words x width: FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME; several are "
           "layers in rising order, and "
           "so is one of layers x words x width")
      .metavar("FILE")
      .required();
  s.option("words", &ForecastNames::words,
           "the words with their times: .TextGrid, what Gentle, the Montreal Forced Aligner or WhisperX wrote (.csv, "
           ".json), or .tsv or .csv with columns onset, offset (or duration) and word; several are stories one after "
           "another, as in features and responses")
      .metavar("FILE")
      .required();
  s.option("responses", &ForecastNames::responses, "volumes x targets, or subjects x volumes x targets")
      .metavar("FILE")
      .required();
  s.option("volumes", &ForecastNames::volumes, "volumes of each story, where there are several").metavar("LIST");
  s.option("syntactic", &ForecastNames::twins,
           "states of twins that share the story's syntax, twins x words x width; or twins x words x words ahead x "
           "width, where each word has continuations of its own (extract --twins writes either, the mean over texts as "
           "one). Their mean is the syntactic part, what is left the "
           "semantic one, and each part's forecast is scored too")
      .metavar("FILE");
  s.option("targets", &ForecastNames::targets,
           "a table with columns target, hemisphere (L, R or n/a) and region, a row a target: hemispheres and regions "
           "are compared")
      .metavar("FILE");
  s.section("Time");
  s.option("tr", &ForecastNames::tr, "seconds from volume to volume").metavar("S").required();
  s.option("first-volume", &ForecastNames::first_volume,
           "middle of each story's first volume, in seconds on the clock of its words; half a TR when not given")
      .metavar("S");
  s.option("word-time", &ForecastNames::moment, "the moment at which a word counts")
      .choices({{"midpoint", WordMoment::midpoint}, {"onset", WordMoment::onset}, {"offset", WordMoment::offset}});
  s.group(describe_story, &ForecastNames::story);
}

void describe_forecast(cli::Spec<Options>& s) {
  s.section("Forecast");
  s.option("distances", &Options::distances,
           "words from the present one to the last word of the window: numbers, or FIRST:LAST; negative ones lie in "
           "the past")
      .metavar("LIST");
  s.option("window", &Options::window, "words in the window").range(1, no_limit);
  s.option("components", &Options::components,
           "principal components of the present word, and as many of the window, fitted to training words; 0: no PCA")
      .range(0, no_limit);
  s.flag("no-scale", &Options::scale, "do not z-score the states before the PCA");
  s.option("distance", &Options::distance,
           "the distance at which layers, controls, hemispheres and targets are tested");
  s.option("layer", &Options::layer,
           "layer of the curve over distances, from 0; two thirds of the way to the last when not given")
      .range(0, no_limit);
  s.option("controls", &Options::controls,
           "windows that the forecast is held against: random (words drawn at random), shuffled (the windows of other "
           "words), past (at minus the tested distance), mirrored (as far back as the window reaches ahead); or none")
      .metavar("LIST");
  s.option("score", &Options::score, "r over the held-out volumes of all folds, or the mean of the folds' r")
      .choices({{"joined", FoldScore::joined}, {"mean", FoldScore::mean}});
  s.option("swaps", &Options::swaps, "block swaps of the test within a target, where there is one subject; 0: no test")
      .range(0, no_limit);
}

void describe_mask(cli::Spec<MaskOptions>& s) {
  s.option("mask", &MaskOptions::rule,
           "targets that have a distance: all; those whose mean forecast score is positive at its peak; those whose "
           "score at the tested distance is significantly above 0; those where it differs from that at distance 0")
      .choices({{"none", MaskRule::none},
                {"positive", MaskRule::positive},
                {"significant", MaskRule::significant},
                {"difference", MaskRule::difference}});
  s.option("level", &MaskOptions::level, "largest q of the masks significant and difference").range(0, 1);
}

void describe_model(cli::Spec<Options>& s) {
  s.section("Model");
  s.option("align", &Options::align,
           "words to volumes: Lanczos kernel, or sum or mean over the words within half a TR of the volume's middle")
      .choices({{"lanczos", AlignMethod::lanczos}, {"sum", AlignMethod::sum}, {"mean", AlignMethod::mean}});
  s.option("delays", &Options::delays, "copies of the regressors, each so many volumes later").metavar("N");
  s.option("penalties", &Options::penalties,
           "penalties to choose from: numbers, or log:LO:HI:N for N values from 10^LO to 10^HI")
      .metavar("LIST");
  s.option("select", &Options::select,
           "score that chooses the penalty: mean over the inner folds of MSE, R2 or Pearson r")
      .choices({{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}});
  s.option("standardize", &Options::standardize,
           "what is z-scored, by mean and deviation of the training volumes of each fold")
      .choices({{"none", Standardize::none},
                {"features", Standardize::features},
                {"responses", Standardize::responses},
                {"both", Standardize::both}});
  s.section("Cross-validation");
  s.option("folds", &Options::folds, "contiguous outer folds").range(2, no_limit);
  s.option("inner-folds", &Options::inner_folds,
           "contiguous folds of each one's training volumes that choose penalties")
      .range(2, no_limit);
  s.option("gap", &Options::gap, "volumes left out between training and test volumes on both sides, within a story")
      .range(0, no_limit);
}

void describe(cli::Spec<Options>& s) {
  s.summary("how far ahead, and at which depth, a brain follows a model's states");
  s.description(
      "Forecast scores (Caucheteux, Gramfort & King 2023): F(d) = R(present word and a window of words that ends d "
      "words ahead) - R(present word), R being Pearson r of held-out ridge predictions. d* is the distance at which F "
      "peaks, k* the layer. With several subjects F is tested over them (signed-rank), with one by block swaps; q is "
      "corrected over targets.");
  s.description(
      "Writes to the output folder forecast.tsv (scores of every distance, target and subject), distance.tsv (d* in "
      "words, seconds and volumes), depth.tsv (k*, with several layers), controls.tsv, hemispheres.tsv and regions.tsv "
      "(with --targets), a .json beside each that says what the columns mean, figures/, report.html and "
      "manifest.json.");
  s.description(
      "A window longer than a word blurs d*: a single word d0 ahead is in all windows from d0 to d0 + w - 1 and in the "
      "middle of that at d0 + (w - 1) / 2. Delays blur it too: a word ahead at a later delay is a word nearer at an "
      "earlier one.");
  s.section("Arrays");
  s.group(describe_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  describe_forecast(s);
  s.group(describe_mask, &Options::mask);
  describe_model(s);
  s.example("arcuate forecast --features layer8.npy --words words.tsv --responses bold.npy --tr 1.5 --output forecast",
            "one layer over all distances");
  s.example(
      "arcuate forecast --features layer0.npy layer4.npy layer8.npy --layer 2 --words words.tsv --responses bold.npy "
      "--tr 2 --targets targets.tsv --distances 0:12 --output forecast",
      "depths and hemispheres too");
}

std::vector<ForecastControl> parse_controls(const std::vector<std::string>& names) {
  const ForecastControl all[] = {ForecastControl::random, ForecastControl::shuffled, ForecastControl::past,
                                 ForecastControl::mirrored};
  std::vector<std::string> known;
  for (const auto control : all) known.push_back(control_name(control));
  std::vector<ForecastControl> controls;
  for (const auto& name : names) {
    if (name == "none" && names.size() == 1) return {};
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) bad_usage("--controls: no control is called '{}'{}", name, suggestion(name, known));
    controls.push_back(all[found - known.begin()]);
  }
  return controls;
}

// Everything but the layer, which depends on how many there are.
ForecastStudyOptions study_options(const Options& options, int64_t seed) {
  ForecastStudyOptions study;
  auto& scores = study.scores;
  scores.windows = {.window = options.window, .components = options.components, .scale = options.scale};
  scores.align.method = options.align;
  scores.delays = parse_delays(options.delays);
  if (scores.delays.empty()) scores.delays = {0};
  scores.ridge.penalties = parse_penalties(join(options.penalties, ","));
  scores.ridge.select = options.select;
  scores.ridge.standardize = options.standardize;
  scores.score = options.score;
  scores.swaps = options.swaps;
  study.distances = parse_distances(options.distances);
  study.distance = options.distance;
  study.controls = parse_controls(options.controls);
  study.mask = options.mask;
  study.seed = static_cast<uint64_t>(seed);
  return study;
}

int64_t choose_layer(const Options& options, size_t count) {
  const auto layers = static_cast<int64_t>(count);
  const int64_t layer = options.layer.value_or((2 * layers - 1) / 3);
  if (layer >= layers)
    bad_usage("--layer {}: there {}, counted from 0", layer,
              layers == 1 ? "is 1 layer" : fmt::format("are {} layers", layers));
  return layer;
}

std::vector<RidgeSplit> make_splits(const Options& options, const ForecastTiming& timing) {
  const auto rows = all_rows(static_cast<int64_t>(timing.centres.size()));
  return nested_splits(contiguous_folds(rows, timing.volumes, options.folds, options.gap), timing.volumes,
                       options.inner_folds, options.gap);
}

void tell_data(const ForecastData& data, const ForecastStudyOptions& study, cli::Console& console) {
  const auto& [responses, subjects] = std::tie(data.input.responses, data.input.subjects);
  console.info(
      "words      {} in {}, one each {:.3f} s", data.input.timing.times.size(),
      data.input.timing.words.size() == 1 ? "one story" : fmt::format("{} stories", data.input.timing.words.size()),
      seconds_per_word(data.input.timing));
  console.info("responses  {} volumes, {} targets, {}", responses.rows(), responses.targets() / subjects,
               subjects == 1 ? "one subject" : fmt::format("{} subjects", subjects));
  console.info("layers     {}; the curve over {} distances is that of layer {}, '{}'", data.layer_names.size(),
               study.distances.size(), study.layer, data.layer_names.at(static_cast<size_t>(study.layer)));
}

int run(const Options& options, cli::Run& run) {
  if (!run.compute.device.is_cpu()) bad_usage("--device cuda is not available for forecast yet; use --device cpu");
  refuse_to_replace(options.output.path / "forecast.tsv", run.common.force);
  auto names = options.arrays;
  if (names.story.silence == std::vector<std::string>{"none"}) names.story.silence.clear();
  auto chosen = study_options(options, run.common.seed);
  const auto data = read_forecast_data(names);
  chosen.layer = choose_layer(options, data.input.layers.size());
  const auto splits = make_splits(options, data.input.timing);
  tell_data(data, chosen, run.console);
  if (run.common.dry_run) return 0;
  const ResultFolder folder_of_results(options.output.path);
  const auto study = [&] {
    auto bar = run.console.progress("fitting");
    run.compute.progress = bar.callback();
    return run_forecast_study(data.input, splits, chosen, run.compute);
  }();
  Json manifest = cli::manifest(run.record, forecast_files(options.arrays));
  manifest["layer"] = chosen.layer;
  manifest["seconds_per_word"] = study.seconds_per_word;
  manifest["targets"] = flag_counts(study.flags);
  const ForecastResults results{data, chosen, study};
  fs::remove(options.output.path / "forecast.tsv");
  write_json(options.output.path / "manifest.json", manifest);
  write_forecast_page(options.output.path, results);
  write_forecast_tables(options.output.path, results);
  run.console.out() << forecast_text(results);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command forecast = cli::command<Options, describe, run>("forecast");
}
}  // namespace arcuate
