// arcuate predict: the weights that `encode` stored, applied to new features and scored on new responses.
#include <ATen/ATen.h>

#include <limits>
#include <memory>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_scores_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "cmd/predict_data_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/npy_column_writer.h"

namespace arcuate {
namespace {

using at::Tensor;

struct Options {
  fs::path weights{};
  ArrayNames arrays{};
  groups::OutputFolder output{};
  bool predictions = true;
};

void describe_arrays(cli::Spec<ArrayNames>& s) {
  s.option("features", &ArrayNames::features,
           "features of the new rows, rows x columns: FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME; the "
           "columns of several files stand "
           "side by side, in the order of those that the weights were fitted to, and without delayed copies")
      .metavar("FILE")
      .required();
  s.option("responses", &ArrayNames::responses, "responses of these rows, rows x targets, to score the predictions on")
      .metavar("FILE");
  s.option("groups", &ArrayNames::groups,
           "the group (story or run) of each row: a text file of one label a line, or whole numbers as FILE.npy; "
           "delays stay within a group. If not given, all rows are one group");
}

void describe(cli::Spec<Options>& s) {
  s.summary("stored weights applied to a new story or subject");
  s.description(
      "Predicts responses from features by the weights that `arcuate encode --weights` wrote, with their delays, "
      "intercepts and scales. Nothing is fitted: means and deviations are those of the rows that trained the weights, "
      "and predictions are in the responses' own units. With --responses the predictions are scored: r is their "
      "Pearson correlation with the responses, r2 is 1 - SSE / SST with SST about the mean of these rows.");
  s.description(
      "Writes to the output folder predictions.npy (rows x targets, float32, NaN for targets that the weights flag), "
      "with --responses scores.tsv, scores.json and scores.npy as `arcuate encode` does, and manifest.json. A target "
      "that the weights or the new responses flag has no scores.");
  s.description(
      "Targets are predicted some at a time, and predictions are written as they come: with --memory-limit fewer "
      "threads work where the memory does not suffice, and the results have the same bytes. Features are in memory.");
  s.input("weights", &Options::weights, "file of weights (FILE.h5)").metavar("WEIGHTS");
  s.section("Arrays");
  s.group(describe_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  s.flag("no-predictions", &Options::predictions, "write scores alone, and no predictions.npy");
  s.example("arcuate predict weights.h5 --features story2.npy --output story2",
            "predicted responses to a story that no model has seen");
  s.example("arcuate predict weights.h5 --features story2.npy --responses subject2.npy --output across",
            "the same, scored on the responses of another subject");
}

void check_options(const Options& options, const cli::Run& run) {
  if (!options.predictions && options.arrays.responses.empty())
    bad_usage("--no-predictions leaves nothing to write without --responses");
  for (const char* result : {"scores.tsv", "predictions.npy"})
    refuse_to_replace(options.output.path / result, run.common.force);
}

std::vector<fs::path> input_files(const Options& options) {
  std::vector<fs::path> files{options.weights};
  for (const auto& file : array_files(options.arrays)) files.push_back(file);
  return files;
}

struct Work {
  StoredWeights weights{};
  PredictData data{};
  std::vector<Flag> flags{};  // those of the weights, then those of the new responses
};

Work read_work(const Options& options, const cli::Run& run) {
  check_there(input_files(options));
  Work work{.weights = read_weights_file(options.weights)};
  work.data = read_predict_data(options.arrays, work.weights, response_memory(run.common));
  work.flags = work.weights.flags;
  if (!work.data.responses) return work;
  const auto found = flag_targets(*work.data.responses, {});
  for (size_t v = 0; v < work.flags.size(); ++v)
    if (work.flags[v] == Flag::ok) work.flags[v] = found[v];
  return work;
}

void check_predictions(const Tensor& predictions, const RowRange& targets, const std::vector<Flag>& flags) {
  const auto finite = at::isfinite(predictions).all(0);
  const auto* good = finite.data_ptr<bool>();
  for (int64_t i = 0; i < targets.size(); ++i)
    if (flags[static_cast<size_t>(targets.begin + i)] == Flag::ok && !good[i])
      bad_input(
          "predictions of target {} are not finite in float32: the features hold values too large to compute with, or "
          "the file of weights is damaged",
          targets.begin + i);
}

struct Predicted {
  std::unique_ptr<NpyColumnWriter> predictions{};  // T x V float32, if wanted: written as they come
  Tensor r{}, r2{};                                // V float64 each
};

Predicted predict(const Options& options, const Work& work, cli::Run& run) {
  const auto& [rows, responses] = work.data;
  const int64_t targets = work.weights.targets();
  Predicted found{.r = at::zeros({targets}, at::kDouble), .r2 = at::zeros({targets}, at::kDouble)};
  if (options.predictions)
    found.predictions =
        std::make_unique<NpyColumnWriter>(options.output.path / "predictions.npy", rows.features.size(0), targets);
  auto bar = run.console.progress("predicting");
  run.compute.progress = bar.callback();
  predict_in_blocks(rows, work.weights.model(), run.compute, [&](const RowRange& own, const Tensor& predictions) {
    const auto single = predictions.to(at::kFloat);
    check_predictions(single, own, work.weights.flags);
    if (found.predictions) found.predictions->write(own.begin, single);
    if (!responses) return;
    const auto sums = pair_sums(responses->columns(own), predictions);
    // A prediction that does not vary predicts nothing: 0, as in encode.
    found.r.slice(0, own.begin, own.end).copy_(at::nan_to_num(pearson(sums)));
    found.r2.slice(0, own.begin, own.end).copy_(r_squared(sums));
  });
  return found;
}

EncodeScores scores_of(const Work& work, const Predicted& found) {
  const auto ok = ok_columns(work.flags);
  const auto of_ok = [&](const Tensor& values) {
    return at::full_like(values, std::numeric_limits<double>::quiet_NaN())
        .index_copy_(0, ok, values.index_select(0, ok));
  };
  return {.r = of_ok(found.r),
          .r2 = of_ok(found.r2),
          .penalty = of_ok(work.weights.penalties),
          .flags = work.flags,
          .ok = ok.numel()};
}

Json column_descriptions() {
  auto columns = score_columns(PenaltyUnit::lambda);
  const auto about = [&](const char* column, const char* text) { columns[column]["Description"] = text; };
  about("r",
        "Pearson correlation of responses and predictions by stored weights over all rows; 0 where the prediction does "
        "not vary; n/a unless flag is ok");
  about("r2",
        "1 - SSE / SST of the predictions by stored weights, SST about the mean of the rows; n/a unless flag is ok");
  about("penalty", "Penalty lambda of the stored weights; n/a unless flag is ok");
  columns["flag"]["Levels"]["constant"] = "the same value in all rows, or in those that trained or tested the weights";
  return columns;
}

Json make_manifest(const Options& options, const Work& work, const cli::Run& run) {
  Json manifest = cli::manifest(run.record, input_files(options));
  manifest["rows"] = work.data.rows.features.size(0);
  manifest["features"] = work.data.rows.features.size(1);
  manifest["delays"] = work.weights.delays;
  manifest["targets"] = flag_counts(work.flags);
  manifest["row_ranges"] = "[begin, end), counted from 0";
  for (const auto& story : work.data.rows.stories) manifest["groups"].push_back({story.begin, story.end});
  manifest["weights"] = work.weights.origin;
  return manifest;
}

// What an earlier run left there is no result of this one.
void remove_old(const fs::path& folder) {
  for (const char* name : {"scores.tsv", "scores.json", "scores.npy", "predictions.npy"}) fs::remove(folder / name);
}

std::string summary_line(const Work& work, const EncodeScores& scores) {
  const auto line =
      fmt::format("{} rows, {} targets, {} ok", work.data.rows.features.size(0), work.flags.size(), scores.ok);
  if (!work.data.responses || scores.ok == 0) return line;
  const auto summary = score_summary(scores);
  return fmt::format("{}: r median {:.4f}, mean {:.4f}", line, summary["median_r"].get<double>(),
                     summary["mean_r"].get<double>());
}

void write_results(const Options& options, const Work& work, const Predicted& found, cli::Run& run) {
  const auto& folder = options.output.path;
  const auto scores = scores_of(work, found);
  auto manifest = make_manifest(options, work, run);
  remove_old(folder);
  if (work.data.responses) manifest["summary"] = score_summary(scores);
  write_json(folder / "manifest.json", manifest);
  if (found.predictions) found.predictions->finish();
  if (work.data.responses) write_scores(folder, scores, column_descriptions(), manifest);
  run.console.out() << summary_line(work, scores) << "\n";
  run.console.info("written    {}", (folder / (work.data.responses ? "scores.tsv" : "predictions.npy")).string());
}

void tell_arrays(const Work& work, cli::Console& console) {
  const auto groups = work.data.rows.stories.size(), delays = work.weights.delays.size();
  console.info("rows       {}{}", work.data.rows.features.size(0),
               groups > 1 ? fmt::format(" in {} groups", groups) : "");
  console.info("features   {}{}", work.weights.features(), delays > 1 ? fmt::format(" at {} delays", delays) : "");
  if (ok_columns(work.flags).numel() == 0) console.warn("every target is flagged, by the weights or in the responses");
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  const auto work = read_work(options, run);
  tell_arrays(work, run.console);
  if (run.common.dry_run) return 0;
  const ResultFolder folder_of_results(options.output.path);
  write_results(options, work, predict(options, work, run), run);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command predict = cli::command<Options, describe, run>("predict");
}
}  // namespace arcuate
