// arcuate encode: brain scores from bare arrays, by cross-validated ridge regression.
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_banded_support.h"
#include "cmd/encode_choice_support.h"
#include "cmd/encode_criterion_support.h"
#include "cmd/encode_design_support.h"
#include "cmd/encode_folds_support.h"
#include "cmd/encode_options_support.h"
#include "cmd/encode_scores_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "cmd/weights_file_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "encode/delays.h"
#include "encode/ridge.h"
#include "encode/score.h"

namespace arcuate {
namespace {

struct Options {
  ArrayNames arrays{};
  groups::OutputFolder output{};
  EncodeDesign design{};
  EncodeModel model{};
  EncodeChoice choice{};
  EncodeFolds folds{};
  EncodeCuts cuts{};
  EncodeBands bands{};
  bool curves = false;
  int64_t verify = 0;
  fs::path weights{};
};

void describe_results(cli::Spec<Options>& s) {
  s.section("Further results");
  s.flag("curves", &Options::curves,
         "also write curves.npy, the mean inner score of every penalty: splits x penalties x targets, float32, NaN for "
         "flagged targets and beyond a split's own grid");
  s.option("verify", &Options::verify,
           "solve so many targets, drawn at random, again in float64 by plain normal equations, and tell how far apart "
           "the results are")
      .range(0, std::numeric_limits<double>::infinity());
  s.option("weights", &Options::weights,
           "also write the weights of one model of all training rows to this HDF5 file (FILE.h5), which `arcuate "
           "predict` applies to new rows; without test arrays its penalties are chosen by inner folds of all rows")
      .metavar("FILE")
      .unrecorded();
}

void describe(cli::Spec<Options>& s) {
  s.summary("brain scores from bare arrays of features and responses");
  s.description(
      "Fits ridge regressions from features to each target and scores predictions of rows that were held out. Without "
      "test arrays the rows are cut into outer folds, each predicted by a model of the others whose penalties inner "
      "folds chose. With test arrays one model is fitted to all training rows and scored on the test rows.");
  s.description(
      "Writes to the output folder scores.tsv (target, r, r2, penalty, flag), scores.json (what the columns mean), "
      "scores.npy (r as float32, NaN without one) and manifest.json (options, inputs, folds); with --bands also "
      "bands.tsv and bands.json. A target that is NaN or infinite anywhere, or constant in all rows, in the training "
      "or "
      "in the test rows, is flagged and has no numbers.");
  s.section("Arrays");
  s.group(describe_encode_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  s.group(describe_encode_design, &Options::design);
  s.section("Model");
  s.group(describe_encode_model_with_groups, &Options::model);
  s.group(describe_encode_choice, &Options::choice);
  s.section("Cross-validation");
  s.group(describe_encode_folds, &Options::folds);
  s.group(describe_encode_cuts, &Options::cuts);
  s.group(describe_encode_bands, &Options::bands);
  describe_results(s);
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --delays 1,2,3,4 --gap 5",
            "five outer folds");
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --rule one-se --grow-grid 4 --verify 20",
            "strong penalties where they do as well, from a grid that grows, and 20 targets checked in float64");
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --inner bootstrap:15:20:0.25",
            "penalties chosen on random chunks of 20 rows, a quarter of the rows held out, 15 times");
  s.example("arcuate encode --features sound.npy words.npy --responses Y.npy --output scores --bands --delays 1,2,3,4",
            "banded ridge: a scale for each of two feature files and each target, and what each contributes");
  s.example(
      "arcuate encode --features X.npy --responses Y.npy --test-features X2.npy --test-responses Y2.npy --output "
      "scores",
      "fitted to X and Y, scored on X2 and Y2");
}

// What choices and further results cannot be of. Errors: usage.
void check_together(const Options& options) {
  const auto inner = within("--inner", [&] { return parse_inner_folds(options.cuts.inner); });
  const bool bands = options.bands.asked, fractions = options.model.penalty_unit == PenaltyUnit::fraction,
             folds = criterion_of(inner.rule) == PenaltyCriterion::folds;
  const bool curves = options.curves, grows = options.choice.grow_grid > 0, verifies = options.verify > 0,
             weights = !options.weights.empty(), one_se = options.choice.rule == ChoiceRule::one_standard_error;
  const auto& design = options.design;
  Problems problems("options exclude each other", Fault::usage);
  const auto refuse = [&](bool both, const std::string& what) {
    if (both) problems.add("{}", what);
  };
  refuse(bands && curves, "--curves has a score for each penalty, and --bands one for each penalty and scales");
  refuse(bands && grows, "--grow-grid grows the grid of one model, and --bands tries many; extend --penalties");
  refuse(bands && verifies, "--verify solves models of one scale again, and --bands has one for each target");
  refuse(bands && weights, "--weights stores models of one scale, and --bands has one for each target");
  refuse(fractions && grows, "--grow-grid multiplies penalties, and no fraction of --penalty-unit is above 1");
  refuse(fractions && one_se, "--rule one-se takes the largest penalty, and the largest fraction is the weakest");
  refuse(fractions && verifies, "--verify solves models with penalties again, and --penalty-unit fraction has none");
  refuse(fractions && weights, "--weights stores models with penalties, and --penalty-unit fraction has none");
  refuse(!folds && one_se, "--rule one-se needs the scores of inner folds, and --inner loo and gcv have none");
  refuse(!folds && verifies, "--verify scores inner folds again, and --inner loo and gcv have none");
  refuse(design.components && verifies, "--verify solves models of the columns again, and --pca has others");
  refuse(design.components && weights, "--weights are those of the design's columns, and --pca has others");
  refuse(design.kernel && weights, "--weights are those of the design's columns, and --kernel has none");
  refuse(!design.prior.empty() && weights, "--weights are those of the design's columns, and --prior changes these");
  problems.raise();
}

void check_options(const Options& options, const cli::Run& run) {
  check_encode_options(options.arrays, options.folds);
  check_together(options);
  refuse_to_replace(options.output.path / "scores.tsv", run.common.force);
  if (!options.weights.empty()) refuse_to_replace(options.weights, run.common.force);
}

void tell_scores(const EncodeScores& scores, const Options& options, cli::Console& console) {
  if (scores.ok == 0) return console.warn("no target could be scored: all are constant, NaN or infinite");
  const auto summary = score_summary(scores);
  console.info("r          median {:.4f}, mean {:.4f} over {} targets", summary["median_r"].get<double>(),
               summary["mean_r"].get<double>(), scores.ok);
  tell_edges(scores, options.model.penalty_unit, !options.bands.asked, console);
  console.info("written    {}", (options.output.path / "scores.tsv").string());
}

// What a run has read, and what it has found.
struct Work {
  EncodeData data{};
  FoldOptions folds{};
  RidgeOptions ridge{};
  std::vector<int64_t> delays{};
  std::vector<RidgeSplit> splits{};
  std::vector<Flag> flags{};
  RidgeProblem problem{};
  std::vector<RidgeCost> costs{};
  std::optional<BandedFit> banded{};
  std::optional<RidgeVerification> verification{};
};

Work read_work(const Options& options, const cli::Run& run) {
  Work work{.delays = parse_delays(options.model.delays)};
  work.ridge = ridge_options(options.model);
  work.ridge.rule = options.choice.rule;
  work.ridge.keep_predictions = false;
  work.ridge.keep_curves = options.curves;
  work.ridge.components = options.design.components.value_or(0);
  check_encode_bands(options.bands, options.arrays, work.ridge);
  check_encode_design(options.design, options.bands.asked, !work.delays.empty(), work.ridge);
  work.folds = with_cuts(fold_options(options.arrays, options.folds), options.cuts,
                         !options.arrays.test_features.empty(), run.common.seed);
  work.ridge.criterion = criterion_of(work.folds.inner.rule);
  work.data =
      with_design(options.design, options.arrays, read_encode_data(options.arrays, response_memory(run.common)));
  work.folds.labels = read_fold_labels(options.cuts.folds_from, work.data);
  work.splits = encode_splits(work.data, work.folds);
  work.flags = flag_encode_targets(work.data, work.splits);
  work.problem.target_groups =
      read_target_groups(options.choice, work.ridge.penalty_mode, work.data.responses.targets());
  return work;
}

std::vector<fs::path> input_files(const Options& options) {
  auto files = array_files(options.arrays);
  for (const auto& file : design_files(options.design)) files.push_back(file);
  for (const auto& file : {options.choice.target_groups, options.cuts.folds_from})
    if (!file.empty()) files.push_back(file);
  if (!options.bands.scales.empty()) files.push_back(array_file(options.bands.scales));
  return files;
}

// `origin`: program, command, options and inputs.
Json make_manifest(const Options& options, const Work& work, const EncodeScores& scores, const Json& origin) {
  const auto& data = work.data;
  Json manifest = origin;
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  manifest["features"] = data.features.size(1);
  manifest["constant_features"] = data.constant_features;
  manifest["targets"] = flag_counts(scores.flags);
  manifest["penalties"] = {
      {"grid", scores.grid}, {"share_at_smallest", scores.at_smallest}, {"share_at_largest", scores.at_largest}};
  if (options.choice.grow_grid > 0)
    manifest["penalties"]["grown"] = growth_record(work.splits, work.ridge.penalties, options.model.penalty_unit);
  record_criterion(work.ridge.criterion, manifest["penalties"]);
  if (!work.costs.empty()) manifest["solvers"] = solver_record(work.costs, data.responses.targets());
  if (work.banded) manifest["bands"] = bands_record(*work.banded, data.widths, scores.flags);
  manifest["summary"] = score_summary(scores);
  if (work.verification) manifest["verification"] = verification_record(*work.verification);
  manifest["gap"] = options.folds.gap;
  manifest["row_ranges"] = "[begin, end), counted from 0; test arrays follow the training arrays";
  for (const auto& story : data.stories) manifest["groups"].push_back({story.begin, story.end});
  if (!work.folds.labels.names.empty()) manifest["fold_labels"] = work.folds.labels.names;
  manifest["folds"] = split_record(work.splits);
  return manifest;
}

// Penalties by inner folds of all rows.
at::Tensor whole_choice(const Options& options, const Work& work, cli::Run& run) {
  std::vector<RidgeSplit> whole{whole_split(work.data, work.folds)};
  return fit_encoding(work.problem, whole, work.ridge, options.choice, work.flags, run).penalties[0];
}

// The model of all training rows: with test arrays that of the scores, else one more.
void store_weights(const Options& options, const Work& work, const RidgeResult& fit, const Json& origin,
                   cli::Run& run) {
  const bool known = work.data.train_rows < work.data.features.size(0);
  const auto penalties = known ? fit.penalties[0] : whole_choice(options, work, run);
  const auto& data = work.data;
  const auto design = work.delays.empty() ? data.features : delayed(data.features, work.delays, data.stories);
  write_weights(options.weights,
                {.fit = ridge_weights(design, work.problem.responses, all_rows(data.train_rows), penalties, work.ridge,
                                      run.compute),
                 .penalties = penalties,
                 .delays = work.delays,
                 .widths = data.widths,
                 .origin = origin},
                work.flags);
  run.console.info("weights    {}", options.weights.string());
}

void verify(const Options& options, Work& work, const RidgeResult& fit, cli::Run& run) {
  std::vector<int64_t> ok;
  for (size_t v = 0; v < work.flags.size(); ++v)
    if (work.flags[v] == Flag::ok) ok.push_back(static_cast<int64_t>(v));
  const auto targets = draw_targets(ok, options.verify, static_cast<uint64_t>(run.common.seed));
  work.verification = verify_ridge(work.problem, work.splits, work.ridge, fit, targets, run.compute);
  tell_verification(*work.verification, run.console);
}

RidgeResult fit(const Options& options, Work& work, cli::Run& run) {
  work.problem.responses = work.data.responses.without(work.flags);
  if (options.bands.asked) {
    work.problem.responses = work.problem.responses.whole();  // searches read columns here and there
    work.problem.bands = file_designs(work.data, work.delays);
    work.banded = fit_bands(options.bands, options.arrays, work.problem, work.splits, work.ridge, run);
    return work.banded->joint.fit;
  }
  work.problem.bands = {work.data.features};
  work.problem.delays = work.delays;
  work.problem.stories = work.data.stories;
  return fit_encoding(work.problem, work.splits, work.ridge, options.choice, work.flags, run);
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  auto work = read_work(options, run);
  tell_arrays(work.data, work.delays, work.splits, work.flags, run.console);
  if (const auto warning = criterion_warning(work.ridge.criterion); !warning.empty()) run.console.warn("{}", warning);
  if (run.common.dry_run) return 0;
  const ResultFolder folder_of_results(options.output.path);
  const auto found = fit(options, work, run);
  work.costs = found.costs;
  tell_costs(work.costs, work.data.responses.targets(), run.console);
  const auto scores = score_encoding(work.flags, found, work.splits, options.model.penalty_unit);
  tell_growth(work.splits, work.ridge.penalties, options.model.penalty_unit, run.console);
  if (options.verify > 0) verify(options, work, found, run);
  const auto origin = cli::manifest(run.record, input_files(options));
  if (!options.weights.empty()) store_weights(options, work, found, origin, run);
  for (const char* old : {"bands.tsv", "bands.json", "variance.tsv", "variance.json"})
    fs::remove(options.output.path / old);
  if (work.banded) write_bands(options.output.path, *work.banded, work.flags);
  write_scores(options.output.path, scores, score_columns(options.model.penalty_unit),
               make_manifest(options, work, scores, origin));
  tell_scores(scores, options, run.console);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command encode = cli::command<Options, describe, run>("encode");
}
}  // namespace arcuate
