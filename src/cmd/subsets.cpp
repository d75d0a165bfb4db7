// arcuate subsets: brain scores of models fitted to nested subsets of the training data.
#include <ATen/ATen.h>

#include <limits>

#include "cli/command.h"
#include "cmd/encode_options_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/delays.h"
#include "encode/subsets.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  ArrayNames arrays{};
  groups::OutputFolder output{};
  std::vector<int64_t> counts{};
  std::optional<int64_t> chunk{};
  int64_t orders = 1;
  EncodeModel model{};
  EncodeFolds folds{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("brain scores of nested subsets of the training data");
  s.description(
      "Fits ridge regressions to growing random subsets of the training rows and scores all of them on the same test "
      "rows. Subsets are made of whole groups (--groups) or of chunks of rows (--chunk); each contains the smaller "
      "ones. Without test arrays this is done for each outer fold. Each subset chooses its penalties by contiguous "
      "inner folds of its own rows (--inner-folds, or --folds with test arrays).");
  s.description(
      "Writes to the output folder subsets.tsv (order, units, training_rows, targets, r, r_abs_r: means over targets "
      "that are not flagged), subsets.json (what the columns mean) and manifest.json. `arcuate scaling` takes the "
      "table "
      "as it is and fits the score's growth with the data.");
  s.section("Arrays");
  s.group(describe_encode_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  s.section("Subsets");
  s.option("counts", &Options::counts,
           "how many groups or chunks each subset holds; if not given, 1, 2, 4 and so on, and all")
      .range(1, no_limit);
  s.option("chunk", &Options::chunk, "rows of a chunk; if not given, subsets are made of whole groups")
      .range(1, no_limit);
  s.option("orders", &Options::orders, "random orders in which the data grow, each with its own subsets")
      .range(1, no_limit);
  s.group(describe_encode_model, &Options::model);
  s.group(describe_encode_folds, &Options::folds);
  s.example(
      "arcuate subsets --features X.npy --responses Y.npy --groups stories.txt --test-features X2.npy "
      "--test-responses Y2.npy --output growth --orders 5",
      "1, 2, 4 … stories in five orders");
  s.example("arcuate scaling growth/subsets.tsv --output law", "the gain for ten times the data");
}

void check_options(const Options& options, const cli::Run& run) {
  check_encode_options(options.arrays, options.folds);
  if (options.arrays.groups.empty() && !options.chunk)
    bad_usage("subsets are made of groups or of chunks: give --groups FILE, or --chunk N for chunks of N rows");
  refuse_to_replace(options.output.path / "subsets.tsv", run.common.force);
}

struct Row {
  int64_t order = 0, units = 0, targets = 0;
  double training_rows = 0, r = 0, r_abs_r = 0;
};

std::vector<Row> summarise(const std::vector<SubsetScore>& scores, const std::vector<Flag>& flags) {
  std::vector<int64_t> ok;
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] == Flag::ok) ok.push_back(static_cast<int64_t>(v));
  std::vector<Row> rows;
  for (const auto& s : scores) {
    const auto r = s.r.index_select(0, index_tensor(ok));
    rows.push_back({.order = s.order + 1,
                    .units = s.units,
                    .targets = r.numel(),
                    .training_rows = s.training_rows,
                    .r = r.mean().item<double>(),
                    .r_abs_r = signed_square(r).mean().item<double>()});
  }
  return rows;
}

Json column_descriptions() {
  const auto about = [](const char* text) { return Json{{"Description", text}}; };
  return {{"order", about("Random order in which the data grow, from 1")},
          {"units", about("Groups or chunks of training data")},
          {"training_rows", about("Rows of training data, mean over outer folds")},
          {"targets", about("Targets that are scored")},
          {"r", about("Pearson correlation of responses and predictions over the test rows, mean over targets")},
          {"r_abs_r", about("r |r|, mean over targets")}};
}

void write_rows(const fs::path& path, const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> fields;
  for (const auto& row : rows)
    fields.push_back({std::to_string(row.order), std::to_string(row.units), shortest(row.training_rows),
                      std::to_string(row.targets), shortest(row.r), shortest(row.r_abs_r)});
  write_tsv(path, {"order", "units", "training_rows", "targets", "r", "r_abs_r"}, fields);
}

void print_rows(const std::vector<Row>& rows, std::ostream& out) {
  out << fmt::format("{:>6}{:>8}{:>15}{:>10}\n", "order", "units", "training rows", "mean r");
  for (const auto& row : rows)
    out << fmt::format("{:>6}{:>8}{:>15.0f}{:>10.4f}\n", row.order, row.units, row.training_rows, row.r);
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  const auto delays = parse_delays(options.model.delays);
  const auto ridge = ridge_options(options.model);
  const auto data = read_encode_data(options.arrays, response_memory(run.common));
  const auto splits = encode_splits(data, fold_options(options.arrays, options.folds));
  const auto flags = flag_encode_targets(data, splits);
  tell_arrays(data, delays, splits, flags, run.console);
  if (flag_counts(flags)["ok"] == 0) bad_input("no target can be scored: all are constant, NaN or infinite");
  if (run.common.dry_run) return 0;
  std::vector<Fold> outer;
  for (const auto& split : splits) outer.push_back(split.outer);
  const bool with_test = data.train_rows < data.features.size(0);
  constexpr int64_t usual_folds = 5;
  const SubsetOptions subsets{
      .counts = options.counts,
      .chunk = options.chunk.value_or(0),
      .orders = options.orders,
      .inner_folds = (with_test ? options.folds.folds : options.folds.inner_folds).value_or(usual_folds),
      .gap = options.folds.gap,
      .seed = static_cast<uint64_t>(run.common.seed)};
  const auto design = delays.empty() ? data.features : delayed(data.features, delays, data.stories);
  const auto scores = [&] {
    auto bar = run.console.progress("fitting");
    run.compute.progress = bar.callback();
    return score_subsets({.bands = {design}, .responses = data.responses.without(flags)}, outer, data.stories, subsets,
                         ridge, run.compute);
  }();
  const auto rows = summarise(scores, flags);
  ensure_writable_folder(options.output.path);
  Json manifest = cli::manifest(run.record, array_files(options.arrays));
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  manifest["targets"] = flag_counts(flags);
  write_json(options.output.path / "manifest.json", manifest);
  write_json(options.output.path / "subsets.json", column_descriptions());
  write_rows(options.output.path / "subsets.tsv", rows);
  print_rows(rows, run.console.out());
  run.console.info("written    {}", (options.output.path / "subsets.tsv").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command subsets = cli::command<Options, describe, run>("subsets");
}
}  // namespace arcuate
