// arcuate encode: brain scores from bare arrays, by cross-validated ridge regression.
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_choice_support.h"
#include "cmd/encode_folds_support.h"
#include "cmd/encode_options_support.h"
#include "cmd/encode_scores_support.h"
#include "cmd/encode_weights_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
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
  EncodeModel model{};
  EncodeChoice choice{};
  EncodeFolds folds{};
  EncodeCuts cuts{};
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
           "also write the weights of one model of all training rows to this HDF5 file (FILE.h5); without test arrays "
           "its penalties are chosen by inner folds of all rows")
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
      "scores.npy (r as float32, NaN without one) and manifest.json (options, inputs, folds). A target that is "
      "NaN or infinite anywhere, or constant in all rows, in the training or in the test rows, is flagged and has no "
      "numbers.");
  s.section("Arrays");
  s.group(describe_encode_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  s.section("Model");
  s.group(describe_encode_model_with_groups, &Options::model);
  s.group(describe_encode_choice, &Options::choice);
  s.section("Cross-validation");
  s.group(describe_encode_folds, &Options::folds);
  s.group(describe_encode_cuts, &Options::cuts);
  describe_results(s);
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --delays 1,2,3,4 --gap 5",
            "five outer folds");
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --rule one-se --grow-grid 4 --verify 20",
            "strong penalties where they do as well, from a grid that grows, and 20 targets checked in float64");
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --inner bootstrap:15:20:0.25",
            "penalties chosen on random chunks of 20 rows, a quarter of the rows held out, 15 times");
  s.example(
      "arcuate encode --features X.npy --responses Y.npy --test-features X2.npy --test-responses Y2.npy --output "
      "scores",
      "fitted to X and Y, scored on X2 and Y2");
}

void check_options(const Options& options, const cli::Run& run) {
  check_encode_options(options.arrays, options.folds, run);
  refuse_to_replace(options.output.path / "scores.tsv", run.common.force);
  if (!options.weights.empty()) refuse_to_replace(options.weights, run.common.force);
}

void tell_scores(const EncodeScores& scores, const fs::path& folder, cli::Console& console) {
  if (scores.ok == 0) return console.warn("no target could be scored: all are constant, NaN or infinite");
  const auto summary = score_summary(scores);
  console.info("r          median {:.4f}, mean {:.4f} over {} targets", summary["median_r"].get<double>(),
               summary["mean_r"].get<double>(), scores.ok);
  tell_edges(scores, console);
  console.info("written    {}", (folder / "scores.tsv").string());
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
  std::optional<RidgeVerification> verification{};
};

Work read_work(const Options& options, const cli::Run& run) {
  Work work{.delays = parse_delays(options.model.delays)};
  work.ridge = ridge_options(options.model);
  work.ridge.rule = options.choice.rule;
  work.ridge.keep_predictions = false;
  work.ridge.keep_curves = options.curves;
  work.folds = with_cuts(fold_options(options.arrays, options.folds), options.cuts,
                         !options.arrays.test_features.empty(), run.common.seed);
  work.data = read_encode_data(options.arrays);
  work.folds.labels = read_fold_labels(options.cuts.folds_from, work.data);
  work.splits = encode_splits(work.data, work.folds);
  work.flags = flag_encode_targets(work.data, work.splits);
  work.problem.target_groups = read_target_groups(options.choice, work.ridge.penalty_mode, work.data.responses.size(1));
  return work;
}

std::vector<fs::path> input_files(const Options& options) {
  auto files = array_files(options.arrays);
  for (const auto& file : {options.choice.target_groups, options.cuts.folds_from})
    if (!file.empty()) files.push_back(file);
  return files;
}

Json make_manifest(const Options& options, const Work& work, const EncodeScores& scores, const cli::Run& run) {
  const auto& data = work.data;
  Json manifest = cli::manifest(run.record, input_files(options));
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  manifest["features"] = data.features.size(1);
  manifest["constant_features"] = data.constant_features;
  manifest["targets"] = flag_counts(scores.flags);
  manifest["penalties"] = {
      {"grid", scores.grid}, {"share_at_smallest", scores.at_smallest}, {"share_at_largest", scores.at_largest}};
  if (options.choice.grow_grid > 0)
    manifest["penalties"]["grown"] = growth_record(work.splits, work.ridge.penalties, options.model.penalty_unit);
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
void store_weights(const Options& options, const Work& work, const RidgeResult& fit, cli::Run& run) {
  const bool known = work.data.train_rows < work.data.features.size(0);
  const auto penalties = known ? fit.penalties[0] : whole_choice(options, work, run);
  write_weights(options.weights,
                {.fit = ridge_weights(work.problem.bands[0], work.problem.responses, all_rows(work.data.train_rows),
                                      penalties, work.ridge, run.compute),
                 .penalties = penalties,
                 .delays = work.delays},
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

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  auto work = read_work(options, run);
  tell_arrays(work.data, work.delays, work.splits, work.flags, run.console);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(options.output.path);
  const bool as_features = work.delays.empty() || options.verify > 0 || !options.weights.empty();
  work.problem.bands = {work.data.features};
  if (as_features && !work.delays.empty())
    work.problem.bands = {delayed(work.data.features, work.delays, work.data.stories)};
  if (!as_features) work.problem.delays = work.delays, work.problem.stories = work.data.stories;
  work.problem.responses = without_bad_targets(work.data.responses, work.flags);
  const auto fit = fit_encoding(work.problem, work.splits, work.ridge, options.choice, work.flags, run);
  const auto scores = score_encoding(work.flags, fit, work.splits, options.model.penalty_unit);
  tell_growth(work.splits, work.ridge.penalties, options.model.penalty_unit, run.console);
  if (options.verify > 0) verify(options, work, fit, run);
  if (!options.weights.empty()) store_weights(options, work, fit, run);
  write_scores(options.output.path, scores, options.model.penalty_unit, make_manifest(options, work, scores, run));
  tell_scores(scores, options.output.path, run.console);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command encode = cli::command<Options, describe, run>("encode");
}
}  // namespace arcuate
