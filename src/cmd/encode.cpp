// arcuate encode: brain scores from bare arrays, by cross-validated ridge regression.
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_banded_support.h"
#include "cmd/encode_criterion_support.h"
#include "cmd/encode_design_support.h"
#include "cmd/encode_options_support.h"
#include "cmd/encode_scores_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "encode/delays.h"
#include "encode/inner_folds.h"
#include "encode/ridge.h"
#include "encode/score.h"

namespace arcuate {
namespace {

struct Options {
  ArrayNames arrays{};
  groups::OutputFolder output{};
  EncodeDesign design{};
  EncodeModel model{};
  EncodeFolds folds{};
  EncodeBands bands{};
  std::string inner = "auto";
};

void describe_inner(cli::Spec<Options>& s) {
  s.option("inner", &Options::inner,
           "how inner folds are cut: auto, as --inner-folds says; contiguous, also where groups are left out; "
           "bootstrap:BOOTS:LENGTH:HELD_OUT, which holds out random chunks of LENGTH rows, BOOTS times; HELD_OUT is a "
           "share of the rows (0.25) or a number of chunks; or no folds: loo, which leaves out each training row by "
           "itself, exactly, or gcv, generalised cross-validation; both are wrong for autocorrelated rows")
      .metavar("HOW");
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
      "bands.tsv and "
      "bands.json. A target that is "
      "constant, NaN or infinite anywhere is flagged and has no numbers.");
  s.section("Arrays");
  s.group(describe_encode_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  s.group(describe_encode_design, &Options::design);
  s.group(describe_encode_model, &Options::model);
  s.group(describe_encode_folds, &Options::folds);
  describe_inner(s);
  s.group(describe_encode_bands, &Options::bands);
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --delays 1,2,3,4 --gap 5",
            "five outer folds");
  s.example("arcuate encode --features X.npy --responses Y.npy --output scores --inner bootstrap:15:20:0.25",
            "penalties chosen on random chunks of 20 rows, a quarter of the rows held out, 15 times");
  s.example("arcuate encode --features sound.npy words.npy --responses Y.npy --output scores --bands --delays 1,2,3,4",
            "banded ridge: a scale for each of two feature files and each target, and what each contributes");
  s.example(
      "arcuate encode --features X.npy --responses Y.npy --test-features X2.npy --test-responses Y2.npy --output "
      "scores",
      "fitted to X and Y, scored on X2 and Y2");
}

void check_options(const Options& options, const cli::Run& run) {
  check_encode_options(options.arrays, options.folds, run);
  refuse_to_replace(options.output.path / "scores.tsv", run.common.force);
}

// Chunks and single rows take the place of the contiguous inner folds, which therefore must not be asked for too.
InnerFolds inner_rule(const Options& options, int64_t seed) {
  auto inner = within("--inner", [&] { return parse_inner_folds(options.inner); });
  if (inner.rule == InnerRule::automatic || inner.rule == InnerRule::contiguous) return inner;
  if (options.folds.inner_folds)
    bad_usage("--inner and --inner-folds both say how inner folds are cut; give one of them");
  if (options.folds.folds && !options.arrays.test_features.empty())
    bad_usage("with test arrays --folds and --inner both say how inner folds are cut; give one of them");
  if (options.folds.gap > 0 && !options.arrays.test_features.empty() && inner.rule != InnerRule::chunks)
    bad_usage("with test arrays and --inner {} there are no folds to leave a --gap in", options.inner);
  inner.chunks.seed = static_cast<uint64_t>(seed);
  return inner;
}

void tell_edges(const EncodeScores& scores, PenaltyUnit unit, cli::Console& console) {
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
  if (unit == PenaltyUnit::fraction && scores.grid.back() == 1) return;  // nothing lies beyond
  warn(scores.at_largest, "LARGEST", scores.grid.back());
}

void tell_scores(const EncodeScores& scores, const fs::path& folder, PenaltyUnit unit, cli::Console& console) {
  if (scores.ok == 0) return console.warn("no target could be scored: all are constant, NaN or infinite");
  const auto summary = score_summary(scores);
  console.info("r          median {:.4f}, mean {:.4f} over {} targets", summary["median_r"].get<double>(),
               summary["mean_r"].get<double>(), scores.ok);
  tell_edges(scores, unit, console);
  console.info("written    {}", (folder / "scores.tsv").string());
}

Json make_manifest(const Options& options, const EncodeData& data, const std::vector<RidgeSplit>& splits,
                   const EncodeScores& scores, const cli::Run& run) {
  auto files = array_files(options.arrays);
  for (const auto& file : design_files(options.design)) files.push_back(file);
  Json manifest = cli::manifest(run.record, files);
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  manifest["features"] = data.features.size(1);
  manifest["constant_features"] = data.constant_features;
  manifest["targets"] = flag_counts(scores.flags);
  manifest["penalties"] = {
      {"grid", scores.grid}, {"share_at_smallest", scores.at_smallest}, {"share_at_largest", scores.at_largest}};
  record_criterion(criterion_of(parse_inner_folds(options.inner).rule), manifest["penalties"]);
  manifest["summary"] = score_summary(scores);
  manifest["gap"] = options.folds.gap;
  manifest["row_ranges"] = "[begin, end), counted from 0; test arrays follow the training arrays";
  for (const auto& story : data.stories) manifest["groups"].push_back({story.begin, story.end});
  manifest["folds"] = split_record(splits);
  return manifest;
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  const auto delays = parse_delays(options.model.delays);
  auto ridge = ridge_options(options.model);
  ridge.keep_predictions = false;
  ridge.components = options.design.components.value_or(0);
  check_encode_bands(options.bands, options.arrays, ridge);
  check_encode_design(options.design, options.bands.asked, !delays.empty(), ridge);
  auto folds = fold_options(options.arrays, options.folds);
  folds.inner = inner_rule(options, run.common.seed);
  ridge.criterion = criterion_of(folds.inner.rule);
  const auto data = with_design(options.design, options.arrays, read_encode_data(options.arrays));
  const auto splits = encode_splits(data, folds);
  const auto flags = flag_encode_targets(data);
  tell_arrays(data, delays, splits, flags, run.console);
  if (const auto warning = criterion_warning(ridge.criterion); !warning.empty()) run.console.warn("{}", warning);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(options.output.path);
  const auto responses = without_bad_targets(data.responses, flags);
  std::optional<BandedFit> banded;
  const auto fit = [&] {
    if (options.bands.asked) {
      banded = fit_bands(options.bands, options.arrays, file_designs(data, delays), responses, splits, ridge, run);
      return banded->joint.fit;
    }
    auto bar = run.console.progress("fitting");
    run.compute.progress = bar.callback();
    const auto design = delays.empty() ? data.features : delayed(data.features, delays, data.stories);
    return ridge_cross_validated({.bands = {design}, .responses = responses}, splits, ridge, run.compute);
  }();
  const auto scores = score_encoding(flags, fit, ridge.penalties, options.model.penalty_unit);
  auto manifest = make_manifest(options, data, splits, scores, run);
  if (banded) {
    manifest["bands"] = bands_record(*banded, data.widths, flags);
    write_bands(options.output.path, *banded, flags);
  }
  write_scores(options.output.path, scores, options.model.penalty_unit, manifest);
  tell_scores(scores, options.output.path, options.model.penalty_unit, run.console);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command encode = cli::command<Options, describe, run>("encode");
}
}  // namespace arcuate
