// arcuate stack: several designs, each a ridge model, mixed for each target by weights from training rows.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/command.h"
#include "cmd/encode_options_support.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/memory.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/stacking.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {
namespace {

struct Options {
  ArrayNames arrays{};
  std::vector<std::string> names{};
  std::vector<double> positions{};
  groups::OutputFolder output{};
  EncodeModel model{};
  EncodeFolds folds{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("stacked ridge regressions: which layers or features, and what they gain together");
  s.description(
      "Fits a ridge regression from each feature file to each target, and mixes their predictions by weights that are "
      "not negative and sum to 1: those with the smallest mean squared residual at training rows that the models had "
      "not seen. Test rows touch neither weights nor penalties: each outer fold's training rows are cut again (the "
      "inner folds), every part is predicted by models of the others with penalties of their own, and the models that "
      "predict the test rows are then refitted to all training rows.");
  s.description(
      "Writes to the output folder stack.tsv (for each target r of the mixture, of the single model that is best on "
      "training rows and of each model alone, the gain, the weights and their centre of mass), stack.json (what the "
      "columns mean), gain.npy and centre.npy (float32, NaN without one), and manifest.json.");
  s.section("Arrays");
  s.group(describe_stack_arrays, &Options::arrays);
  s.option("names", &Options::names, "a name for each feature file; if not given, the file's own").metavar("NAME");
  s.option("positions", &Options::positions,
           "a number for each feature file, such as a layer, whose mean by weight is the centre; if not given, 0, 1, 2 "
           "and so on")
      .metavar("X");
  s.group(groups::output_folder, &Options::output);
  s.group(describe_encode_model, &Options::model);
  s.group(describe_encode_folds, &Options::folds);
  s.example("arcuate stack --features words.npy --features sound.npy --responses Y.npy --output stack --delays 1,2,3,4",
            "a language model and a speech model");
  s.example("arcuate stack --features L3.npy,L6.npy,L9.npy --positions 3,6,9 --responses Y.npy --output layers --gap 5",
            "which layers each voxel prefers");
}

// Names of the models, told apart.
std::vector<std::string> model_names(const Options& options) {
  std::vector<std::string> names = options.names;
  if (names.empty())
    for (const auto& file : options.arrays.features) names.push_back(array_stem(file));
  Problems problems("the models must have names of their own; give --names", Fault::usage);
  for (size_t i = 0; i < names.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (names[i] == names[j]) problems.add("'{}' is the name of models {} and {}", names[i], j + 1, i + 1);
  problems.raise();
  return names;
}

void check_options(const Options& options, const cli::Run& run) {
  check_encode_options(options.arrays, options.folds);
  Problems problems("the options do not fit the feature files", Fault::usage);
  const size_t models = options.arrays.features.size();
  if (models < 2) problems.add("a mixture needs at least two feature files, found {}", models);
  if (!options.names.empty() && options.names.size() != models)
    problems.add("{} --names for {} feature files", options.names.size(), models);
  if (!options.positions.empty() && options.positions.size() != models)
    problems.add("{} --positions for {} feature files", options.positions.size(), models);
  problems.raise();
  refuse_to_replace(options.output.path / "stack.tsv", run.common.force);
}

std::vector<double> positions_of(const Options& options) {
  if (!options.positions.empty()) return options.positions;
  std::vector<double> positions;
  for (size_t i = 0; i < options.arrays.features.size(); ++i) positions.push_back(static_cast<double>(i));
  return positions;
}

// Of a block of targets or of all: V each unless noted; NaN for targets without a score.
struct Scores {
  at::Tensor r{}, r_single{}, gain{}, centre{}, weights{}, model_r{};  // weights V x M; model_r M x V
  at::Tensor single{};                                                 // splits x V
  double off_minimum = 0;
};

// NaN where the target is flagged.
at::Tensor masked(const at::Tensor& values, const at::Tensor& ok) {
  return at::where(ok, values, at::full_like(values, std::numeric_limits<double>::quiet_NaN()));
}

Scores score(const EncodeData& data, const std::vector<Flag>& flags, const RowRange& targets,
             const StackingResult& result, const std::vector<double>& positions) {
  const int64_t first = data.train_rows < data.responses.rows() ? data.train_rows : 0;
  const auto y = data.responses.without(flags).columns(targets).slice(0, first);
  auto ok = at::ones({targets.size()}, at::kBool);
  for (int64_t v = targets.begin; v < targets.end; ++v)
    ok[v - targets.begin] = flags[static_cast<size_t>(v)] == Flag::ok;
  // A prediction that does not vary predicts nothing: 0, as in encode.
  const auto r_of = [&](const at::Tensor& p) { return masked(at::nan_to_num(pearson(y, p.slice(0, first))), ok); };
  Scores s{.r = r_of(result.predictions), .r_single = r_of(result.single_predictions)};
  s.gain = s.r - s.r_single;
  s.weights = result.weights.mean(0);
  s.centre = masked(centre_of_weights(s.weights, positions), ok);
  s.weights = masked(s.weights, ok.unsqueeze(1));
  s.model_r = masked(at::nan_to_num(result.model_r), ok);
  s.single = result.single;
  s.off_minimum = result.gap.max().item<double>();
  return s;
}

Scores side_by_side(const std::vector<Scores>& blocks) {
  Scores all;
  const auto join_parts = [&](at::Tensor Scores::* part, int64_t dim) {
    std::vector<at::Tensor> parts;
    for (const auto& block : blocks) parts.push_back(block.*part);
    all.*part = at::cat(parts, dim);
  };
  for (const auto part : {&Scores::r, &Scores::r_single, &Scores::gain, &Scores::centre, &Scores::weights})
    join_parts(part, 0);
  for (const auto part : {&Scores::model_r, &Scores::single}) join_parts(part, 1);
  for (const auto& block : blocks) all.off_minimum = std::max(all.off_minimum, block.off_minimum);
  return all;
}

// Of a block of targets, beside what its regressions take.
int64_t block_bytes(const StackingProblem& problem, int64_t width) {
  const int64_t arrays = 2 * std::ssize(problem.models) + 6;  // of rows x targets: predictions, what is mixed of them
  return arrays * problem.responses.rows() * std::min(width, problem.responses.targets()) * int64_t{sizeof(double)};
}

struct BlockPlan {
  int64_t width = StackingBlocks().width;
  Compute compute{};  // whose limit leaves room for the block
};

// Narrower blocks where usual ones would take more than half of what a limit leaves.
BlockPlan plan_blocks(const StackingProblem& problem, const Compute& compute) {
  BlockPlan plan{.compute = compute};
  if (compute.memory == 0) return plan;
  const int64_t left = compute.memory - resident_bytes();
  if (2 * block_bytes(problem, plan.width) > left) plan.width = targets_of_a_part;
  const int64_t own = block_bytes(problem, plan.width);
  constexpr double megabyte = 1e6;
  if (own > left)
    bad_usage(
        "the memory limit leaves {:.0f} MB, and predictions of {} targets by {} models take {:.0f} MB beside the "
        "regressions; raise --memory-limit by at least {:.0f} MB",
        static_cast<double>(std::max<int64_t>(left, 0)) / megabyte, plan.width, problem.models.size(),
        static_cast<double>(own) / megabyte, static_cast<double>(own - left) / megabyte);
  // Predictions are there before a regression looks at what is left.
  plan.compute.memory -= own - std::ssize(problem.models) * own / (2 * std::ssize(problem.models) + 6);
  return plan;
}

Json column_descriptions(const std::vector<std::string>& names) {
  const auto about = [](const std::string& text) { return Json{{"Description", text}}; };
  Json json{{"target", about("Column of the responses, counted from 0")},
            {"r", about("Pearson correlation of responses and the mixture's held-out predictions over all test rows")},
            {"r_single", about("The same of the one model with the smallest mean squared residual at training rows")},
            {"single", about("That model; the one chosen in most splits, of equal ones the first")},
            {"gain", about("r - r_single")},
            {"centre", about("Centre of mass of the weights over the models' positions")}};
  for (const auto& name : names) {
    json["r_" + name] = about("r of the model '" + name + "' alone");
    json["weight_" + name] = about("Weight of the model '" + name + "' in the mixture, mean over splits");
  }
  json["flag"] = about("ok: scored; constant, nan or infinite: not, and all numbers are n/a");
  return json;
}

int64_t most_chosen(const at::Tensor& single, int64_t models) {
  return at::bincount(single, {}, models).argmax().item<int64_t>();
}

void write_table(const fs::path& path, const Scores& s, const std::vector<std::string>& names,
                 const std::vector<Flag>& flags) {
  std::vector<std::string> columns{"target", "r", "r_single", "single", "gain", "centre"};
  for (const auto& name : names) columns.push_back("r_" + name);
  for (const auto& name : names) columns.push_back("weight_" + name);
  columns.emplace_back("flag");
  const auto models = static_cast<int64_t>(names.size());
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < flags.size(); ++i) {
    const auto v = static_cast<int64_t>(i);
    const auto number = [&](const at::Tensor& values) { return shortest(values[v].item<double>()); };
    const bool ok = flags[i] == Flag::ok;
    std::vector<std::string> row{
        std::to_string(v),  number(s.r),
        number(s.r_single), ok ? names[static_cast<size_t>(most_chosen(s.single.select(1, v), models))] : "n/a",
        number(s.gain),     number(s.centre)};
    for (int64_t m = 0; m < models; ++m) row.push_back(number(s.model_r[m]));
    for (int64_t m = 0; m < models; ++m) row.push_back(shortest(s.weights[v][m].item<double>()));
    row.push_back(flag_name(flags[i]));
    rows.push_back(std::move(row));
  }
  write_tsv(path, columns, rows);
}

double mean_of(const at::Tensor& values) {
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  return known.numel() == 0 ? NAN : known.mean().item<double>();
}

Json number_or_null(double value) { return std::isnan(value) ? Json() : Json(value); }

Json make_manifest(const Options& options, const std::vector<std::string>& names, const EncodeData& data,
                   const std::vector<RidgeSplit>& splits, const std::vector<Flag>& flags, const Scores& s,
                   const cli::Run& run) {
  Json manifest = cli::manifest(run.record, array_files(options.arrays));
  manifest["rows"] = {{"training", data.train_rows}, {"test", data.features.size(0) - data.train_rows}};
  for (size_t m = 0; m < names.size(); ++m)
    manifest["models"].push_back(
        {{"name", names[m]}, {"columns", data.widths[m]}, {"position", positions_of(options)[m]}});
  manifest["targets"] = flag_counts(flags);
  manifest["summary"] = {{"mean_r", number_or_null(mean_of(s.r))},
                         {"mean_r_single", number_or_null(mean_of(s.r_single))},
                         {"mean_gain", number_or_null(mean_of(s.gain))}};
  manifest["largest_distance_from_minimum"] = s.off_minimum;
  manifest["folds"] = split_record(splits);
  return manifest;
}

void tell_scores(const Scores& s, const std::vector<std::string>& names, cli::Console& console) {
  auto& out = console.out();
  out << fmt::format("{:<24}{:>10}{:>14}\n", "model", "mean r", "mean weight");
  for (size_t m = 0; m < names.size(); ++m)
    out << fmt::format("{:<24}{:>10.4f}{:>14.4f}\n", names[m], mean_of(s.model_r[static_cast<int64_t>(m)]),
                       mean_of(s.weights.select(1, static_cast<int64_t>(m))));
  out << fmt::format("{:<24}{:>10.4f}\n", "best single model", mean_of(s.r_single));
  out << fmt::format("{:<24}{:>10.4f}\n", "mixture", mean_of(s.r));
}

int run(const Options& options, cli::Run& run) {
  check_options(options, run);
  const auto names = model_names(options);
  const auto delays = parse_delays(options.model.delays);
  const auto ridge = ridge_options(options.model);
  const auto data = read_encode_data(options.arrays, response_memory(run.common));
  const auto splits = encode_splits(data, fold_options(options.arrays, options.folds));
  constexpr int64_t usual_folds = 5;
  const auto stacking =
      stacking_splits(splits, data.stories, options.folds.inner_folds.value_or(usual_folds), options.folds.gap);
  const auto flags = flag_encode_targets(data, splits);
  tell_arrays(data, delays, splits, flags, run.console);
  if (run.common.dry_run) return 0;
  const ResultFolder folder_of_results(options.output.path);
  const StackingProblem problem{
      .models = models_of(file_designs(data, delays)), .responses = data.responses.without(flags), .splits = stacking};
  const auto positions = positions_of(options);
  std::vector<Scores> blocks;
  const auto take = [&](const RowRange& targets, const StackingResult& result) {
    blocks.push_back(score(data, flags, targets, result, positions));
  };
  {
    auto bar = run.console.progress("stacking");
    run.compute.progress = bar.callback();
    const auto plan = plan_blocks(problem, run.compute);
    stack_blocks(problem, ridge, {.width = plan.width, .take = take}, plan.compute);
  }
  const auto scores = side_by_side(blocks);
  const auto& folder = options.output.path;
  fs::remove(folder / "stack.tsv");
  write_json(folder / "manifest.json", make_manifest(options, names, data, splits, flags, scores, run));
  write_json(folder / "stack.json", column_descriptions(names));
  write_npy(folder / "gain.npy", scores.gain.to(at::kFloat));
  write_npy(folder / "centre.npy", scores.centre.to(at::kFloat));
  write_table(folder / "stack.tsv", scores, names, flags);
  tell_scores(scores, names, run.console);
  run.console.info("written    {}", (folder / "stack.tsv").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command stack = cli::command<Options, describe, run>("stack");
}
}  // namespace arcuate
