// arcuate encode: brain scores from bare arrays, by cross-validated ridge regression.
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_data_support.h"
#include "cmd/encode_scores_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "encode/delays.h"
#include "encode/ridge.h"
#include "encode/score.h"

namespace arcuate {
namespace {

enum class Precision { f32, f64, bf16 };
constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  ArrayNames arrays{};
  groups::OutputFolder output{};
  std::vector<std::string> delays{"none"};
  std::vector<std::string> penalties{"log:1:8:15"};
  PenaltyUnit penalty_unit = PenaltyUnit::lambda;
  PenaltyMode penalty_mode = PenaltyMode::per_target;
  Select select = Select::mse;
  Standardize standardize = Standardize::none;
  bool intercept = true;
  Precision precision = Precision::f32;
  std::optional<int64_t> folds{}, inner_folds{};
  int64_t gap = 0;
};

void describe_arrays(cli::Spec<ArrayNames>& s) {
  s.option("features", &ArrayNames::features,
           "design, rows x columns: FILE.npy or FILE.h5:DATASET; the columns of several files stand side by side in "
           "one design")
      .metavar("FILE")
      .required();
  s.option("responses", &ArrayNames::responses, "responses, rows x targets, with the rows of the features")
      .metavar("FILE")
      .required();
  s.option("test-features", &ArrayNames::test_features, "features of rows that are predicted and never fitted")
      .metavar("FILE");
  s.option("test-responses", &ArrayNames::test_responses, "their responses").metavar("FILE");
  s.option("groups", &ArrayNames::groups,
           "the group (story or run) of each row: a text file of one label a line, or whole numbers as FILE.npy; "
           "delays and gaps stay within a group, and groups are left out one at a time unless --folds is given");
}

void describe_model(cli::Spec<Options>& s) {
  s.section("Model");
  s.option("delays", &Options::delays,
           "copies of the features, each so many rows later, zeros where a group begins; or none")
      .metavar("N");
  s.option("penalties", &Options::penalties,
           "penalties to choose from: numbers, or log:LO:HI:N for N values from 10^LO to 10^HI")
      .metavar("LIST");
  s.option("penalty-unit", &Options::penalty_unit,
           "what the numbers are: lambda, added to X'X, or huth: alpha with lambda = alpha^2")
      .choices({{"lambda", PenaltyUnit::lambda}, {"huth", PenaltyUnit::huth}});
  s.option("penalty-mode", &Options::penalty_mode, "one penalty for each target or one for all")
      .choices({{"per-target", PenaltyMode::per_target}, {"shared", PenaltyMode::shared}});
  s.option("select", &Options::select,
           "score that chooses the penalty: mean over the inner folds of MSE, R2 or Pearson r")
      .choices({{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}});
  s.option("standardize", &Options::standardize,
           "what is z-scored, by mean and deviation of the training rows of each split")
      .choices({{"none", Standardize::none},
                {"features", Standardize::features},
                {"responses", Standardize::responses},
                {"both", Standardize::both}});
  s.flag("no-intercept", &Options::intercept, "fit no intercept and subtract no mean");
  s.option("precision", &Options::precision,
           "of the products of features and responses; factorisations and scores are float64 always (bf16 is not "
           "available yet)")
      .choices({{"f32", Precision::f32}, {"f64", Precision::f64}, {"bf16", Precision::bf16}});
}

void describe_folds(cli::Spec<Options>& s) {
  s.section("Cross-validation");
  s.option("folds", &Options::folds,
           "contiguous folds, 5 if not given: outer ones, or with test arrays those of the training rows that choose "
           "penalties")
      .range(2, no_limit);
  s.option("inner-folds", &Options::inner_folds,
           "contiguous folds of each outer fold's training rows that choose its penalties; if not given, the remaining "
           "groups where groups are left out and at least two remain, else 5")
      .range(2, no_limit);
  s.option("gap", &Options::gap, "rows left out between training and test rows on both sides, within a group")
      .range(0, no_limit);
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
      "constant, NaN or infinite anywhere is flagged and has no numbers.");
  s.section("Arrays");
  s.group(describe_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  describe_model(s);
  describe_folds(s);
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --delays 1,2,3,4 --gap 5",
            "five outer folds");
  s.example(
      "arcuate encode --features X.npy --responses Y.npy --test-features X2.npy --test-responses Y2.npy --output "
      "scores",
      "fitted to X and Y, scored on X2 and Y2");
}

void check_options(const Options& options, const cli::Run& run) {
  if (options.precision == Precision::bf16) bad_usage("--precision bf16 is not available yet; use f32 or f64");
  if (!run.compute.device.is_cpu()) bad_usage("--device cuda is not available for encode yet; use --device cpu");
  if (options.inner_folds && !options.arrays.test_features.empty())
    bad_usage("--inner-folds has no meaning with test arrays, where --folds are the folds that choose penalties");
  refuse_to_replace(options.output.path / "scores.tsv", run.common.force);
}

RidgeOptions ridge_options(const Options& options) {
  RidgeOptions ridge{.penalties = parse_penalties(join(options.penalties, ",")),
                     .select = options.select,
                     .penalty_mode = options.penalty_mode,
                     .intercept = options.intercept,
                     .standardize = options.standardize,
                     .type = options.precision == Precision::f64 ? at::kDouble : at::kFloat};
  if (options.penalty_unit == PenaltyUnit::huth)
    for (double& penalty : ridge.penalties) penalty *= penalty;
  return ridge;
}

std::string counts_text(const Json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts.items()) parts.push_back(fmt::format("{} {}", count.get<int64_t>(), name));
  return join(parts, ", ");
}

void tell_arrays(const EncodeData& data, const std::vector<int64_t>& delays, const std::vector<RidgeSplit>& splits,
                 const std::vector<Flag>& flags, cli::Console& console) {
  const int64_t all = data.features.size(0);
  if (data.constant_features > 0)
    console.warn("{} of {} feature columns are constant in the training rows and explain nothing",
                 data.constant_features, data.features.size(1));
  console.info("rows       {}{}{}; {} of {} inner folds", data.train_rows,
               all > data.train_rows ? fmt::format(" for training, {} for testing", all - data.train_rows) : "",
               data.stories.size() > 1 ? fmt::format(" in {} groups", data.stories.size()) : "",
               splits.size() == 1 ? "one split" : fmt::format("{} splits", splits.size()), splits.front().inner.size());
  console.info("features   {}{}", data.features.size(1),
               delays.empty() ? "" : fmt::format(" at {} delays", delays.size()));
  console.info("targets    {} ({})", flags.size(), counts_text(flag_counts(flags)));
}

void tell_edges(const EncodeScores& scores, cli::Console& console) {
  constexpr double alarming = 0.01;
  if (scores.grid.size() < 2) return console.info("penalties  {} is the only one", shortest(scores.grid.front()));
  console.info("penalties  {:.1f} % at the smallest of the grid ({}), {:.1f} % at the largest ({})",
               100 * scores.at_smallest, shortest(scores.grid.front()), 100 * scores.at_largest,
               shortest(scores.grid.back()));
  const auto warn = [&](double share, const char* edge, double penalty) {
    if (share > alarming)
      console.warn(
          "{:.1f} % OF THE CHOSEN PENALTIES ARE THE {} OF THE GRID ({}): better ones may lie beyond it; extend "
          "--penalties",
          100 * share, edge, shortest(penalty));
  };
  warn(scores.at_smallest, "SMALLEST", scores.grid.front());
  warn(scores.at_largest, "LARGEST", scores.grid.back());
}

void tell_scores(const EncodeScores& scores, const fs::path& folder, cli::Console& console) {
  if (scores.ok == 0) return console.warn("no target could be scored: all are constant, NaN or infinite");
  const auto summary = score_summary(scores);
  console.info("r          median {:.4f}, mean {:.4f} over {} targets", summary["median_r"].get<double>(),
               summary["mean_r"].get<double>(), scores.ok);
  tell_edges(scores, console);
  console.info("written    {}", (folder / "scores.tsv").string());
}

Json make_manifest(const Options& options, const EncodeData& data, const std::vector<RidgeSplit>& splits,
                   const EncodeScores& scores, const cli::Run& run) {
  Json manifest = cli::manifest(run.record, array_files(options.arrays));
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  manifest["features"] = data.features.size(1);
  manifest["constant_features"] = data.constant_features;
  manifest["targets"] = flag_counts(scores.flags);
  manifest["penalties"] = {
      {"grid", scores.grid}, {"share_at_smallest", scores.at_smallest}, {"share_at_largest", scores.at_largest}};
  manifest["summary"] = score_summary(scores);
  manifest["gap"] = options.gap;
  manifest["row_ranges"] = "[begin, end), counted from 0; test arrays follow the training arrays";
  for (const auto& story : data.stories) manifest["groups"].push_back({story.begin, story.end});
  manifest["folds"] = split_record(splits);
  return manifest;
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  const auto delays = parse_delays(options.delays);
  const auto ridge = ridge_options(options);
  const auto data = read_encode_data(options.arrays);
  const auto splits = encode_splits(data, {.by_group = !options.arrays.groups.empty(),
                                           .folds = options.folds,
                                           .inner_folds = options.inner_folds,
                                           .gap = options.gap});
  const auto flags = flag_encode_targets(data);
  tell_arrays(data, delays, splits, flags, run.console);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(options.output.path);
  const auto design = delays.empty() ? data.features : delayed(data.features, delays, data.stories);
  const auto fit = [&] {
    auto bar = run.console.progress("fitting");
    run.compute.progress = bar.callback();
    return ridge_cross_validated({.bands = {design}, .responses = without_bad_targets(data.responses, flags)}, splits,
                                 ridge, run.compute);
  }();
  const auto scores = score_encoding(data, flags, fit, ridge.penalties, options.penalty_unit);
  write_scores(options.output.path, scores, options.penalty_unit, make_manifest(options, data, splits, scores, run));
  tell_scores(scores, options.output.path, run.console);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command encode = cli::command<Options, describe, run>("encode");
}
}  // namespace arcuate
