// arcuate finetune: trains a causal model on the next word and on its own states further ahead.
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "core/error.h"
#include "core/files.h"
#include "model/family.h"
#include "train/finetune.h"

namespace arcuate {
namespace {

enum class Precision { f32, f64 };
constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr int64_t layer_by_depth = -1;

struct Options {
  FinetuneOptions training{.checkpoints = {"log:1"}};
  groups::OutputFolder output{};
  Precision precision = Precision::f32;
  int64_t target_layer = layer_by_depth;
};

void describe_objective(cli::Spec<ObjectiveOptions>& s) {
  s.option("alpha", &ObjectiveOptions::alpha,
           "share of the loss that predicts a state ahead, 0 to 1; 0: the next token only")
      .range(0, 1);
  s.option("distance", &ObjectiveOptions::distance, "tokens to the state that is predicted").range(1, no_limit);
  s.option("temperature", &ObjectiveOptions::temperature, "by which cosines are divided");
  s.option("denominator", &ObjectiveOptions::denominator,
           "what a right state is told from: itself and the negatives (infonce), or the negatives alone (printed)")
      .choices({{"infonce", Denominator::with_positive}, {"printed", Denominator::negatives_only}});
}

void describe_optimiser(cli::Spec<AdamWOptions>& s) {
  s.section("AdamW");
  s.option("learning-rate", &AdamWOptions::learning_rate, "largest rate of the schedule");
  s.option("schedule", &AdamWOptions::schedule, "the rate falls to 0 at the last step (linear) or stays (constant)")
      .choices({{"linear", Schedule::linear}, {"constant", Schedule::constant}});
  s.option("warmup", &AdamWOptions::warmup, "steps in which the rate rises from 0").range(0, no_limit);
  s.option("beta1", &AdamWOptions::beta1, "memory of the mean gradient");
  s.option("beta2", &AdamWOptions::beta2, "memory of the mean squared gradient");
  s.option("epsilon", &AdamWOptions::epsilon, "added to the root of the latter");
  s.option("weight-decay", &AdamWOptions::weight_decay, "of matrices; norms and biases never decay").range(0, no_limit);
  s.option("clip", &AdamWOptions::largest_gradient, "longest gradient, longer ones are cut to it; 0: none is")
      .range(0, no_limit);
}

void describe_training(cli::Spec<TrainOptions>& s) {
  s.section("Training");
  s.option("steps", &TrainOptions::steps, "steps of the whole training").range(1, no_limit);
  s.option("batch", &TrainOptions::batch, "windows of text a step").range(1, no_limit);
  s.option("window", &TrainOptions::window, "tokens of a window").range(2, no_limit);
  s.option("train-from", &TrainOptions::train_from,
           "layers below this one stay as they are, with the embedding and a head tied to it; 0: all is trained")
      .range(0, no_limit);
  s.section("Objective");
  s.group(describe_objective, &TrainOptions::objective);
  s.option("negatives", &TrainOptions::negatives, "states that a right one is told from").range(1, no_limit);
  s.option("queue", &TrainOptions::queue, "latest states of earlier steps, from which negatives are drawn")
      .range(1, no_limit);
  s.option("reset-every", &TrainOptions::reset_every, "steps after which the weight of the two losses is set anew")
      .range(1, no_limit);
  s.group(describe_optimiser, &TrainOptions::adamw);
}

void describe_text(cli::Spec<FinetuneOptions>& s) {
  s.section("Model and text");
  s.option("model", &FinetuneOptions::model, "folder of the model, in the layout of Hugging Face")
      .required()
      .metavar("DIR");
  s.option("random-init", &FinetuneOptions::random_init,
           "start from weights drawn from this seed; the folder then needs a configuration and a tokenizer only")
      .metavar("SEED");
  s.option("text", &FinetuneOptions::text, "text to train on, UTF-8; give it again for more files")
      .required()
      .whole_values();
  s.option("validation", &FinetuneOptions::validation, "text to measure the losses on; give it again for more files")
      .whole_values();
}

void describe_documents(cli::Spec<TextOptions>& s) {
  s.option("documents", &TextOptions::documents, "what ends a document: the end of a file, or a blank line as well")
      .choices({{"file", Documents::file}, {"blank-lines", Documents::blank_lines}});
  s.flag("no-end-token", &TextOptions::end_token, "put no end token after a document, though the tokenizer names one");
}

void describe_files(cli::Spec<FinetuneOptions>& s) {
  s.section("Output");
  s.option("checkpoints", &FinetuneOptions::checkpoints,
           "steps after which the model is written: numbers (0: before the first), every:N, or log:N for N of them "
           "in equal ratios; the last step always is")
      .metavar("LIST");
  s.option("log-every", &FinetuneOptions::log_every, "steps from row to row of the log").range(1, no_limit);
  s.option("validate-every", &FinetuneOptions::validate_every,
           "steps from validation to validation; 0: before the first and after the last only")
      .range(0, no_limit);
  s.option("save-every", &FinetuneOptions::save_every, "steps from state to state, for --resume").range(1, no_limit);
  s.flag("resume", &FinetuneOptions::resume, "go on from the state in the output folder").unrecorded();
}

void describe_words(cli::Spec<Options>& s) {
  s.summary("train a language model on the next word and on states further ahead");
  s.description(
      "Minimises a' L_high + (1 - a') L_lm with AdamW. L_lm is the cross entropy of the next token. L_high asks a "
      "linear map of the last state to point at the state, of a frozen copy of the model, some tokens ahead, and not "
      "at "
      "states of other places (contrastive predictive coding). The weight a' is set every so many steps so that L_high "
      "is the share --alpha of the whole: a' = alpha L_lm / ((1 - alpha) L_high + alpha L_lm).");
  s.description(
      "Writes to the output folder step-N/ (a model in the layout of Hugging Face, for `extract` and other programs), "
      "log.tsv (losses), state.safetensors (for --resume) and manifest.json. A training that was interrupted and "
      "resumed ends with the same bytes as one that was not.");
}

void describe(cli::Spec<Options>& s) {
  describe_words(s);
  s.group(describe_text, &Options::training);
  s.group([](cli::Spec<FinetuneOptions>& f) { f.group(describe_documents, &FinetuneOptions::documents); },
          &Options::training);
  s.option("precision", &Options::precision, "arithmetic, and weights as written")
      .choices({{"f32", Precision::f32}, {"f64", Precision::f64}});
  s.group([](cli::Spec<FinetuneOptions>& f) { f.group(describe_training, &FinetuneOptions::training); },
          &Options::training);
  s.section("Objective");
  s.option("target-layer", &Options::target_layer,
           "layer of the frozen copy that is predicted; -1: two thirds of the depth")
      .range(layer_by_depth, no_limit);
  s.group(describe_files, &Options::training);
  s.group(groups::output_folder, &Options::output);
  s.example(
      "arcuate finetune --model gpt2 --text wiki.txt --documents blank-lines --output tuned --train-from 8 --alpha 0.5 "
      "--steps 100000 --checkpoints log:15",
      "GPT-2 with the four uppermost of twelve layers and the eighth in training, as published");
  s.example(
      "arcuate finetune --model tiny --random-init 1 --text tales.txt --output trained --alpha 0 --learning-rate 1e-3",
      "a language model from random weights; the folder tiny holds config.json and the tokenizer");
}

FinetuneOptions resolved(const Options& options, const cli::Run& run) {
  auto training = options.training;
  training.output = options.output.path;
  training.type = options.precision == Precision::f64 ? at::kDouble : at::kFloat;
  training.training.seed = static_cast<uint64_t>(run.common.seed);
  const auto depth = read_text_spec(training.model).layers;
  training.training.objective.layer =
      options.target_layer == layer_by_depth ? (2 * depth + 1) / 3 : options.target_layer;
  return training;
}

void check_output(const FinetuneOptions& options, const cli::Run& run) {
  if (!run.compute.device.is_cpu()) bad_usage("--device cuda is not available for finetune yet; use --device cpu");
  if (options.resume && run.common.force)
    bad_usage("--resume goes on with what --force would replace; give one of them");
  const auto& folder = options.output;
  if (options.resume || run.common.force || !fs::exists(folder) || !fs::is_directory(folder)) return;
  if (!fs::is_empty(folder))
    bad_usage("'{}' is not empty; give --resume to go on with it, --force to replace it, or choose another --output",
              folder.string());
}

std::vector<fs::path> input_files(const FinetuneOptions& options) {
  std::vector<fs::path> inputs{options.model};
  for (const auto* files : {&options.text, &options.validation})
    inputs.insert(inputs.end(), files->begin(), files->end());
  return inputs;
}

void write_manifest(const FinetunePlan& plan, const cli::Run& run) {
  const auto& training = plan.options.training;
  Json manifest = cli::manifest(run.record, input_files(plan.options));
  manifest["tokens"] = {{"text", plan.tokens.numel()}, {"validation", plan.validation.numel()}};
  manifest["windows"] = plan.tokens.numel() / training.window;
  if (training.objective.alpha > 0) manifest["target_layer"] = training.objective.layer;
  manifest["checkpoints"] = plan.checkpoints;
  write_json(plan.options.output / "manifest.json", manifest);
}

void tell_plan(const FinetunePlan& plan, cli::Console& console) {
  const auto& options = plan.options;
  const auto& training = options.training;
  const auto tokens = plan.tokens.numel(), windows = tokens / training.window;
  console.info(
      "model      {}: {} layers of width {}{}; {}", plan.spec.family, plan.spec.layers, plan.spec.block.width,
      options.random_init ? fmt::format(", random weights (seed {})", *options.random_init) : "",
      training.train_from == 0 ? "all is trained" : fmt::format("trained from layer {} on", training.train_from));
  console.info("text       {} tokens in {} windows of {}; {} steps of {} windows are {:.1f} epochs", tokens, windows,
               training.window, training.steps, training.batch,
               static_cast<double>(training.steps * training.batch) / static_cast<double>(windows));
  if (training.objective.alpha > 0)
    console.info("objective  {:.0f} % of the loss: layer {}, {} tokens ahead, told from {} states",
                 100 * training.objective.alpha, training.objective.layer, training.objective.distance,
                 training.negatives);
}

void tell_row(const LogRow& row, cli::Console& console) {
  const auto number = [](double value) { return std::isnan(value) ? std::string("-") : fmt::format("{:.4f}", value); };
  if (!std::isnan(row.validation.language))
    console.info("step {:<6} validation: next token {}, state ahead {}", row.step, number(row.validation.language),
                 number(row.validation.high));
  if (row.step > 0)
    console.verbose("step {:<6} loss {}, next token {}, state ahead {}, a' {}", row.step, number(row.report.loss),
                    number(row.report.language), number(row.report.high), number(row.report.mixing));
}

FinetuneResult train(const FinetunePlan& plan, cli::Run& run) {
  auto bar = run.console.progress("training");
  run.compute.progress = bar.callback();
  run.resume_hint = "give the same options with --resume to go on";
  return finetune(plan, run.compute, [&](const LogRow& row) { tell_row(row, run.console); });
}

void tell_result(const FinetunePlan& plan, const FinetuneResult& result, double seconds, cli::Console& console) {
  if (result.steps == 0) return console.info("nothing to do: all {} steps are done", plan.options.training.steps);
  const auto& training = plan.options.training;
  const auto tokens = result.steps * training.batch * training.window;
  console.info("trained    {} steps, {} tokens at {:.0f} a second", result.steps, tokens,
               static_cast<double>(tokens) / seconds);
  console.info("last step  loss {:.4f}, next token {:.4f}{}", result.last.report.loss, result.last.report.language,
               training.objective.alpha > 0 ? fmt::format(", state ahead {:.4f}", result.last.report.high) : "");
}

int run(const Options& options, cli::Run& run) {
  const auto training = resolved(options, run);
  check_output(training, run);
  const auto plan = plan_finetune(training, run.compute);
  tell_plan(plan, run.console);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(training.output);
  if (!training.resume) write_manifest(plan, run);
  const auto start = std::chrono::steady_clock::now();
  const auto result = train(plan, run);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  tell_result(plan, result, taken.count(), run.console);
  run.console.out() << result.model.string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command finetune = cli::command<Options, describe, arcuate::run>("finetune");
}
}  // namespace arcuate
